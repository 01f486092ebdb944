//! The decisions, with worked numbers.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use picket_rules::playbooks::{Mode, OnDemand, Playbook, RaiseTableThroughput, ThroughputStep};
use picket_shared::alarm::{Alarm, Watches};
use proptest::prelude::*;
use serde_json::json;

use super::{
    ports::{Part, Units},
    *,
};
use crate::{
    actions::testing::{parsed, request},
    change::{Change, Decision},
    model::{Candidate, Scope},
    plan::tests::book,
    setting::{Setting, Value},
    testing::{alarm, home, now},
};

fn step(maximum_read: u64, maximum_write: u64) -> ThroughputStep {
    ThroughputStep {
        factor: "1.5".parse().unwrap(),
        maximum_read,
        maximum_write,
        mode: Mode::Act,
    }
}

/// Every part, to at most 4,000 read and 2,000 write units.
fn bounds() -> RaiseTableThroughput {
    RaiseTableThroughput {
        ceiling: Some(step(4_000, 2_000)),
        capacity: Some(step(4_000, 2_000)),
        on_demand: Some(OnDemand { mode: Mode::Act }),
    }
}

const fn units(read: u64, write: u64) -> Units {
    Units { read, write }
}

const fn events(reads: u64, writes: u64) -> Events {
    Events { reads, writes }
}

/// A tagged table with 100 read and 50 write capacity units, throttled by them.
fn provisioned(throttled: Events) -> TableFacts {
    TableFacts {
        tags: [("picket:remediate".to_owned(), "true".to_owned())].into(),
        on_demand: false,
        active: true,
        replicas: 0,
        parts: vec![Measured {
            part: Part {
                index: None,
                capacity: units(100, 50),
                ceiling: units(0, 0),
                decreases_today: 2,
            },
            throttled: Throttled {
                provisioned: throttled,
                ..Throttled::default()
            },
            consumed: events(90, 48),
        }],
        unread_indexes: 0,
        auto_scaled: BTreeSet::new(),
        spare: Spare::default(),
        last_changed: None,
    }
}

/// A tagged on-demand table whose reads may be 1,000 units a second and whose writes are not limited.
fn on_demand(throttled: Events) -> TableFacts {
    let mut facts = provisioned(events(0, 0));
    facts.on_demand = true;
    let table = &mut facts.parts[0];
    table.part.capacity = units(0, 0);
    table.part.ceiling = units(1_000, 0);
    table.throttled.ceiling = throttled;
    facts
}

fn playbook() -> Playbook {
    book().all()[0].clone()
}

fn table_alarm(dimensions: &[(&str, &str)]) -> Alarm {
    let dimensions = dimensions
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut alarm = alarm("checkout");
    let Watches::Metric(metric, _) = &mut alarm.watches else {
        panic!("the sample watches one metric")
    };
    metric.dimensions = dimensions;
    alarm
}

fn decided(
    bounds: &RaiseTableThroughput,
    facts: Option<&TableFacts>,
) -> Result<Decision<Finding>, Refusal> {
    let (playbook, book, home) = (playbook(), book(), home());
    let alarm = table_alarm(&[("TableName", "orders")]);
    let candidate = Candidate {
        playbook: &playbook,
        alarm: &alarm,
        target: "table/orders".to_owned(),
    };
    let scope = Scope {
        playbooks: &book,
        home: &home,
    };
    decide(&candidate, bounds, facts, &scope, now())
}

fn changed(facts: &TableFacts) -> Change {
    match decided(&bounds(), Some(facts)) {
        Ok(Decision::Change(change)) => *change,
        other => panic!("{other:?}"),
    }
}

fn refused(facts: &TableFacts) -> String {
    decided(&bounds(), Some(facts)).unwrap_err().to_string()
}

fn found(bounds: &RaiseTableThroughput, facts: &TableFacts) -> String {
    match decided(bounds, Some(facts)) {
        Ok(Decision::Diagnose(finding)) => finding.to_string(),
        other => panic!("{other:?}"),
    }
}

fn value(units: Units) -> Value {
    Value::Units {
        read: units.read,
        write: units.write,
    }
}

