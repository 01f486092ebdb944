use super::*;
use crate::{Sample, Window, definition::tests::sum_alarm};
use jiff::Timestamp;

#[test]
fn a_query_of_the_user_guide_is_read() {
    let text = "SELECT SUM(RequestCount)\nFROM SCHEMA(\"AWS/ApplicationELB\", LoadBalancer, AvailabilityZone)\n\
        WHERE LoadBalancer = 'app/load-balancer-1'\nGROUP BY AvailabilityZone\nORDER BY MAX() DESC\nLIMIT 5";
    let query: Query = text.parse().unwrap();
    assert_eq!(
        (query.function, query.metric.as_str()),
        (Aggregate::Sum, "RequestCount")
    );
    assert_eq!(
        query.schema.as_deref().unwrap(),
        ["LoadBalancer", "AvailabilityZone"]
    );
    assert_eq!(query.order_by, Some((Aggregate::Max, true)));
    assert_eq!((query.limit, query.group_by.len()), (Some(5), 1));
}

#[test]
fn queries_are_read_or_refused() {
    for text in [
        "SELECT AVG(CPUUtilization) FROM \"AWS/EC2\"",
        "select avg(CPUUtilization) from SCHEMA(\"AWS/EC2\")",
        "SELECT AVG(\"Bytes\\\"Input\\\"\") FROM App WHERE a != 'x' AND tag.env = 'prod' AND AWS.AccountId = '1'",
        "SELECT AVG(\"LIMIT\") FROM App GROUP BY a, b ORDER BY COUNT()",
    ] {
        assert!(Query::is(text) && text.parse::<Query>().is_ok(), "{text}");
    }
    for text in [
        "SELECT P99(x) FROM App",
        "SELECT AVG(LIMIT) FROM App",
        "SELECT AVG(x) FROM AWS/EC2",
        "SELECT AVG(x) FROM App WHERE a = x",
        "SELECT AVG(x) FROM App WHERE a = 'x' OR a = 'y'",
        "SELECT AVG(x) FROM App GROUP BY a LIMIT 501",
        "SELECT AVG(x) FROM App ORDER BY MAX()",
        "SELECT AVG(x)",
        "SELECT",
    ] {
        assert!(text.parse::<Query>().is_err(), "{text}");
    }
}

fn observed(labels: &[(&str, &str)], values: [f64; 2]) -> Observed {
    let window = window();
    let starts = window.starts.iter().rev().take(2).rev();
    Observed {
        namespace: "App".into(),
        metric: "Errors".into(),
        labels: labels
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        samples: starts
            .zip(values)
            .map(|(&at, value)| (at, Sample::Values(vec![(value, 1.0)])))
            .collect(),
    }
}

fn window() -> Window {
    Window::of(&sum_alarm(2, 2), Timestamp::from_second(600).unwrap())
}

/// Groups as `attributes: newest values`.
fn result(text: &str) -> Vec<(String, Vec<f64>)> {
    let all = [
        observed(&[("Host", "a"), ("Zone", "1")], [1.0, 2.0]),
        observed(&[("Host", "a"), ("Zone", "2")], [10.0, 20.0]),
        observed(&[("Host", "b"), ("Zone", "1")], [5.0, 5.0]),
        observed(&[("Zone", "1")], [100.0, 0.0]),
        observed(&[], [7.0, 7.0]),
    ];
    let groups = text.parse::<Query>().unwrap().groups(&all, &window());
    let one = |group: Group| {
        let name: Vec<String> = group
            .attributes
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        (
            name.join(" "),
            group.datapoints.iter().map(|point| point.value).collect(),
        )
    };
    groups.into_iter().map(one).collect()
}

#[test]
fn groups_are_made_filtered_and_ordered() {
    let row = |name: &str, values: [f64; 2]| (name.to_owned(), values.to_vec());
    assert_eq!(
        result("SELECT SUM(Errors) FROM App"),
        [row("", [123.0, 34.0])]
    );
    assert_eq!(
        result("SELECT MAX(Errors) FROM SCHEMA(App)"),
        [row("", [7.0, 7.0])]
    );
    assert_eq!(
        result("SELECT AVG(Errors) FROM SCHEMA(App, Zone, Host) GROUP BY Host"),
        [row("a", [5.5, 11.0]), row("b", [5.0, 5.0])]
    );
    assert_eq!(
        result("SELECT SUM(Errors) FROM App GROUP BY Host ORDER BY MAX() DESC"),
        [
            row("Other", [107.0, 7.0]),
            row("a", [11.0, 22.0]),
            row("b", [5.0, 5.0])
        ]
    );
    assert_eq!(
        result(
            "SELECT COUNT(Errors) FROM App WHERE Zone = '1' AND Host != 'b' GROUP BY Host LIMIT 1"
        ),
        [row("Other", [1.0, 1.0])]
    );
    assert!(result("SELECT SUM(Errors) FROM Other").is_empty());
}

#[test]
fn a_query_without_its_limit_is_the_same_without_a_limit() {
    for text in [
        "SELECT SUM(Errors) FROM App GROUP BY Host ORDER BY MAX() DESC LIMIT 10",
        "SELECT SUM(Errors) FROM App GROUP BY Host limit  7 ",
        "SELECT SUM(Errors) FROM App WHERE Host = 'LIMIT 3' GROUP BY Host",
    ] {
        let query: Query = text.parse().unwrap();
        let unlimited: Query = query.unlimited(text).parse().unwrap();
        let expected = Query {
            limit: None,
            ..query
        };
        assert_eq!(unlimited, expected, "{text}");
    }
}

/// Pieces of queries, put together in any order.
const PIECES: [&str; 20] = [
    "SELECT ",
    "SUM(",
    "Errors",
    ")",
    " FROM ",
    "App",
    "SCHEMA(",
    ",",
    " WHERE ",
    "Host",
    "=",
    "!=",
    "'a'",
    " AND ",
    " GROUP BY ",
    " ORDER BY ",
    "MAX()",
    " DESC",
    " LIMIT 5",
    "\"",
];

proptest::proptest! {
    #[test]
    fn no_query_makes_it_panic(pieces in proptest::collection::vec(0_usize..20, 0..20), text in "\\PC{0,40}") {
        let query: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        for text in [format!("SELECT SUM(Errors) FROM App{query}"), query, text] {
            if let Ok(query) = text.parse::<Query>() {
                let _ = query.groups(&[observed(&[("Host", "a")], [1.0, 2.0])], &window());
            }
        }
    }
}
