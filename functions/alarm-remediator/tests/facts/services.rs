//! The facts about the services that the sample events name.

use alarm_remediator::actions::{
    Facts,
    raise_task_count::{BusyFacts, Utilization},
    redeploy_service::RedeployFacts,
    service::Service,
};
use picket_rules::playbooks::{RaiseTaskCount, RedeployService};

use super::tags;

/// Four tasks that were deployed the day before.
fn service() -> Service {
    Service {
        is_replica: true,
        is_rolling: true,
        desired: 4,
        running: 4,
        minimum_healthy_percent: 100,
        deployment: "ecs-svc/1234567890123456789".to_owned(),
        deployed_at: "2026-11-19T06:01:00Z".parse().ok(),
        is_steady: true,
    }
}

pub(crate) fn busy(bounds: RaiseTaskCount) -> Facts<'static> {
    Facts::TaskCount(
        bounds,
        Some(BusyFacts {
            tags: tags(),
            service: service(),
            utilization: Utilization {
                cpu: 88,
                memory: 41,
            },
            auto_scaled: false,
            last_changed: None,
        }),
    )
}

pub(crate) fn old(bounds: RedeployService) -> Facts<'static> {
    Facts::Redeploy(
        bounds,
        Some(RedeployFacts {
            tags: tags(),
            service: service(),
            last_changed: None,
        }),
    )
}
