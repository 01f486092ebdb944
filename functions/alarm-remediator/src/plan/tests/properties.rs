use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// Numbers near the bounds and anywhere.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![0..=12_u32, 95..=105_u32, 140..=310_u32, any::<u32>()]
}

fn tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    let allowed = prop_oneof![
        4 => Just(Some("true")),
        1 => Just(Some("false")),
        1 => Just(None),
    ];
    let stack = prop_oneof![
        3 => Just(None),
        1 => Just(Some("shop")),
        1 => Just(Some("picket-dev")),
    ];
    let tag = prop_oneof![Just(STACK_TAGS[0]), Just(STACK_TAGS[1])];
    (allowed, stack, tag).prop_map(|(allowed, stack, tag)| {
        [("picket:remediate", allowed), (tag, stack)]
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
            .collect()
    })
}

/// How busy a function is, as a share of its reservation in percent, around the mark at which it counts as reached.
fn any_facts() -> impl Strategy<Value = FunctionFacts> {
    let reserved = proptest::option::weighted(0.9, number());
    let busy = proptest::option::weighted(0.9, prop_oneof![0..=100_u64, 85..=95_u64]);
    let peak = proptest::option::weighted(0.9, number());
    let changed = proptest::option::weighted(0.3, -10_000_i64..10_000);
    // 0 stands for no data.
    let throttles = prop_oneof![1 => 0..=1_u32, 4 => 2..=100_u32];
    (
        tags(),
        reserved,
        (number(), number()),
        (busy, peak),
        (changed, throttles),
    )
        .prop_map(
            |(
                tags,
                reserved,
                (concurrent, unreserved),
                (busy, account_peak),
                (changed, throttles),
            )| {
                let of_reserved = |percent| u64::from(reserved.unwrap_or(100)) * percent / 100;
                FunctionFacts {
                    tags,
                    reserved,
                    account: AccountLimits {
                        concurrent,
                        unreserved,
                    },
                    measured: Measured {
                        function_peak: busy
                            .map(|percent| u32::try_from(of_reserved(percent)).unwrap()),
                        account_peak,
                        throttles: throttles.checked_sub(1),
                    },
                    last_changed: changed.map(|seconds| now() + SignedDuration::from_secs(seconds)),
                }
            },
        )
}

fn any_mode() -> impl Strategy<Value = Mode> {
    prop_oneof![
        Just(Mode::Observe),
        Just(Mode::Act(Switch::On)),
        "[a-z]{0,3}".prop_map(|text| Mode::Act(Switch::Off(text))),
        Just(Mode::Act(Switch::Unreachable("no answer".into()))),
        Just(Mode::Withheld("broken".into())),
    ]
}

fn any_alarm() -> impl Strategy<Value = Alarm> {
    let name = prop_oneof![
        6 => Just("checkout".to_owned()),
        1 => Just("picket-dev-SlackForwarder-1".to_owned()),
        1 => "[a-z:*-]{0,8}",
    ];
    let state = prop_oneof![
        6 => Just(State::Alarm),
        1 => Just(State::Ok),
        1 => Just(State::InsufficientData),
    ];
    let region = prop_oneof![6 => Just("eu-west-1"), 1 => Just("us-east-1")];
    let suppressed = proptest::option::weighted(0.1, Just("Alarm".to_owned()));
    (name, state, region, -120_i64..1_200, suppressed).prop_map(
        |(name, state, region, age, suppressed)| Alarm {
            state,
            region: region.to_owned(),
            changed_at: now() - SignedDuration::from_secs(age),
            actions_suppressed_by: suppressed,
            ..alarm(&name)
        },
    )
}

/// The bounds of every change, made or proposed.
fn inside_every_bound(change: &Change, facts: &FunctionFacts) -> Result<(), TestCaseError> {
    let (from, to) = values(change);
    prop_assert!(to > from, "it never lowers");
    prop_assert_eq!(
        Some(from),
        facts.reserved.map(u64::from),
        "it starts from what is reserved"
    );
    prop_assert!(from > 0, "it never starts a function that was stopped");
    prop_assert!(to <= 200, "it never passes the playbook's maximum");
    prop_assert!(
        to * 2 <= from * 3 + 1,
        "it never passes the playbook's factor"
    );
    let step = to - from;
    prop_assert!(
        u64::from(facts.account.unreserved) >= 100 + step,
        "it keeps what the others need"
    );
    let tag = |key: &str| facts.tags.get(key).map(String::as_str);
    prop_assert_eq!(
        tag("picket:remediate"),
        Some("true"),
        "it touches nothing that is not tagged"
    );
    for own in STACK_TAGS {
        prop_assert_ne!(
            tag(own),
            Some("picket-dev"),
            "it never touches its own stack"
        );
    }
    let cooled = |changed| now().duration_since(changed).as_secs() >= 1_800;
    prop_assert!(
        facts.last_changed.is_none_or(cooled),
        "it keeps the cooldown"
    );
    prop_assert!(
        facts
            .measured
            .throttles
            .is_some_and(|throttles| throttles > 0),
        "the throttles have happened"
    );
    let peak = facts.measured.function_peak.unwrap();
    prop_assert!(
        u64::from(peak) * 10 >= from * 9,
        "the reservation is what throttles"
    );
    Ok(())
}

/// More than the default, since one in ten alarms leads to a change; `PROPTEST_CASES` asks for more still.
fn cases() -> ProptestConfig {
    let config = ProptestConfig::default();
    let cases = config.cases.max(2_048);
    ProptestConfig { cases, ..config }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_plan_breaks_a_guard_rail(alarm in any_alarm(), facts in any_facts(), mode in any_mode()) {
        let plan = decide_on(&alarm, facts.clone(), &mode);
        if matches!(plan, Ok(Plan::Act(_))) {
            prop_assert_eq!(&mode, &Mode::Act(Switch::On), "it acts only where the switch is on, and never observing");
        }
        if let Ok(Plan::Act(change) | Plan::Propose(change)) = plan {
            inside_every_bound(&change, &facts)?;
            prop_assert_eq!(alarm.state, State::Alarm);
            prop_assert_eq!(alarm.region.as_str(), "eu-west-1");
            prop_assert_eq!(&alarm.actions_suppressed_by, &None);
            prop_assert!((-60..=900).contains(&now().duration_since(alarm.changed_at).as_secs()));
        }
    }

    #[test]
    fn a_read_that_failed_never_leads_to_a_change(alarm in any_alarm(), mode in any_mode()) {
        for read in [Read::Facts(None), Read::Failed("no answer")] {
            let plan = planned(&alarm, &read, &mode);
            prop_assert!(matches!(plan, Ok(Plan::Refuse(_)) | Err(_)), "{:?}", plan);
        }
    }
}
