use picket_shared::alarm::Comparison;

use super::*;

const NO_COMPARISON: Comparison = Comparison {
    operator: None,
    threshold: None,
    evaluation_periods: None,
    datapoints_to_alarm: None,
    treat_missing_data: None,
};

/// The sentence with which acting on these is refused, with every switch on.
fn refusal(alarm: &Alarm, facts: &Read) -> String {
    match planned(alarm, facts, &Mode::Act(Switch::On)) {
        Ok(Plan::Refuse(refused)) => refused.refusal.to_string(),
        plan => panic!("{plan:?}"),
    }
}

#[track_caller]
fn alarm_refused(spoil: impl FnOnce(&mut Alarm), sentence: &str) {
    let mut alarm = alarm("checkout");
    spoil(&mut alarm);
    assert_eq!(refusal(&alarm, &Read::Facts(Some(facts()))), sentence);
}

#[track_caller]
fn facts_refused(spoil: impl FnOnce(&mut FunctionFacts), sentence: &str) {
    let mut facts = facts();
    spoil(&mut facts);
    assert_eq!(
        refusal(&alarm("checkout"), &Read::Facts(Some(facts))),
        sentence
    );
}

fn watching(metrics: Vec<Metric>) -> Watches {
    Watches::Expression {
        expressions: Vec::new(),
        metrics,
        comparison: NO_COMPARISON,
        threshold_metric_id: None,
    }
}

#[test]
fn an_alarm_without_an_arn() {
    alarm_refused(
        |alarm| alarm.arn.clear(),
        "the message does not carry the alarm's ARN, so its account and region are not certain",
    );
}

#[test]
fn throttles_that_have_not_happened() {
    for throttles in [None, Some(0)] {
        facts_refused(
            |facts| facts.measured.throttles = throttles,
            "CloudWatch has no Throttles of checkout in the last 15 minutes: the cause of the alarm did not occur, or has ended",
        );
        // Nor is a reason diagnosed for what has not happened.
        facts_refused(
            |facts| {
                facts.reserved = None;
                facts.measured.throttles = throttles;
            },
            "CloudWatch has no Throttles of checkout in the last 15 minutes: the cause of the alarm did not occur, or has ended",
        );
    }
}

#[test]
fn an_alarm_over_the_metric_of_another_account() {
    let foreign = |account: &str| Metric {
        account: Some(account.into()),
        ..throttles("checkout")
    };
    let sentence = "the alarm's metric belongs to account 444455556666, and this remediator acts in 123456789012 alone";
    alarm_refused(
        |alarm| alarm.watches = Watches::Metric(foreign("444455556666"), NO_COMPARISON),
        sentence,
    );
    // One of several, and one that names no target.
    let requests = Metric {
        name: "Invocations".into(),
        dimensions: Vec::new(),
        ..foreign("444455556666")
    };
    alarm_refused(
        |alarm| alarm.watches = watching(vec![throttles("checkout"), requests]),
        sentence,
    );
    let mut own = alarm("checkout");
    own.watches = Watches::Metric(foreign("123456789012"), NO_COMPARISON);
    let plan = decide_on(&own, facts(), &Mode::Observe);
    assert!(matches!(plan, Ok(Plan::Propose(_))), "{plan:?}");
}

#[test]
fn an_alarm_of_another_account_names_no_target_of_this_one() {
    let mut foreign = alarm("checkout");
    foreign.watches = Watches::Metric(
        Metric {
            account: Some("444455556666".into()),
            ..throttles("checkout")
        },
        NO_COMPARISON,
    );
    let mut elsewhere = alarm("checkout");
    elsewhere.account = "444455556666".into();
    for alarm in [foreign, elsewhere] {
        match decide_on(&alarm, facts(), &Mode::Act(Switch::On)) {
            Ok(Plan::Refuse(refused)) => assert_eq!(refused.target, None),
            plan => panic!("{plan:?}"),
        }
    }
}

#[test]
fn a_suppressed_alarm() {
    alarm_refused(
        |alarm| alarm.actions_suppressed_by = Some("WaitPeriod".into()),
        "the alarm's actions are suppressed (WaitPeriod)",
    );
}

/// EventBridge's event says by which rule the alarm is muted.
#[test]
fn an_alarm_that_its_message_says_is_muted() {
    let rule = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:night";
    alarm_refused(
        |alarm| alarm.muted_by = Some(rule.into()),
        &format!("the alarm's actions are muted ({rule})"),
    );
}

#[test]
fn old_news_and_news_of_the_future() {
    alarm_refused(
        |alarm| alarm.changed_at = now() - Duration::from_secs(901),
        "the alarm changed 901 s ago; after 900 s it may no longer be true",
    );
    alarm_refused(
        |alarm| alarm.changed_at = now() + Duration::from_secs(61),
        "the alarm changes 61 s from now: one of the clocks is wrong",
    );
    for age in [Duration::from_mins(15), Duration::ZERO] {
        let mut fresh = alarm("checkout");
        fresh.changed_at = now() - age;
        let plan = decide_on(&fresh, facts(), &Mode::Observe);
        assert!(matches!(plan, Ok(Plan::Propose(_))), "{plan:?}");
    }
}

