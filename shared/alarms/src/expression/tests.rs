use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

/// `-` is nothing.
fn series(text: &str) -> Series {
    text.split_whitespace()
        .map(|token| token.parse().ok())
        .collect()
}

fn known() -> BTreeMap<String, Value> {
    let list = [
        ("m1", "1 - 3 4"),
        ("m2", "2 0 0 8"),
        ("none", "- - - -"),
        ("metric1", "30 20 0 0"),
        ("metric2", "20 - 20 -"),
        ("errors_a", "1 2 - -"),
        ("errors_b", "- 2 4 -"),
        ("lower", "1 1 1 1"),
        ("upper", "5 5 5 5"),
        ("SERVICE_QUOTA(m1)", "10 10 10 10"),
        ("LAMBDA('price',m1)", "7 7 7 7"),
    ];
    list.into_iter()
        .map(|(name, text)| (name.to_owned(), Value::Series(series(text))))
        .collect()
}

/// Friday, 20 November 2026, in minutes.
fn starts(count: i64) -> Vec<Timestamp> {
    let first: Timestamp = "2026-11-20T09:58:00Z".parse().unwrap();
    (0..count)
        .map(|n| Timestamp::from_second(first.as_second() + n * 60).unwrap())
        .collect()
}

fn evaluated(
    text: &str,
    known: &BTreeMap<String, Value>,
    periods: i64,
    fills_empty: bool,
) -> Value {
    let metrics = ["m1", "m2", "errors_a", "errors_b"].map(str::to_owned);
    text.parse::<Expression>()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .evaluate(&Context {
            starts: &starts(periods),
            period: 60,
            known,
            metrics: &metrics,
            fills_empty,
        })
}

fn of(text: &str) -> Value {
    evaluated(text, &known(), 4, false)
}

fn assert_series(text: &str, expected: &str) {
    assert_eq!(of(text), Value::Series(series(expected)), "{text}");
}

/// The table of "Comparison and logical operators".
#[test]
fn comparisons_are_as_aws_tabulates_them() {
    assert_series("(metric1 < metric2)", "0 0 1 0");
    assert_series("(metric1 >= 30)", "1 0 0 0");
    assert_series("(metric1 > 15 AND metric2 > 15)", "1 0 0 0");
}

/// The tables of "Using IF expressions".
#[test]
fn if_is_as_aws_tabulates_it() {
    let known: BTreeMap<String, Value> = [
        ("metric1", "1 1 0 0 -"),
        ("metric2", "30 - 0 0 30"),
        ("metric3", "0 0 20 - 20"),
    ]
    .map(|(name, text)| (name.to_owned(), Value::Series(series(text))))
    .into();
    let rows = [
        ("IF(metric1, metric2, metric3)", "30 0 20 - -"),
        ("IF(metric1, 5, metric3)", "5 5 20 - -"),
        ("IF(metric1, metric2, 5)", "30 0 5 5 -"),
        ("IF(metric1, metric2)", "30 0 - - -"),
        ("IF(metric1 < 1, metric3)", "- - 20 0 -"),
        ("IF(1, metric2, metric3)", "30 - 0 0 30"),
        ("IF(0, metric2, metric3)", "0 0 20 - 20"),
        ("IF(0, metric2)", "- - - - -"),
    ];
    for (text, expected) in rows {
        assert_eq!(
            evaluated(text, &known, 5, false),
            Value::Series(series(expected)),
            "{text}"
        );
    }
}

/// "Missing values in a time series are treated as 0"; "if a data point causes a function to attempt to divide by zero,
/// the data point is dropped".
#[test]
fn a_missing_value_is_zero_and_a_division_by_zero_is_dropped() {
    assert_series("m1 + m2", "3 0 3 12");
    assert_series("m1 - m2", "-1 0 3 -4");
    assert_series("m2 / m1", "2 - 0 2");
    assert_series("m1 / m2", "0.5 - - 0.5");
    assert_series("none + m2", "2 0 0 8");
    assert_series("none + none", "- - - -");
    assert_series("m1 + 1", "2 - 4 5");
    assert_series("100 * FILL(none, 0) / m2", "0 - - 0");
}