#[test]
fn only_what_was_throttled_grows_and_within_the_maximum() {
    for (from, throttled, to) in [
        (units(100, 50), events(1, 0), units(150, 50)),
        (units(100, 50), events(0, 9), units(100, 75)),
        (units(101, 51), events(3, 3), units(152, 77)),
        (units(3_000, 1_900), events(3, 3), units(4_000, 2_000)),
        // One at its maximum does not hold the other back.
        (units(4_000, 50), events(900, 1), units(4_000, 75)),
        (units(1, 1), events(1, 1), units(2, 2)),
    ] {
        let mut facts = provisioned(throttled);
        facts.parts[0].part.capacity = from;
        let change = changed(&facts);
        let table = "orders".to_owned();
        let setting = Setting::TableCapacity { table, index: None };
        assert_eq!(change.write.setting, setting);
        assert_eq!(
            (change.write.from, change.write.to),
            (value(from), value(to))
        );
    }
}

#[test]
fn more_capacity_states_its_price_and_what_the_revert_takes() {
    let change = changed(&provisioned(events(30, 12)));
    assert_eq!(change.target, "table/orders");
    assert_eq!(
        change.action,
        "raise the provisioned capacity of table/orders from 100 read and 50 write units to 150 and 75"
    );
    // 50 read units at $0.00013 and 25 write units at $0.00065.
    assert_eq!(change.price_per_hour, Some("0.02275".parse().unwrap()));
    assert_eq!(
        change.reason,
        "30 reads and 12 writes were throttled by provisioned capacity in the last 15 minutes, and 90 reads and 48 writes units a second \
         were consumed in the busiest minute; putting it back takes one of the 27 decreases that AWS allows in a day of UTC (4 within an hour where none was made that day, then 1 an hour), \
         of which 2 were made today; the price is as listed for us-east-1"
    );
    assert!(
        change
            .to_string()
            .ends_with("as listed for us-east-1; it costs $0.02275 an hour)")
    );
    let quota = change.quota.unwrap();
    assert_eq!(
        (quota.name.as_str(), quota.allowed, quota.window_hours),
        ("decreases of capacity of table/orders", 27, 24)
    );
}

#[test]
fn the_last_decrease_of_the_day_is_kept_for_a_person() {
    let mut facts = provisioned(events(1, 0));
    facts.parts[0].part.decreases_today = 25;
    assert_eq!(changed(&facts).write.to, value(units(150, 50)));
    for made in [26, 27] {
        facts.parts[0].part.decreases_today = made;
        assert_eq!(
            refused(&facts),
            format!(
                "the capacity of table/orders was decreased {made} times today of the 27 that AWS allows, and the last is kept for a person: a raise could not be put back"
            )
        );
    }
}

#[test]
fn the_accounts_quota_bounds_a_step_where_it_is_known() {
    let mut facts = provisioned(events(1, 1));
    facts.spare = Spare {
        read: Some(50),
        write: Some(25),
    };
    assert_eq!(changed(&facts).write.to, value(units(150, 75)));
    facts.spare.write = Some(24);
    assert_eq!(
        refused(&facts),
        "the account's quota of provisioned capacity leaves 24 write units, and the step needs 25"
    );
}

#[test]
fn a_table_that_auto_scaling_manages_is_left_to_it() {
    let mut facts = provisioned(events(1, 1));
    facts.auto_scaled = [None].into();
    assert_eq!(
        refused(&facts),
        "Application Auto Scaling manages the capacity of table/orders and would undo a change: raise the maximum of its scaling policy"
    );
}

#[test]
fn no_table_of_which_auto_scaling_manages_a_part_is_switched_to_on_demand() {
    let mut facts = provisioned(events(9, 0));
    facts.parts[0].part.capacity = units(4_000, 50);
    let mut index = facts.parts[0].clone();
    index.part.index = Some("by-day".to_owned());
    facts.parts.push(index);
    facts.auto_scaled = [Some("by-day".to_owned())].into();
    assert_eq!(
        refused(&facts),
        "Application Auto Scaling manages the capacity of table/orders/index/by-day and would undo a change: raise the maximum of its scaling policy"
    );
}

