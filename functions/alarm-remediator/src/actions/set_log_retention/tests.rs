//! The decisions, with worked numbers.

use jiff::SignedDuration;
use picket_rules::playbooks::SetLogRetention;
use picket_shared::alarm::{Alarm, Watches};

use super::{target::name, *};
use crate::{
    change::Change,
    model::{Candidate, Scope},
    plan::tests::book,
    setting::{Setting, Value},
    testing::{alarm, home, now},
};

fn facts() -> GroupFacts {
    GroupFacts {
        tags: [("picket:remediate".to_owned(), "true".to_owned())].into(),
        group: LogGroup {
            retention_days: None,
            stored_bytes: 812,
        },
        last_changed: None,
    }
}

fn group_alarm(group: &str) -> Alarm {
    let mut alarm = alarm("checkout");
    let Watches::Metric(metric, _) = &mut alarm.watches else {
        panic!("the sample watches one metric")
    };
    metric.dimensions = vec![("LogGroupName".to_owned(), group.to_owned())];
    alarm
}

fn decided(facts: Option<&GroupFacts>) -> Result<Change, Refusal> {
    let (book, home) = (book(), home());
    let alarm = group_alarm("/aws/lambda/orders");
    let candidate = Candidate {
        playbook: &book.all()[0],
        alarm: &alarm,
        target: "group//aws/lambda/orders".to_owned(),
    };
    let scope = Scope {
        playbooks: &book,
        home: &home,
    };
    decide(
        &candidate,
        SetLogRetention { days: 90 },
        facts,
        &scope,
        now(),
    )
}

#[test]
fn a_group_without_retention_gets_one_and_the_change_states_what_is_lost() {
    let change = decided(Some(&facts())).unwrap();
    let group = "/aws/lambda/orders".to_owned();
    assert_eq!(change.write.setting, Setting::LogRetention { group });
    assert_eq!(
        (change.write.from, change.write.to),
        (Value::Absent, Value::Number(90))
    );
    assert_eq!(
        change.action,
        "set the retention of group//aws/lambda/orders from never to 90 days"
    );
    assert_eq!(
        change.reason,
        "it stores 812 bytes and deletes none of them; CloudWatch Logs deletes events older than 90 days within 72 hours, \
         and putting the retention back does not bring them back"
    );
}

type Edit = fn(&mut GroupFacts);

#[test]
fn each_guard_rail_refuses_in_its_order() {
    let mut facts = facts();
    let rails: [(Edit, &str); 4] = [
        (
            |facts| facts.tags = [].into(),
            "group//aws/lambda/orders is not tagged picket:remediate=true",
        ),
        (
            |facts| facts.last_changed = Some(now() - SignedDuration::from_mins(29)),
            "group//aws/lambda/orders was changed 1740 s ago; the playbook leaves it alone for 1800 s",
        ),
        // Longer or shorter than the playbook's: it is a person's choice.
        (
            |facts| facts.group.retention_days = Some(3_653),
            "group//aws/lambda/orders keeps its events for 3653 days, which a person or a template chose: only a group without retention gets one",
        ),
        (
            |facts| {
                facts
                    .tags
                    .insert("picket:stack".into(), "picket-dev".into());
            },
            "group//aws/lambda/orders belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
    ];
    for (edit, sentence) in rails {
        edit(&mut facts);
        let refusal = decided(Some(&facts)).unwrap_err().to_string();
        assert!(refusal.starts_with(sentence), "{refusal}");
    }
    assert_eq!(
        decided(None).unwrap_err().to_string(),
        "there is no group//aws/lambda/orders in this account and region"
    );
}

#[test]
fn a_target_is_the_one_group_of_the_alarm() {
    let book = book();
    let of = |group: &str| target(&book.all()[0], &group_alarm(group));
    assert_eq!(
        of("/aws/lambda/a_b-c.d#e").unwrap(),
        "group//aws/lambda/a_b-c.d#e"
    );
    assert_eq!(name("group//aws/lambda/orders"), "/aws/lambda/orders");
    for group in ["", "a b", "a:*"] {
        assert!(of(group).is_err(), "{group:?}");
    }
}