#[test]
fn operators_bind_as_in_most_languages() {
    assert_series("m2 * 0 + 1 + 2 * 3 - 4 / 2", "5 5 5 5");
    assert_series("(1 + 2) * -m2", "-6 -0 -0 -24");
    assert_series("m2 ^ 2", "4 0 0 64");
    assert_series("2 * m2 ^ 2", "8 0 0 128");
    assert_series("m2 > 1 && m2 < 5 || m2 == 8", "1 0 0 1");
    assert_series("m2 != 2 OR m1 == 1", "1 1 1 1");
    assert_series("android", "- - - -");
    assert_series("m2 * .5", "1 0 0 4");
    assert_series("m1>=1 AND m2>=1", "1 0 0 1");
}

#[test]
fn functions_of_a_series() {
    let rows = [
        ("ABS(m2 - 4)", "2 4 4 4"),
        ("CEIL(m2 / 3)", "1 0 0 3"),
        ("FLOOR(m2 / 3)", "0 0 0 2"),
        ("LOG10(m2 * 50)", "2 - - 2.6020599913279625"),
        ("LOG(m2 - 7)", "- - - 0"),
        ("DIFF(m1)", "- - 2 1"),
        ("DIFF_TIME(m1)", "- - 120 60"),
        ("RATE(m2)", "- -0.03333333333333333 0 0.13333333333333333"),
        ("RUNNING_SUM(m1)", "1 - 4 8"),
        ("m2 - MAX(m1)", "-2 -4 -4 4"),
        ("m2 - MIN(m1)", "1 -1 -1 7"),
        ("m2 - SUM(m1)", "-6 -8 -8 0"),
        ("m2 - AVG(m1)", "0 -2 -2 6"),
        ("m2 - DATAPOINT_COUNT(m1)", "-1 -3 -3 5"),
        (
            "TIME_SERIES(STDDEV(m2))",
            "3.278719262151 3.278719262151 3.278719262151 3.278719262151",
        ),
        ("m2 * PERIOD(m1)", "120 0 0 480"),
        ("m2 - MAX(none)", "- - - -"),
        ("TIME_SERIES(10)", "10 10 10 10"),
        ("m2 / SERVICE_QUOTA(m1)", "0.2 0 0 0.8"),
        ("LAMBDA('price', m1)", "7 7 7 7"),
        ("m2 - LAMBDA('other')", "2 0 0 8"),
    ];
    for (text, expected) in rows {
        let Value::Series(got) = of(text) else {
            panic!("{text} is a series")
        };
        let same = got
            .iter()
            .zip(series(expected))
            .all(|(got, expected)| match (got, expected) {
                (Some(got), Some(expected)) => (got - expected).abs() < 1e-9,
                (got, expected) => got.is_none() && expected.is_none(),
            });
        assert!(same, "{text}: {got:?}, expected {expected}");
    }
}