#[test]
fn an_unknown_target_means_nothing_never_everything() {
    let mut whole_account = throttles("checkout");
    whole_account.dimensions.clear();
    let sentence =
        "the alarm's metric has no dimension FunctionName: without a target nothing is changed";
    alarm_refused(
        |alarm| alarm.watches = Watches::Metric(whole_account, NO_COMPARISON),
        sentence,
    );
    for name in [
        "",
        "*",
        "check out",
        "a:b:c",
        "arn:aws:lambda:us-east-1:123456789012:function:checkout",
    ] {
        let metric = throttles(name);
        alarm_refused(
            |alarm| alarm.watches = Watches::Metric(metric, NO_COMPARISON),
            &format!("{name:?} is not the name of a function in the alarm's account and region"),
        );
    }
}

#[test]
fn an_alarm_on_several_functions() {
    let metrics = vec![
        throttles("checkout"),
        throttles("basket"),
        throttles("checkout"),
    ];
    alarm_refused(
        |alarm| alarm.watches = watching(metrics),
        "the alarm watches 2 functions (basket, checkout), and which of them is in trouble is not known",
    );
}

#[test]
fn an_alarm_of_another_account_or_region() {
    alarm_refused(
        |alarm| alarm.account = "999999999999".into(),
        "the alarm is in 999999999999 eu-west-1, and this remediator acts in 123456789012 eu-west-1 alone",
    );
    alarm_refused(
        |alarm| alarm.region = "us-east-1".into(),
        "the alarm is in 123456789012 us-east-1, and this remediator acts in 123456789012 eu-west-1 alone",
    );
}

#[test]
fn a_function_of_our_own_stack_by_its_tags_and_not_by_its_name() {
    for tag in STACK_TAGS {
        facts_refused(
            |facts| {
                facts.tags.insert(tag.into(), "picket-dev".into());
            },
            "checkout belongs to Picket's own stack picket-dev, which is never repaired by itself",
        );
        for neighbour in [
            "picket-development",
            "picket-dev-orders",
            "picket",
            "PICKET-DEV",
        ] {
            let mut facts = facts();
            facts.tags.insert(tag.into(), neighbour.into());
            let alarm = alarm("picket-dev-orders-Checkout-1A2B3C");
            let plan = decide_on(&alarm, facts, &Mode::Observe);
            assert!(
                matches!(plan, Ok(Plan::Propose(_))),
                "{neighbour}: {plan:?}"
            );
        }
    }
}

#[test]
fn what_was_not_read_or_is_not_there() {
    for (facts, sentence) in [
        (
            Read::Failed("Lambda did not answer"),
            "what must be known could not be read: Lambda did not answer",
        ),
        (
            Read::Facts(None),
            "there is no function checkout in this account and region",
        ),
    ] {
        assert_eq!(refusal(&alarm("checkout"), &facts), sentence);
    }
}

#[test]
fn a_function_that_is_not_on_the_allow_list() {
    facts_refused(
        |facts| facts.tags.clear(),
        "checkout is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
    );
    facts_refused(
        |facts| {
            facts.tags.insert("picket:remediate".into(), "True".into());
        },
        "checkout is not tagged picket:remediate=true (it is \"True\"); its owner allows repairs with that tag",
    );
}

#[test]
fn a_function_that_was_stopped_on_purpose() {
    facts_refused(
        |facts| facts.reserved = Some(0),
        "the reserved concurrency of checkout is 0, which stops a function on purpose: whoever stopped it starts it again",
    );
}

#[test]
fn a_function_without_data() {
    facts_refused(
        |facts| facts.measured.function_peak = None,
        "CloudWatch has no ConcurrentExecutions of checkout in the last 15 minutes, so it is not known whether its reservation of 10 is what throttles",
    );
}

#[test]
fn a_function_that_was_just_changed() {
    facts_refused(
        |facts| facts.last_changed = Some(now() - Duration::from_secs(1_799)),
        "checkout was changed 1799 s ago; the playbook leaves it alone for 1800 s",
    );
    facts_refused(
        |facts| facts.last_changed = Some(now() + Duration::from_secs(5)),
        "checkout was changed -5 s ago; the playbook leaves it alone for 1800 s",
    );
    let mut cooled = facts();
    cooled.last_changed = Some(now() - Duration::from_mins(30));
    let plan = decide_on(&alarm("checkout"), cooled, &Mode::Observe);
    assert!(matches!(plan, Ok(Plan::Propose(_))), "{plan:?}");
}

#[test]
fn a_bound_that_is_reached() {
    for (reserved, peak) in [(200, 200), (300, 290)] {
        facts_refused(
            |facts| {
                facts.reserved = Some(reserved);
                facts.measured.function_peak = Some(peak);
            },
            &format!(
                "the reserved concurrency of checkout is {reserved}, and the playbook's maximum is 200"
            ),
        );
    }
    for unreserved in [100, 10, 0] {
        facts_refused(
            |facts| facts.account.unreserved = unreserved,
            &format!(
                "only {unreserved} of the account's 1000 executions are unreserved, and the playbook keeps 100 for the functions without a reservation"
            ),
        );
    }
}

#[test]
fn a_kill_switch_that_is_not_on() {
    let refused = |switch| match decide_on(&alarm("checkout"), facts(), &Mode::Act(switch)) {
        Ok(Plan::Refuse(refused)) => refused.refusal.to_string(),
        plan => panic!("{plan:?}"),
    };
    let off = refused(Switch::Off("off".into()));
    assert!(
        off.starts_with("the kill switch reads \"off\", not \"on\"; with it on, this would be done: raise the reserved concurrency of checkout from 10 to 15"),
        "{off}"
    );
    assert_eq!(
        refused(Switch::Unreachable("it did not answer".into())),
        "the kill switch could not be read: it did not answer"
    );
}
