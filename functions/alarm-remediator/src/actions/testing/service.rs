//! What the tests of the actions on services share.

use picket_shared::alarm::Watches;

use super::{Case, minutes_before};
use crate::{
    actions::service::{Service, target},
    testing::now,
};

pub(crate) const ARN: &str = "arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout";

/// Four tasks, all of which run, deployed two hours ago.
pub(crate) fn service() -> Service {
    Service {
        is_replica: true,
        is_rolling: true,
        desired: 4,
        running: 4,
        minimum_healthy_percent: 100,
        deployment: "ecs-svc/1".into(),
        deployed_at: Some(minutes_before(now(), 120)),
        is_steady: true,
    }
}

/// A case whose alarm names the service `checkout` of the cluster `prod`.
pub(crate) fn case_of(action: &str, dimensions: &[(&str, &str)]) -> Case {
    let mut case = Case::new(action);
    if let Watches::Metric(metric, _) = &mut case.alarm.watches {
        metric.dimensions = dimensions
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
    }
    case
}

#[test]
fn the_alarm_names_the_cluster_and_the_service() {
    let cluster = ("ClusterName", "prod");
    for (dimensions, expected) in [
        (
            vec![cluster, ("ServiceName", "checkout")],
            Ok("service/prod/checkout"),
        ),
        (
            vec![cluster],
            Err(
                "the alarm's metric has no dimension ServiceName: without a target nothing is changed",
            ),
        ),
        (
            vec![
                cluster,
                ("ServiceName", "checkout"),
                ("ServiceName", "orders"),
            ],
            Err(
                "the alarm watches 2 resources (checkout, orders), and which of them is in trouble is not known",
            ),
        ),
        (
            vec![cluster, ("ServiceName", "../other")],
            Err("\"../other\" is not a name that AWS accepts in the dimension ServiceName"),
        ),
    ] {
        let case = case_of("{ diagnose: {} }", &dimensions);
        let found = target(&case.playbooks.all()[0], &case.alarm);
        assert_eq!(
            found.map_err(|refusal| refusal.to_string()),
            expected.map(str::to_owned).map_err(str::to_owned)
        );
    }
}
