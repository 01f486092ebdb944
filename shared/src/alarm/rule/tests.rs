use super::*;

fn states(pairs: &[(&str, State)]) -> BTreeMap<String, State> {
    pairs
        .iter()
        .map(|(name, state)| ((*name).to_owned(), *state))
        .collect()
}

#[test]
fn rules_hold_as_they_read() {
    let children = states(&[
        ("a", State::Alarm),
        ("b", State::Ok),
        ("c d", State::InsufficientData),
        ("say \"x\"", State::Alarm),
        ("f(x), g", State::Alarm),
    ]);
    let rows = [
        ("ALARM(a)", true),
        ("ALARM(\"b\") OR ALARM(a)", true),
        ("ALARM(b) AND ALARM(a) OR TRUE", true),
        ("TRUE OR ALARM(b) AND FALSE", true),
        ("ALARM(b) AND (ALARM(a) OR TRUE)", false),
        ("NOT OK(b)", false),
        ("NOT ALARM(a) OR TRUE", true),
        ("NOT(ALARM(b))", true),
        ("NOT ALARM(b) AND INSUFFICIENT_DATA(\"c d\")", true),
        ("INSUFFICIENT_DATA(never-heard-of)", true),
        ("ALARM(\"say \\\"x\\\"\")", true),
        ("ALARM(\"f(x), g\")", true),
        (
            "ALARM(arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a)",
            false,
        ),
        (" FALSE ", false),
        ("AT_LEAST(1, ALARM, (a, b))", true),
        ("AT_LEAST(2, ALARM, (a, b))", false),
        ("AT_LEAST(2, NOT OK, (a, b, \"c d\"))", true),
        ("AT_LEAST(50%, ALARM, (a, b))", true),
        ("AT_LEAST(51%, ALARM, (a, b))", false),
        (
            "AT_LEAST(66.6%, NOT OK, (a, b, \"c d\")) AND ALARM(a)",
            true,
        ),
    ];
    for (text, holds) in rows {
        let expected = if holds { State::Alarm } else { State::Ok };
        assert_eq!(
            text.parse::<Rule>().unwrap().state(&children),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_rule_is_raised_by_the_alarms_whose_change_to_alarm_can_make_it_hold() {
    for (text, expected) in [
        ("ALARM(a) AND NOT ALARM(maintenance)", vec!["a"]),
        ("(ALARM(a) OR OK(b)) AND NOT OK(c)", vec!["a", "c"]),
        ("NOT (ALARM(a) OR NOT ALARM(b))", vec!["b"]),
        ("AT_LEAST(2, ALARM, (a, b)) OR TRUE", vec!["a", "b"]),
        ("AT_LEAST(1, NOT OK, (a, b))", vec!["a", "b"]),
        ("AT_LEAST(1, OK, (a, b)) AND FALSE", vec![]),
        ("NOT AT_LEAST(1, NOT ALARM, (a, b))", vec!["a", "b"]),
        ("NOT INSUFFICIENT_DATA(a)", vec!["a"]),
    ] {
        assert_eq!(
            text.parse::<Rule>().unwrap().raised_by(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn children_are_listed_and_nonsense_is_refused() {
    let rule: Rule = "ALARM(\"x\") OR NOT (OK(y) AND AT_LEAST(1, OK, (z, x)))"
        .parse()
        .unwrap();
    assert_eq!(rule.children(), ["x", "y", "z", "x"]);
    for text in [
        "",
        "ALARM",
        "ALARM()",
        "ALARM(a) ALARM(b)",
        "PANIC(a)",
        "(ALARM(a)",
        "NOTALARM(a)",
        "ALARM(a)ORALARM(b)",
        "ALARM(a,b)",
        "ALARM(a b)",
        "ALARM(\"a)",
        "AT_LEAST(0, ALARM, (a))",
        "AT_LEAST(101%, ALARM, (a))",
        "AT_LEAST(0%, ALARM, (a))",
        "AT_LEAST(1, ALARM, ())",
        "AT_LEAST(1, ALARM, a)",
    ] {
        assert!(text.parse::<Rule>().is_err(), "{text}");
    }
}

#[test]
fn a_rule_has_limits() {
    let rule = |children: usize| {
        let list: Vec<String> = (0..children).map(|n| format!("ALARM(a{n})")).collect();
        list.join(" OR ")
    };
    assert!(rule(100).parse::<Rule>().is_ok());
    assert_eq!(rule(101).parse::<Rule>(), Err(InvalidRule::TooLarge));
    let nested = format!("{}TRUE{}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(nested.parse::<Rule>(), Err(InvalidRule::TooLarge));
    assert_eq!(
        format!("{}TRUE", "NOT ".repeat(2_000)).parse::<Rule>(),
        Err(InvalidRule::TooLarge)
    );
}

/// Pieces of rules, put together in any order.
const PIECES: [&str; 16] = [
    "ALARM(",
    "OK(",
    "a",
    "\"b\"",
    ")",
    "(",
    " AND ",
    " OR ",
    "NOT ",
    "TRUE",
    "AT_LEAST(",
    "2",
    "50%",
    ",",
    "\\",
    "é",
];

proptest::proptest! {
    #[test]
    fn no_rule_makes_it_panic(pieces in proptest::collection::vec(0_usize..16, 0..24), text in "\\PC{0,40}") {
        let rule: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        for text in [rule, text] {
            if let Ok(rule) = text.parse::<Rule>() {
                let _ = rule.state(&BTreeMap::new());
            }
        }
    }
}