#[test]
fn on_demand_comes_where_capacity_is_at_its_maximum_or_not_in_the_playbook() {
    let mut facts = provisioned(events(9, 0));
    facts.parts[0].part.capacity = units(4_000, 50);
    for bounds in [
        bounds(),
        RaiseTableThroughput {
            capacity: None,
            ..bounds()
        },
    ] {
        let Ok(Decision::Change(change)) = decided(&bounds, Some(&facts)) else {
            panic!("no change")
        };
        let table = "orders".to_owned();
        assert_eq!(change.write.setting, Setting::TableMode { table });
        assert_eq!(change.write.from, value(units(4_000, 50)));
        assert_eq!(change.write.to, Value::Text("PAY_PER_REQUEST".to_owned()));
        let quota = change.quota.unwrap();
        assert_eq!(
            (quota.name.as_str(), quota.allowed),
            ("switches of table/orders to on-demand", 4)
        );
        // 90 reads and 48 writes a second cost $0.0405 and $0.108; 40,000 of each cost $108.
        assert!(
            change.reason.contains(
                "$0.1485 an hour at that rate, instead of $0.5525; the price is that of the quota of 40000 units of the table and of each index used to the full"
            ),
            "{}",
            change.reason
        );
        assert_eq!(change.price_per_hour, Some(108.into()));
    }
    let without = RaiseTableThroughput {
        on_demand: None,
        ..bounds()
    };
    assert_eq!(
        decided(&without, Some(&facts)).unwrap_err().to_string(),
        "the throttled capacity of table/orders is 4000 read and 50 write units, and the playbook's maximum is 4000 and 2000"
    );
}

#[test]
fn a_part_has_its_own_mode_and_never_more_than_the_playbooks() {
    let observed = ThroughputStep {
        mode: Mode::Observe,
        ..step(4_000, 2_000)
    };
    let bounds = RaiseTableThroughput {
        ceiling: Some(step(4_000, 2_000)),
        capacity: Some(observed),
        on_demand: None,
    };
    let mode = |facts: &TableFacts| match decided(&bounds, Some(facts)) {
        Ok(Decision::Change(change)) => change.mode,
        other => panic!("{other:?}"),
    };
    assert_eq!(mode(&on_demand(events(1, 0))), Mode::Act);
    assert_eq!(mode(&provisioned(events(1, 0))), Mode::Observe);
}

#[test]
fn a_table_with_indexes_is_switched_and_the_revert_names_each_capacity() {
    let mut facts = provisioned(events(9, 0));
    facts.parts[0].part.capacity = units(4_000, 50);
    for (index, capacity) in [("by-day", units(10, 20)), ("by-user", units(5, 5))] {
        facts.parts.push(Measured {
            part: Part {
                index: Some(index.to_owned()),
                capacity,
                ..Part::default()
            },
            ..Measured::default()
        });
    }
    let change = changed(&facts);
    assert_eq!(
        change.action,
        "switch table/orders from 4000 read and 50 write units, 10 and 20 of the index by-day, 5 and 5 of the index by-user of capacity to on-demand"
    );
    // 4,015 read and 75 write units.
    assert!(
        change.reason.contains("instead of $0.5707;"),
        "{}",
        change.reason
    );
    assert_eq!(
        parsed(&change.revert().unwrap()),
        request(
            "dynamodb update-table",
            json!({
                "TableName": "orders",
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": {"ReadCapacityUnits": 4_000, "WriteCapacityUnits": 50},
                "GlobalSecondaryIndexUpdates": [
                    {"Update": {"IndexName": "by-day", "ProvisionedThroughput": {"ReadCapacityUnits": 10, "WriteCapacityUnits": 20}}},
                    {"Update": {"IndexName": "by-user", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}},
                ],
            })
        )
    );
    // 40,000 of each of the table and two indexes.
    assert_eq!(change.price_per_hour, Some(324.into()));
    facts.unread_indexes = 2;
    assert_eq!(
        refused(&facts),
        "table/orders has 2 indexes more than are read, and back from on-demand each needs its capacity: switch it by hand and keep the numbers"
    );
}

