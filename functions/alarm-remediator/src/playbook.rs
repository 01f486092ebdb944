//! The playbook for an alarm.

use std::{collections::BTreeSet, sync::LazyLock};

use picket_rules::playbooks::{self, AlarmFacts, Playbook, Playbooks};
use picket_shared::alarm::{Alarm, Metric, Watches};

/// The built-in playbooks, after those of workloads; the build script has checked them.
pub fn built_in() -> &'static Playbooks {
    static PLAYBOOKS: LazyLock<Playbooks> = LazyLock::new(|| {
        playbooks::parse("playbooks.yaml", include_str!("../playbooks.yaml"))
            .and_then(|own| playbooks::joined(&own, playbooks::OF_WORKLOADS.iter().copied()))
            .expect(
                "the build script reads the very same text, and fails the build where it is wrong",
            )
    });
    &PLAYBOOKS
}

/// The reason why no playbook is for an alarm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlaybook {
    /// A rule over other alarms.
    #[error("a composite alarm names no resource: the alarms in its rule do")]
    Composite,
    /// A query over many metrics, or a message without the metric.
    #[error("the message names no metric of the alarm")]
    NoMetric,
    /// A metric of another account, whose names are not this account's.
    #[error(
        "the alarm's metric belongs to account {0}, and a remediator acts in its own account alone"
    )]
    MetricElsewhere(String),
    /// A playbook is for the metric, with alarms of other names.
    #[error("the playbook {playbook} is for {metric}, but only for alarms named {pattern}")]
    OtherName {
        /// The playbook.
        playbook: String,
        /// The metric, with its namespace.
        metric: String,
        /// The pattern of names.
        pattern: String,
    },
    /// No playbook is for the metrics, which are given with their namespaces.
    #[error("no playbook is for {0}")]
    OtherMetric(String),
}

/// The name of the playbook that matches the alarm, whatever its state; otherwise the reason.
pub fn playbook_for<'p>(playbooks: &'p Playbooks, alarm: &Alarm) -> Result<&'p str, NoPlaybook> {
    if let Watches::Composite { .. } = alarm.watches {
        return Err(NoPlaybook::Composite);
    }
    let metrics = alarm.watches.metrics();
    if metrics.is_empty() {
        return Err(NoPlaybook::NoMetric);
    }
    let mut accounts = metrics.iter().filter_map(|metric| metric.account.as_ref());
    if let Some(theirs) = accounts.find(|account| **account != alarm.account) {
        return Err(NoPlaybook::MetricElsewhere(theirs.clone()));
    }
    matching(playbooks, alarm)
        .map(|playbook| playbook.name.as_str())
        .ok_or_else(|| unmatched(playbooks, metrics))
}

/// Why none of the playbooks matches an alarm over these metrics.
fn unmatched(playbooks: &Playbooks, metrics: &[Metric]) -> NoPlaybook {
    let spelled = |metric: &Metric| format!("{} {}", metric.namespace, metric.name);
    let by_name = metrics.iter().find_map(|metric| {
        let playbook = playbooks.all().iter().find(|playbook| {
            playbook
                .matches
                .takes_metric(&metric.namespace, &metric.name)
        })?;
        Some(NoPlaybook::OtherName {
            playbook: playbook.name.clone(),
            metric: spelled(metric),
            pattern: playbook.matches.alarm.as_ref()?.to_string(),
        })
    });
    by_name.unwrap_or_else(|| {
        let distinct: BTreeSet<_> = metrics.iter().map(spelled).collect();
        NoPlaybook::OtherMetric(Vec::from_iter(distinct).join(" or "))
    })
}

/// The first playbook that matches one of the metrics which the alarm watches.
pub(crate) fn matching<'a>(playbooks: &'a Playbooks, alarm: &Alarm) -> Option<&'a Playbook> {
    let tags: Vec<_> = alarm
        .tags
        .iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let takes = |playbook: &Playbook, metric: &Metric| {
        playbook.matches.takes(&AlarmFacts {
            metric: Some((&metric.namespace, &metric.name)),
            alarm: &alarm.name,
            tags: tags.clone(),
        })
    };
    playbooks.all().iter().find(|playbook| {
        alarm
            .watches
            .metrics()
            .iter()
            .any(|metric| takes(playbook, metric))
    })
}

/// The distinct values of a dimension of the playbook's metric.
pub(crate) fn targets<'a>(
    playbook: &Playbook,
    alarm: &'a Alarm,
    dimension: &str,
) -> BTreeSet<&'a str> {
    alarm
        .watches
        .metrics()
        .iter()
        .filter(|metric| {
            playbook
                .matches
                .takes_metric(&metric.namespace, &metric.name)
        })
        .flat_map(|metric| &metric.dimensions)
        .filter(|(name, _)| name == dimension)
        .map(|(_, value)| value.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use picket_rules::playbooks::Mode;
    use picket_shared::alarm::Comparison;

    use super::*;
    use crate::testing::{alarm, throttles};

    #[test]
    fn an_alarm_without_a_playbook_has_a_reason() {
        let of = |namespace: &str, name: &str, account: Option<&str>| Metric {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            account: account.map(str::to_owned),
            ..throttles("checkout")
        };
        let foreign = of("AWS/Lambda", "Throttles", Some("999999999999"));
        let composite = Watches::Composite {
            rule: "ALARM(a)".to_owned(),
            triggering: Vec::new(),
        };
        for (watches, reason) in [
            (
                composite,
                "a composite alarm names no resource: the alarms in its rule do",
            ),
            (Watches::Unknown, "the message names no metric of the alarm"),
            (over(vec![]), "the message names no metric of the alarm"),
            (
                over(vec![throttles("checkout"), foreign]),
                "the alarm's metric belongs to account 999999999999, and a remediator acts in its own account alone",
            ),
            (
                over(vec![of("AWS/Lambda", "ConcurrentExecutions", None)]),
                "the playbook function-runs-away is for AWS/Lambda ConcurrentExecutions, but only for alarms named \
                 *-runaway",
            ),
            (
                over(vec![
                    of("AWS/EC2", "CPUUtilization", None),
                    of("AWS/SQS", "NumberOfMessagesSent", None),
                    of("AWS/EC2", "CPUUtilization", None),
                ]),
                "no playbook is for AWS/EC2 CPUUtilization or AWS/SQS NumberOfMessagesSent",
            ),
        ] {
            let mut alarm = alarm("checkout");
            alarm.watches = watches;
            let none = playbook_for(built_in(), &alarm).unwrap_err();
            assert_eq!(none.to_string(), reason);
        }
    }

    fn over(metrics: Vec<Metric>) -> Watches {
        Watches::Expression {
            expressions: Vec::new(),
            metrics,
            comparison: Comparison {
                operator: None,
                threshold: None,
                evaluation_periods: None,
                datapoints_to_alarm: None,
                treat_missing_data: None,
            },
            threshold_metric_id: None,
        }
    }

    #[test]
    fn the_built_in_playbooks_that_act_are_these_three() {
        let acting: Vec<_> = built_in()
            .all()
            .iter()
            .filter(|playbook| playbook.mode != Mode::Observe)
            .map(|playbook| (playbook.name.as_str(), playbook.mode))
            .collect();
        assert_eq!(
            acting,
            [
                ("lambda-throttles", Mode::Act),
                ("table-throttles", Mode::Act),
                ("consumer-fails", Mode::Act)
            ]
        );
    }
}