#[test]
fn functions_of_an_array() {
    let rows = [
        ("SUM([m1, m2])", "3 0 3 12"),
        ("SUM(METRICS())", "4 4 7 12"),
        ("SUM(METRICS(\"errors\"))", "1 4 4 -"),
        ("SUM([METRICS(\"errors\"), METRICS('m1')])", "2 4 7 4"),
        ("MAX([m1, m2])", "2 0 3 8"),
        ("MIN([m1,m2])", "1 0 0 4"),
        ("AVG([errors_a, errors_b])", "0.5 2 2 -"),
        ("STDDEV([m1, m2])", "0.5 0 1.5 2"),
        ("DATAPOINT_COUNT([errors_a, errors_b])", "1 2 1 -"),
        ("SUM(100/[m1, m2])", "150 - 33.333333333333336 37.5"),
        ("SUM(-[m1, m2])", "-3 -0 -3 -12"),
        ("FIRST([m1, m2])", "1 - 3 4"),
        ("LAST([m1, m2])", "2 0 0 8"),
        ("FIRST(SORT(METRICS(), SUM, DESC))", "2 0 0 8"),
        ("FIRST(SORT(METRICS(), AVG, ASC))", "1 2 - -"),
        ("LAST(SORT(METRICS(), MAX, DESC, 2))", "1 - 3 4"),
        ("FIRST(SLICE([m1, m2, none], 1))", "2 0 0 8"),
        ("LAST(SLICE([m1, m2, none], 0, 2))", "2 0 0 8"),
        ("FIRST(REMOVE_EMPTY([none, m2]))", "2 0 0 8"),
        ("m2 / METRIC_COUNT([none, m2])", "1 0 0 4"),
        ("SUM([m1, m2] * [m2, m2])", "6 0 0 96"),
        ("LAST(ANOMALY_DETECTION_BAND(m1, 3))", "5 5 5 5"),
        ("FIRST(ANOMALY_DETECTION_BAND(m1))", "1 1 1 1"),
    ];
    for (text, expected) in rows {
        assert_series(text, expected);
    }
}

#[test]
fn fill_fills_what_lies_between() {
    assert_series("FILL(m1, 0)", "1 0 3 4");
    assert_series("FILL(m1, m2)", "1 0 3 4");
    assert_series("FILL(m1, MAX(m1))", "1 4 3 4");
    assert_series("FILL(m1, REPEAT)", "1 1 3 4");
    assert_series("FILL(m1, LINEAR)", "1 2 3 4");
    assert_series("FILL(errors_b, REPEAT)", "- 2 4 4");
    assert_series("FILL(errors_b, LINEAR)", "- 2 4 -");
    assert_series("FILL(errors_a, 7)", "1 2 7 7");
    assert_series("SUM(FILL([errors_a, errors_b], 1))", "2 4 5 2");
    assert_series("FILL(none, 0)", "- - - -");
    assert_eq!(
        evaluated("FILL(none, 0)", &known(), 4, true),
        Value::Series(series("0 0 0 0"))
    );
}

#[test]
fn the_calendar_is_that_of_utc_and_monday_is_1() {
    assert_series("MINUTE(none)", "58 59 0 1");
    assert_series("HOUR(m1)", "9 9 10 10");
    assert_series("DAY(m1)", "5 5 5 5");
    assert_series("DATE(m1)", "20 20 20 20");
    assert_series("MONTH(m1)", "11 11 11 11");
    assert_series("YEAR(m1)", "2026 2026 2026 2026");
    assert_series("EPOCH(m1) - EPOCH(m1) + MINUTE(m1)", "58 59 0 1");
    assert_series("IF(DAY(m1) < 6 AND HOUR(m1) == 10, m2)", "- - 0 8");
}

fn type_of(text: &str) -> Result<Type, InvalidExpression> {
    let known = |id: &str| match id {
        "a" => Some(Type::Array),
        "unknown" => None,
        _ => Some(Type::Series),
    };
    text.parse::<Expression>()?.type_of(&known)
}