#[test]
fn the_part_that_is_throttled_most_is_changed() {
    let mut facts = provisioned(events(9, 0));
    facts.parts.push(Measured {
        part: Part {
            index: Some("by-day".to_owned()),
            capacity: units(10, 20),
            ..Part::default()
        },
        throttled: Throttled {
            provisioned: events(0, 10),
            ..Throttled::default()
        },
        consumed: events(0, 20),
    });
    let change = changed(&facts);
    let (table, index) = ("orders".to_owned(), Some("by-day".to_owned()));
    assert_eq!(
        change.write.setting,
        Setting::TableCapacity { table, index }
    );
    assert_eq!(change.write.to, value(units(10, 30)));
    assert!(
        change
            .action
            .contains("of table/orders/index/by-day from 10 read and 20 write units")
    );
}

#[test]
fn an_on_demand_maximum_grows_and_what_has_none_stays_without() {
    let change = changed(&on_demand(events(40, 0)));
    let table = "orders".to_owned();
    assert_eq!(
        change.write.setting,
        Setting::TableCeiling { table, index: None }
    );
    assert_eq!(change.write.from, value(units(1_000, 0)));
    assert_eq!(change.write.to, value(units(1_500, 0)));
    assert_eq!(
        change.action,
        "raise the on-demand maximum of table/orders from 1000 read units and any number of write units to 1500 read units and any number of write units"
    );
    // 500 units a second for an hour at $0.125 a million.
    assert_eq!(change.price_per_hour, Some("0.225".parse().unwrap()));
    assert_eq!(change.quota, None);
}

#[test]
fn a_setting_that_was_changed_since_is_left_alone() {
    let mut no_maximum = on_demand(events(0, 40));
    no_maximum.parts[0].part.ceiling = units(1_000, 0);
    let mut no_capacity = provisioned(events(40, 0));
    no_capacity.on_demand = true;
    let mut not_on_demand = on_demand(events(40, 0));
    not_on_demand.on_demand = false;
    for (facts, what) in [
        (no_maximum, "the on-demand maximum"),
        (no_capacity, "provisioned capacity"),
        (not_on_demand, "the on-demand maximum"),
    ] {
        assert_eq!(
            refused(&facts),
            format!(
                "table/orders was throttled by {what}, which it has no longer: a person or another tool has changed it since"
            )
        );
    }
}

#[test]
fn a_hot_key_is_refused_with_its_evidence() {
    let mut facts = provisioned(events(10, 0));
    facts.parts[0].throttled.key_range = events(0, 10);
    assert_eq!(
        refused(&facts),
        "a hot key throttles table/orders: 0 reads and 10 writes of it were throttled by the limit of one partition in the last 15 minutes \
         (10 by provisioned capacity, 0 by the on-demand maximum), while it consumed at most 90 reads and 48 writes units a second; \
         more throughput does not help a hot key. Contributor Insights names it: aws dynamodb update-contributor-insights \
         --table-name orders --contributor-insights-action ENABLE"
    );
    facts.parts[0].throttled.key_range = events(0, 9);
    assert_eq!(changed(&facts).write.to, value(units(150, 50)));
}

#[test]
fn the_accounts_limit_and_a_cause_without_a_step_are_diagnosed() {
    let mut facts = on_demand(events(1, 0));
    facts.parts[0].throttled.account = events(0, 8);
    assert_eq!(
        found(&bounds(), &facts),
        "the account's quota for a table throttles table/orders: 0 reads and 8 writes in the last 15 minutes, at 90 reads and 48 writes units a second in the busiest minute; \
         ask AWS for more (Service Quotas, DynamoDB, Table-level read or write throughput limit)"
    );
    let none = RaiseTableThroughput {
        ceiling: None,
        capacity: None,
        on_demand: None,
    };
    assert_eq!(
        found(&none, &provisioned(events(8, 0))),
        "provisioned capacity throttles table/orders: 8 reads and 0 writes in the last 15 minutes, and the playbook has no step for it (`capacity` raises it, `on-demand` removes it)"
    );
    assert_eq!(
        found(&none, &on_demand(events(8, 0))),
        "the on-demand maximum throttles table/orders: 8 reads and 0 writes in the last 15 minutes, and the playbook has no step for it (`ceiling` raises it)"
    );
}

