//! The playbook for an alarm.

use std::{collections::BTreeSet, sync::LazyLock};

use picket_rules::playbooks::{self, AlarmFacts, Playbook, Playbooks};
use picket_shared::alarm::{Alarm, Metric};

/// The built-in playbooks; the build script has checked them.
pub fn built_in() -> &'static Playbooks {
    static PLAYBOOKS: LazyLock<Playbooks> = LazyLock::new(|| {
        playbooks::parse("playbooks.yaml", include_str!("../playbooks.yaml")).expect(
            "the build script reads the very same text, and fails the build where it is wrong",
        )
    });
    &PLAYBOOKS
}

/// The name of the built-in playbook that matches the alarm, whatever its state. An alarm over the metric of another
/// account has none: its names are not this account's.
pub fn playbook_for(alarm: &Alarm) -> Option<&'static str> {
    let is_foreign = |account: &String| *account != alarm.account;
    if alarm
        .watches
        .metrics()
        .iter()
        .any(|metric| metric.account.as_ref().is_some_and(is_foreign))
    {
        return None;
    }
    matching(built_in(), alarm).map(|playbook| playbook.name.as_str())
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

    use super::*;

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
