use std::time::Duration;

use super::*;
use crate::plan::tests::{Read, facts, planned_by, stored};
use crate::testing::{alarm, home, throttles};
use crate::{
    model::{Mode, Switch},
    plan::Plan,
};

/// The sentence with which acting on CloudWatch's answer is refused, with every switch on; `None` where it is acted on.
fn refusal(confirmation: &Confirmation) -> Option<String> {
    let facts = Read::Facts(Some(facts()));
    match planned_by(
        &alarm("checkout"),
        confirmation,
        &facts,
        &Mode::Act(Switch::On),
    ) {
        Ok(Plan::Refuse(refused)) => Some(refused.refusal.to_string()),
        Ok(Plan::Act(_)) => None,
        plan => panic!("{plan:?}"),
    }
}

fn spoiled(spoil: impl FnOnce(&mut StoredAlarm)) -> Option<String> {
    let mut stored = stored(&alarm("checkout"));
    spoil(&mut stored);
    refusal(&Confirmation::Read(Some(stored)))
}

#[test]
fn what_cloudwatch_has_as_the_message_says_is_acted_on() {
    assert_eq!(spoiled(|_| ()), None);
    assert_eq!(
        spoiled(|stored| stored.changed_at -= Duration::from_mins(1)),
        None
    );
    assert_eq!(
        spoiled(|stored| stored.metrics[0].account = Some("123456789012".into())),
        None,
        "its own account, which CloudWatch may name or not"
    );
    assert_eq!(
        spoiled(|stored| stored.metrics[0].statistic = None),
        None,
        "a statistic is not the metric's"
    );
}

#[test]
fn an_alarm_that_cloudwatch_does_not_have_is_refused() {
    const ARN: &str = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles";
    let absent = format!(
        "CloudWatch has no metric alarm {ARN}: the message is not CloudWatch's, or the alarm was deleted"
    );
    assert_eq!(refusal(&Confirmation::Read(None)), Some(absent.clone()));
    assert_eq!(spoiled(|stored| stored.arn.push('2')), Some(absent));
    assert_eq!(
        refusal(&Confirmation::Unreachable(
            "CloudWatch does not answer".into()
        ))
        .as_deref(),
        Some("what must be known could not be read: CloudWatch does not answer")
    );
}

#[test]
fn an_alarm_that_is_not_in_alarm_by_this_change_is_refused() {
    for (state, word) in [
        (State::Ok, "OK"),
        (State::InsufficientData, "INSUFFICIENT_DATA"),
    ] {
        let expected = format!(
            "CloudWatch has arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles in {word}, not in ALARM"
        );
        assert_eq!(spoiled(|stored| stored.state = state), Some(expected));
    }
    for changed_at in ["2026-11-20T05:58:59Z", "2026-11-20T06:01:01Z"] {
        let expected = format!(
            "CloudWatch has arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles in ALARM since {changed_at}, \
             not since 2026-11-20T06:00:00Z as the message says"
        );
        let found = spoiled(|stored| stored.changed_at = changed_at.parse().unwrap());
        assert_eq!(found, Some(expected));
    }
}

#[test]
fn an_alarm_over_another_metric_is_refused() {
    let sentence = "CloudWatch has arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles over another metric \
                    or other dimensions than the message says";
    let with = |change: &dyn Fn(&mut Metric)| {
        let mut metric = throttles("checkout");
        change(&mut metric);
        vec![metric]
    };
    let resource = ("Resource".to_owned(), "checkout:live".to_owned());
    for (what, metrics) in [
        ("another function", vec![throttles("invoices")]),
        (
            "another name",
            with(&|metric| metric.name = "Errors".into()),
        ),
        (
            "another namespace",
            with(&|metric| metric.namespace = "Shop".into()),
        ),
        ("no dimension", with(&|metric| metric.dimensions.clear())),
        (
            "one more dimension",
            with(&|metric| metric.dimensions.push(resource.clone())),
        ),
        (
            "another account",
            with(&|metric| metric.account = Some("444455556666".into())),
        ),
        (
            "one more metric",
            vec![throttles("checkout"), throttles("invoices")],
        ),
        ("none", Vec::new()),
    ] {
        let found = spoiled(|stored| stored.metrics = metrics);
        assert_eq!(found.as_deref(), Some(sentence), "{what}");
    }
}

#[test]
fn the_order_of_metrics_and_dimensions_has_no_meaning() {
    let with_version = |names: [&str; 2]| Metric {
        dimensions: names.map(|name| (name.to_owned(), "x".to_owned())).into(),
        ..throttles("checkout")
    };
    let (first, second) = (["FunctionName", "Resource"], ["Resource", "FunctionName"]);
    let left = [with_version(first), throttles("a")];
    let right = [throttles("a"), with_version(second)];
    assert_eq!(series(&left, &home()), series(&right, &home()));
}