type Edit = fn(&mut TableFacts);

#[test]
fn each_guard_rail_refuses_in_its_order() {
    let mut facts = provisioned(events(9, 9));
    let rails: [(Edit, &str); 7] = [
        (
            |facts| facts.tags = [].into(),
            "table/orders is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
        (
            |facts| facts.last_changed = Some(now() - SignedDuration::from_mins(29)),
            "table/orders was changed 1740 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            |facts| facts.active = false,
            "table/orders or one of its indexes is not ACTIVE, and DynamoDB takes one change at a time: it is tried again when the alarm changes next",
        ),
        (
            |facts| facts.replicas = 2,
            "table/orders is a global table with 2 replicas, and a change of its throughput is one of theirs too: a person decides it for all regions",
        ),
        (
            |facts| facts.parts[0].throttled.key_range = events(1_000, 0),
            "a hot key throttles table/orders: 1000 reads and 0 writes of it were throttled",
        ),
        (
            |facts| facts.parts[0].throttled = Throttled::default(),
            "CloudWatch has no throttled events of table/orders or its indexes in the last 15 minutes: the cause of the alarm did not occur, or has ended",
        ),
        (
            |facts| {
                facts
                    .tags
                    .insert("aws:cloudformation:stack-name".into(), "picket-dev".into());
            },
            "table/orders belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
    ];
    for (edit, sentence) in rails {
        edit(&mut facts);
        let refusal = refused(&facts);
        assert!(refusal.starts_with(sentence), "{refusal}");
    }
    assert_eq!(
        decided(&bounds(), None).unwrap_err().to_string(),
        "there is no table/orders in this account and region"
    );
}

#[test]
fn a_target_is_the_one_table_of_the_alarm() {
    let playbook = playbook();
    let of = |dimensions: &[(&str, &str)]| {
        target(&playbook, &table_alarm(dimensions)).map_err(|refusal| refusal.to_string())
    };
    let index = ("GlobalSecondaryIndexName", "by-day");
    for (dimensions, expected) in [
        (vec![("TableName", "orders")], Ok("table/orders")),
        (vec![("TableName", "orders"), index], Ok("table/orders")),
        (
            vec![("FunctionName", "orders")],
            Err(
                "the alarm's metric has no dimension TableName: without a target nothing is changed",
            ),
        ),
        (
            vec![("TableName", "orders"), ("TableName", "invoices")],
            Err(
                "the alarm watches 2 resources (invoices, orders), and which of them is in trouble is not known",
            ),
        ),
        (
            vec![("TableName", "a/b")],
            Err("\"a/b\" is not a name that AWS accepts in the dimension TableName"),
        ),
    ] {
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(of(&dimensions), expected);
    }
    assert_eq!(name("table/orders"), "orders");
}

fn any_events() -> impl Strategy<Value = Events> {
    (0..3_u64, 0..3_u64).prop_map(|(reads, writes)| events(reads, writes))
}

fn any_part(index: Option<&'static str>) -> impl Strategy<Value = Measured> {
    let of = |most: u64| (0..most, 0..most).prop_map(|(read, write)| units(read, write));
    let causes = (any_events(), any_events(), any_events(), any_events());
    (of(60_000), of(60_000), 0..30_u64, causes).prop_map(
        move |(capacity, ceiling, decreases_today, (provisioned, ceiling_events, key, account))| {
            Measured {
                part: Part {
                    index: index.map(str::to_owned),
                    capacity,
                    ceiling,
                    decreases_today,
                },
                throttled: Throttled {
                    provisioned,
                    ceiling: ceiling_events,
                    key_range: key,
                    account,
                },
                consumed: events(1, 1),
            }
        },
    )
}

prop_compose! {
    fn any_facts()(
        table in any_part(None),
        index in proptest::option::of(any_part(Some("by-day"))),
        (on_demand, active, tagged) in any::<(bool, bool, bool)>(),
        (table_scaled, index_scaled) in any::<(bool, bool)>(),
        replicas in 0..2_usize,
        spare in (proptest::option::of(0..9_000_u64), proptest::option::of(0..9_000_u64)),
        changed in proptest::option::of(0..3_600_i64),
    ) -> TableFacts {
        TableFacts {
            tags: [("picket:remediate".to_owned(), tagged.to_string())].into(),
            on_demand,
            active,
            replicas,
            parts: std::iter::once(table).chain(index).collect(),
            unread_indexes: 0,
            auto_scaled: [
                table_scaled.then_some(None),
                index_scaled.then(|| Some("by-day".to_owned())),
            ]
            .into_iter()
            .flatten()
            .collect(),
            spare: Spare { read: spare.0, write: spare.1 },
            last_changed: changed.map(|seconds| now() - SignedDuration::from_secs(seconds)),
        }
    }
}

fn raised(from: Units, to: Units) -> Result<(), TestCaseError> {
    for (from, to, maximum) in [(from.read, to.read, 50_000), (from.write, to.write, 2_000)] {
        prop_assert!(to >= from, "it never lowers");
        prop_assert!(to * 2 <= from * 3 + 1, "it never passes the factor");
        prop_assert!(
            to == from || to <= maximum,
            "it never passes the playbook's maximum"
        );
        prop_assert!(
            to == from || to <= 40_000,
            "it never passes the quota of a table"
        );
    }
    prop_assert!(to != from, "it changes something");
    Ok(())
}

fn units_of(value: &Value) -> Units {
    match value {
        Value::Units { read, write } => units(*read, *write),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, ..ProptestConfig::default() })]

    #[test]
    fn no_change_breaks_a_guard_rail(facts in any_facts()) {
        let bounds = RaiseTableThroughput {
            ceiling: Some(step(50_000, 2_000)),
            capacity: Some(step(50_000, 2_000)),
            on_demand: Some(OnDemand { mode: Mode::Act }),
        };
        let Ok(Decision::Change(change)) = decided(&bounds, Some(&facts)) else { return Ok(()) };
        prop_assert_eq!(facts.tags["picket:remediate"].as_str(), "true");
        prop_assert!(facts.active && facts.replicas == 0);
        let cooled = |changed: Timestamp| now().duration_since(changed).as_secs() >= 1_800;
        prop_assert!(facts.last_changed.is_none_or(cooled));
        prop_assert!(change.price_per_hour.is_some_and(|price| price > 0.into()));
        let of = |index: &Option<String>| facts.parts.iter().find(|part| part.part.index == *index).unwrap();
        match &change.write.setting {
            Setting::TableCeiling { index, .. } => {
                let from = of(index).part.ceiling;
                prop_assert!(facts.on_demand);
                prop_assert_eq!(&change.write.from, &value(from));
                raised(from, units_of(&change.write.to))?;
            }
            Setting::TableCapacity { index, .. } => {
                let from = of(index).part.capacity;
                let to = units_of(&change.write.to);
                prop_assert!(!facts.on_demand && !facts.auto_scaled.contains(index));
                prop_assert_eq!(&change.write.from, &value(from));
                raised(from, to)?;
                prop_assert!(of(index).part.decreases_today < 26);
                prop_assert!(facts.spare.read.is_none_or(|spare| to.read - from.read <= spare));
                prop_assert!(facts.spare.write.is_none_or(|spare| to.write - from.write <= spare));
            }
            Setting::TableMode { .. } => {
                prop_assert!(!facts.on_demand);
                prop_assert!(facts.parts.iter().all(|part| !facts.auto_scaled.contains(&part.part.index)));
                let whole = facts.parts[0].part.capacity;
                let expected = match facts.parts.get(1) {
                    None => value(whole),
                    Some(index) => Value::Provisioned {
                        read: whole.read,
                        write: whole.write,
                        indexes: [(
                            "by-day".to_owned(),
                            (index.part.capacity.read, index.part.capacity.write),
                        )]
                        .into(),
                    },
                };
                prop_assert_eq!(&change.write.from, &expected);
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
