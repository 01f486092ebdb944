use std::{collections::BTreeMap, time::Duration};

use picket_rules::playbooks::RollBackAlias;

use serde_json::json;

use super::*;
use crate::{
    actions::{
        function::Health,
        testing::{Case, change, minutes_before, own, parsed, request, sentence, tagged},
    },
    setting::{Reading, Value},
    testing::now,
};

const ACTION: &str = "{ roll-back-alias: { deployed-within: 1h } }";
const BOUNDS: RollBackAlias = RollBackAlias {
    deployed_within: Duration::from_hours(1),
};

fn version(number: u64, minutes: i64) -> Version {
    Version {
        number,
        modified_at: minutes_before(now(), minutes),
    }
}

fn points_to(version: &str) -> Reading {
    Reading {
        value: Value::Text(version.into()),
        revision: Some("r-1".into()),
        settled: true,
    }
}

fn health(invocations: u64, errors: u64) -> Health {
    Health {
        invocations: Some(invocations),
        errors: Some(errors),
        throttles: None,
    }
}

/// Version 9 of twenty minutes ago fails, and 7 of two days ago did not; 8 was deleted.
fn facts() -> AliasFacts {
    AliasFacts {
        alias: "live".into(),
        tags: tagged(),
        version: points_to("9"),
        versions: vec![
            version(6, 4_000),
            version(7, 2_880),
            version(9, 20),
            version(10, 5),
        ],
        before: health(200, 1),
        since: health(100, 40),
        last_changed: None,
    }
}

fn decided(facts: Option<&AliasFacts>) -> String {
    let case = Case::new(ACTION);
    sentence(decide(
        &case.candidate("checkout"),
        &BOUNDS,
        facts,
        &case.scope(),
        now(),
    ))
}

#[test]
fn an_alias_is_set_to_the_newest_version_before_under_its_revision() {
    let case = Case::new(ACTION);
    let decision = decide(
        &case.candidate("checkout"),
        &BOUNDS,
        Some(&facts()),
        &case.scope(),
        now(),
    );
    let change = change(decision);
    assert_eq!(
        parsed(&change.request()),
        request(
            "lambda update-alias",
            json!({"FunctionName":"checkout","FunctionVersion":"7","Name":"live","RevisionId":"r-1","RoutingConfig":{"AdditionalVersionWeights":{}}})
        )
    );
    assert_eq!(change.write.from, Value::Text("9".into()));
    assert_eq!(change.write.revision.as_deref(), Some("r-1"));
}

#[test]
fn each_guard_rail_says_its_numbers() {
    let weighted = Reading {
        settled: false,
        ..points_to("9")
    };
    for (facts, expected) in [
        (
            facts(),
            "change: set the alias live of checkout from version 9 to version 7, the newest before it (40 of 100 invocations failed since the version was published, and 1 of 200 in the 15 minutes before; version 9 is of 2026-11-20T05:41:00Z)",
        ),
        (
            AliasFacts {
                tags: own(),
                ..facts()
            },
            "refusal: checkout belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            AliasFacts {
                version: points_to("$LATEST"),
                ..facts()
            },
            "refusal: the alias checkout:live points to $LATEST, which is not a version: publish versions to be able to roll back",
        ),
        (
            AliasFacts {
                version: weighted,
                ..facts()
            },
            "refusal: the alias checkout:live has weights: a deployment shifts its traffic, and what shifts it rolls it back",
        ),
        (
            AliasFacts {
                version: points_to("11"),
                ..facts()
            },
            "refusal: Lambda does not list version 11, to which the alias checkout:live points",
        ),
        (
            AliasFacts {
                since: health(100, 0),
                ..facts()
            },
            "refusal: CloudWatch has no Errors of checkout:live since its version was published",
        ),
        (
            AliasFacts {
                last_changed: Some(minutes_before(now(), 10)),
                ..facts()
            },
            "refusal: checkout was changed 600 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            AliasFacts {
                tags: BTreeMap::new(),
                ..facts()
            },
            "refusal: checkout is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(Some(&facts)), expected);
    }
    assert_eq!(
        decided(None),
        "refusal: there is no function checkout with the alarm's alias in this account and region"
    );
    // 40 % now and 20 % before is twice as often; an hour ago is recent.
    for facts in [
        AliasFacts {
            before: health(100, 20),
            ..facts()
        },
        AliasFacts {
            versions: vec![version(7, 61), version(9, 60)],
            ..facts()
        },
    ] {
        assert!(decided(Some(&facts)).starts_with("change: "), "{facts:?}");
    }
}

#[test]
fn each_cause_that_is_not_the_deployment_says_its_numbers() {
    for (facts, expected) in [
        (
            AliasFacts {
                version: points_to("7"),
                ..facts()
            },
            "finding: version 7 of the alias is of 2026-11-18T06:01:00Z, and a deployment counts as the cause for 1h: look for another cause",
        ),
        (
            AliasFacts {
                versions: vec![version(9, 20), version(10, 5)],
                ..facts()
            },
            "refusal: there is no version before 9, to which the alias checkout:live points",
        ),
        (
            AliasFacts {
                versions: vec![version(7, 2_880), version(8, 60), version(9, 20)],
                ..facts()
            },
            "finding: the version before, 8, was published within 1h too, and which version works is not known: choose it by hand",
        ),
        (
            AliasFacts {
                before: health(0, 0),
                ..facts()
            },
            "finding: the alias had no invocations in the 15 minutes before its version was published, and whether the version before works is not known",
        ),
        // 40 % now, and 21 % before: not twice as often.
        (
            AliasFacts {
                before: health(100, 21),
                ..facts()
            },
            "finding: 40 of 100 invocations failed since the version was published, and 21 of 100 in the 15 minutes before: the version is not the cause",
        ),
    ] {
        assert_eq!(decided(Some(&facts)), expected);
    }
}

#[test]
fn the_alarm_names_the_alias() {
    for (resource, expected) in [
        (Some("checkout:live"), Ok("checkout".to_owned())),
        (Some("checkout:7"), Err(())),
        (Some("checkout:$LATEST"), Err(())),
        (Some("checkout"), Err(())),
        (Some("orders:live"), Err(())),
        (None, Err(())),
    ] {
        let mut case = Case::new(ACTION);
        if let picket_shared::alarm::Watches::Metric(metric, _) = &mut case.alarm.watches {
            let resource = resource.map(|resource| ("Resource".to_owned(), resource.to_owned()));
            metric.dimensions.extend(resource);
        }
        let target = target(&case.playbooks.all()[0], &case.alarm);
        assert_eq!(target.map_err(|_| ()), expected, "{resource:?}");
    }
}