#[test]
fn each_function_takes_and_returns_what_aws_tabulates() {
    let rows = [
        ("1 + 2", Type::Scalar),
        ("1 + m1", Type::Series),
        ("1 > 2", Type::Scalar),
        ("a * m1", Type::Array),
        ("-a", Type::Array),
        ("AVG(m1)", Type::Scalar),
        ("AVG(a)", Type::Series),
        ("m1 - AVG(m1)", Type::Series),
        ("ABS(a)", Type::Array),
        ("FILL(a, REPEAT)", Type::Array),
        ("METRICS(\"x\")", Type::Array),
        ("SORT(a, AVG, DESC, 5)", Type::Array),
        ("SLICE(a, 1, 2)", Type::Array),
        ("METRIC_COUNT(a)", Type::Scalar),
        ("IF(m1 > 1, 5)", Type::Series),
        ("IF(1, 2, 3)", Type::Scalar),
        ("INSIGHT_RULE_METRIC('rule', 'Sum')", Type::Series),
        ("DB_PERF_INSIGHTS('RDS', 'db-1', 'os.cpu')", Type::Series),
        ("ANOMALY_DETECTION_BAND(m1, 2)", Type::Array),
    ];
    for (text, expected) in rows {
        assert_eq!(type_of(text), Ok(expected), "{text}");
    }
    for text in [
        "ABS(1)",
        "AVG(1)",
        "FIRST(m1)",
        "SORT(m1, AVG, DESC)",
        "SORT(a, ASC, AVG)",
        "SORT(a, REPEAT, ASC)",
        "SLICE(a)",
        "FILL(m1)",
        "FILL(1, 0)",
        "FILL(m1, ASC)",
        "IF(m1)",
        "IF(a, 1, 2)",
        "PERIOD(m1 + 1)",
        "METRICS(m1)",
        "TIME_SERIES(m1)",
        "INSIGHT_RULE_METRIC(m1)",
        "LAMBDA(m1)",
        "[1, 2]",
        "a > 1",
        "a AND m1",
        "unknown + 1",
        "RATE(m1, 1)",
    ] {
        assert!(type_of(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_not_known_is_refused_with_its_place_or_name() {
    for text in [
        "", "m1 +", "(m1", "m1 m2", "1 &", "1e999", "m1 == ", "[]", "SUM([])", "AND m1", "é",
    ] {
        let error = text.parse::<Expression>().unwrap_err();
        assert!(
            error.to_string().contains("cannot be read"),
            "{text}: {error}"
        );
    }
    for (text, problem) in [
        ("RATES(m1)", "RATES is not a function"),
        ("1 + rate(m1)", "cannot be read"),
        (
            "MAX(SEARCH('{A,B}', 'Sum'))",
            "SEARCH cannot be used in an alarm",
        ),
        (&"1+".repeat(1_100), "at most 2048"),
        (&"(".repeat(200), "nested"),
        (&"-".repeat(200), "nested"),
        (&format!("1{}", "+1".repeat(900)), "nested"),
    ] {
        let error = text.parse::<Expression>().unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
}

#[test]
fn names_and_calls_are_listed_wherever_they_stand() {
    let expression: Expression = "IF(a > 1, FILL(b, 0), MAX([c, -d]))".parse().unwrap();
    assert_eq!(expression.names(), ["a", "b", "c", "d"]);
    let calls: Vec<&str> = expression
        .calls()
        .iter()
        .map(|(function, _)| function.as_str())
        .collect();
    assert_eq!(calls, ["IF", "FILL", "MAX"]);
}

/// Pieces of expressions, put together in any order.
const PIECES: [&str; 36] = [
    "m1",
    "none",
    "1",
    "0",
    "-",
    "+",
    "*",
    "/",
    "^",
    "(",
    ")",
    "[",
    "]",
    ",",
    ">",
    "<",
    "==",
    "!=",
    " AND ",
    "||",
    "IF(",
    "FILL(",
    "SUM(",
    "AVG(",
    "SORT(",
    "SLICE(",
    "METRICS()",
    "RATE(",
    "FIRST(",
    "REPEAT",
    "DESC",
    "LINEAR",
    "'x'",
    "ANOMALY_DETECTION_BAND(",
    "DAY(",
    "é",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = text.parse::<Expression>();
    }

    #[test]
    fn no_expression_makes_it_panic(pieces in proptest::collection::vec(0_usize..36, 0..24)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        if let Ok(expression) = text.parse::<Expression>() {
            // Evaluation is total, also of what the types refuse.
            let _ = expression.type_of(&|_| Some(Type::Series));
            let value = of(&text);
            for series in value.into_list() {
                prop_assert!(series.iter().flatten().all(|number| number.is_finite()), "{text}");
            }
        }
    }
}
