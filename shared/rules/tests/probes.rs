//! The format of probes: what is taken, and what is refused where.

use std::time::Duration;

use picket_rules::{
    metrics,
    probes::{
        Address, AttributeValue, Check, MOST_METRICS, MOST_PROBES, Name, ProbeValue, Probes,
        Selection, one_source, parse,
    },
};

const ALL_KINDS: &str = r"
Workload: shop
Probes:
  - Name: front
    Every: 1m
    Timeout: 500ms
    Http:
      Target: shop
      Status: [200-204, 301]
      Body: ok
      RedirectHosts: [Login.Example.com]
    Metrics:
      - { Value: availability, MetricNamespace: Picket/Shop, MetricName: Availability }
      - { Value: certificate-days, MetricNamespace: Picket/Shop, MetricName: CertificateDays }
  - Name: fixed
    Every: 1h
    Http: { Url: 'https://shop.example.com/health' }
    Metrics:
      - { Value: latency, MetricNamespace: Picket/Shop, MetricName: LatencyMs, Unit: Milliseconds }
  - Name: baskets
    Every: 5m
    DynamoDB:
      Target: baskets
      IndexName: by-state
      KeyConditionExpression: '#state = :open AND age > :age'
      FilterExpression: total > :age
      ExpressionAttributeNames: { '#state': state }
      ExpressionAttributeValues: { ':open': { S: open }, ':age': { N: 1.50 } }
      Sum: total
      MostPages: 3
    Metrics:
      - { Value: count, MetricNamespace: Picket/Shop, MetricName: OpenBaskets }
      - { Value: sum, MetricNamespace: Picket/Shop, MetricName: BasketTotal, Unit: None }
  - Name: orders
    Every: 15m
    PostgreSQL:
      Target: orders
      Statement: |
        select count(*) as open from orders
    Metrics:
      - { Column: open, MetricNamespace: Picket/Shop, MetricName: OpenOrders, Unit: Count }
";

fn valid(text: &str) -> Probes {
    parse("probes.yaml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn problems(text: &str) -> Vec<String> {
    let problems = parse("probes.yaml", text).expect_err("refused");
    problems.0.iter().map(ToString::to_string).collect()
}

#[test]
fn every_kind_of_probe_is_read() {
    let probes = valid(ALL_KINDS);
    assert_eq!(probes.workload.as_str(), "shop");
    let [front, fixed, baskets, orders] = probes.probes.as_slice() else {
        panic!("four probes")
    };
    assert_eq!(front.timeout.duration(), Duration::from_millis(500));
    assert_eq!(front.target().unwrap().as_str(), "shop");
    let Check::Http(http) = &front.check else {
        panic!("{front:?}")
    };
    assert_eq!(http.body.as_deref(), Some("ok"));
    assert_eq!(http.redirect_hosts[0].as_str(), "login.example.com");
    for (status, good) in [
        (199, false),
        (200, true),
        (204, true),
        (205, false),
        (301, true),
    ] {
        assert_eq!(
            http.status.iter().any(|range| range.contains(status)),
            good,
            "{status}"
        );
    }
    assert_eq!(front.metrics[0].unit.as_str(), "Percent");

    assert_eq!(fixed.timeout.duration(), Duration::from_secs(10));
    assert!(fixed.target().is_none());
    let Check::Http(http) = &fixed.check else {
        panic!("{fixed:?}")
    };
    assert!(
        matches!(&http.address, Address::Url(url) if url.url().host_str() == Some("shop.example.com"))
    );
    assert!(http.status[0].contains(299) && !http.status[0].contains(300));

    let Check::DynamoDb(table) = &baskets.check else {
        panic!("{baskets:?}")
    };
    assert_eq!(
        table.selection,
        Selection::Key("#state = :open AND age > :age".into())
    );
    assert_eq!(table.names, [("#state".to_owned(), "state".to_owned())]);
    assert_eq!(
        table.values,
        [
            (":open".to_owned(), AttributeValue::Text("open".into())),
            (
                ":age".to_owned(),
                AttributeValue::Number("1.50".parse().unwrap())
            ),
        ]
    );
    assert_eq!(
        (table.most_pages, table.index.as_deref()),
        (3, Some("by-state"))
    );
    assert_eq!(baskets.metrics[0].unit.as_str(), "Count");

    let Check::PostgreSql(database) = &orders.check else {
        panic!("{orders:?}")
    };
    assert_eq!(
        database.statement.as_str(),
        "select count(*) as open from orders"
    );
    assert_eq!(orders.metrics[0].value, ProbeValue::Column("open".into()));
}

#[test]
fn agents_and_knowledge_bases_have_states_and_a_query_only_where_one_is_written() {
    let probe = |check: &str, value: &str| {
        format!(
            "Workload: shop\nProbes:\n  - {{ Name: a, Every: 5m, {check}, Metrics: [{{ Value: {value}, MetricNamespace: N, MetricName: M }}] }}"
        )
    };
    let (agent, base) = (
        "BedrockAgent: { Target: a }",
        "BedrockKnowledgeBase: { Target: b }",
    );
    let asked = "BedrockKnowledgeBase: { Target: b, Retrieve: opening hours }";
    for (check, value, target) in [
        (agent, "prepared", "a"),
        (agent, "alias-prepared", "a"),
        (agent, "action-groups-enabled", "a"),
        (agent, "availability", "a"),
        (base, "active", "b"),
        (asked, "retrieved", "b"),
    ] {
        let probes = valid(&probe(check, value));
        let probe = &probes.probes[0];
        assert_eq!(probe.target().map(Name::as_str), Some(target));
        assert_eq!(probe.metrics[0].value.to_string(), value);
    }
    for (check, value, expected) in [
        (agent, "active", "this probe's answer has no `active`"),
        (base, "prepared", "this probe's answer has no `prepared`"),
        (base, "retrieved", "this probe's answer has no `retrieved`"),
        ("BedrockAgent: {}", "prepared", "`Target` is missing"),
        (
            "BedrockAgent: { Target: a, Alias: b }",
            "prepared",
            "unknown field `Alias`",
        ),
        (
            "BedrockAgent: { Target: a }, Http: { Target: b }",
            "prepared",
            "a probe has one of",
        ),
        (
            "BedrockKnowledgeBase: { Target: b, Retrieve: '' }",
            "retrieved",
            "`Retrieve`: it is empty",
        ),
    ] {
        let found = problems(&probe(check, value));
        assert!(found[0].contains(expected), "{check}: {found:?}");
    }
}

#[test]
fn a_probe_is_due_by_the_minute_alone() {
    let probes = valid(ALL_KINDS);
    let due = |minute: i64| -> Vec<&str> {
        let due = probes.probes.iter().filter(|probe| probe.is_due(minute));
        due.map(|probe| probe.name.as_str()).collect()
    };
    assert_eq!(due(1), ["front"]);
    assert_eq!(due(5), ["front", "baskets"]);
    assert_eq!(due(30), ["front", "baskets", "orders"]);
    assert_eq!(due(29_000_040), ["front", "fixed", "baskets", "orders"]);
    for every in [1, 5, 15, 60] {
        let asked = (0..1_440).filter(|minute| {
            probes
                .probes
                .iter()
                .any(|probe| probe.every.minutes() == every && probe.is_due(*minute))
        });
        assert_eq!(i64::try_from(asked.count()).unwrap(), 1_440 / every);
    }
}

/// A file of one probe that asks over HTTP, with one thing replaced.
fn http(from: &str, to: &str) -> String {
    let text = "Workload: shop
Probes:
  - Name: front
    Every: 1m
    Timeout: 10s
    Http: { Target: shop, Status: [200] }
    Metrics:
      - { Value: status, MetricNamespace: Picket/Shop, MetricName: Status, Unit: None }
";
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

const TARGET: &str = "Target: shop";

/// The text to replace in the file below, its replacement, and the expected problem.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "Workload: shop",
        "Workload: Shop",
        "1:11: `Workload`: 'S' is not a lower-case letter, a digit or `-`",
    ),
    (
        "Name: front",
        "Name: front door",
        "3:11: `Name`: ' ' is not",
    ),
    (
        "Every: 1m",
        "Every: 90s",
        "4:12: `Every`: \"90s\" is not an interval of whole minutes",
    ),
    (
        "Every: 1m",
        "Every: 0m",
        "4:12: `Every`: \"0m\" is not an interval",
    ),
    (
        "Every: 1m",
        "Every: 25h",
        "4:12: `Every`: \"25h\" is not an interval",
    ),
    ("Every: 1m", "Evry: 1m", "4:5: unknown field `Evry`"),
    (
        "Timeout: 10s",
        "Timeout: 31s",
        "5:14: `Timeout`: \"31s\" is not a time",
    ),
    (
        "Timeout: 10s",
        "Timeout: 0s",
        "5:14: `Timeout`: \"0s\" is not a time",
    ),
    (
        "Http: {",
        "Htp: {",
        "a probe has one of `Http`, `DynamoDB`, `PostgreSQL`, `BedrockAgent` and `BedrockKnowledgeBase`",
    ),
    (
        "Status: [200]",
        "Status: [600]",
        "6:36: `Status`: \"600\" is not a status",
    ),
    (
        "Status: [200]",
        "Status: [299-200]",
        "6:36: `Status`: \"299-200\" is not a status",
    ),
    ("Status: [200]", "Body: ''", "`Body`: it is empty"),
    (
        TARGET,
        "Url: 'https://u:p@shop.example.com/'",
        "an address cannot hold a user or a password",
    ),
    (
        TARGET,
        "Url: 'ftp://shop.example.com/'",
        "an address starts with http:// or https://",
    ),
    (TARGET, "Url: 'shop'", "it is no address"),
    (
        TARGET,
        "Url: 'https://a/', Target: shop",
        "write either `Url`, or `Target`",
    ),
    (
        TARGET,
        "Target: shop, RedirectHosts: ['a b']",
        "is not a host's name",
    ),
    (
        "Value: status",
        "Value: state",
        "\"state\" is not one of availability",
    ),
    (
        "Value: status",
        "Value: count",
        "8:18: this probe's answer has no `count`",
    ),
    (
        "Value: status",
        "Column: status",
        "8:19: this probe's answer has no `status`",
    ),
    (
        "Value: status",
        "Value: status, Column: a",
        "write either `Value`, or `Column`",
    ),
    ("Unit: None", "Unit: Count", "`Unit`: its unit is None"),
    (
        "Unit: None",
        "Unit: ms",
        "\"ms\" is not a unit of CloudWatch",
    ),
    ("Picket/Shop", "AWS/Shop", "namespaces that start with AWS/"),
    (
        "MetricName: Status",
        "MetricName: 'a*'",
        "is not allowed in a metric's name",
    ),
    (
        "    Metrics:",
        "    Metrics: []\n    x:",
        "`Metrics` is empty",
    ),
];

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    for &(from, to, expected) in WRONG {
        let said = problems(&http(from, to));
        assert!(
            said.iter().any(|line| line.contains(expected)),
            "{to}: {said:#?}"
        );
        assert!(
            said.iter().all(|line| line.starts_with("probes.yaml:")),
            "{said:?}"
        );
    }
}

fn with_check(check: &str, value: &str) -> String {
    format!(
        "Workload: shop\nProbes:\n  - Name: a\n    Every: 1m\n    {check}\n    Metrics:\n      - {{ {value}, MetricNamespace: Picket/Shop, MetricName: M }}\n"
    )
}

#[test]
fn a_table_is_queried_by_key_unless_the_file_says_scan() {
    let table =
        |more: &str| with_check(&format!("DynamoDB: {{ Target: t{more} }}"), "Value: count");
    let said = problems(&table(""));
    assert!(
        said[0].contains("write either `KeyConditionExpression`, or `Scan: true`"),
        "{said:?}"
    );
    assert!(
        problems(&table(", KeyConditionExpression: 'a = :a', Scan: true"))[0]
            .contains("write either")
    );
    let Check::DynamoDb(scan) = &valid(&table(", Scan: true")).probes[0].check else {
        panic!("a table")
    };
    assert_eq!(scan.selection, Selection::Scan);
    for (more, expected) in [
        (", Scan: true, MostPages: 0", "`MostPages` must be 1 to 100"),
        (
            ", Scan: true, MostPages: 101",
            "`MostPages` must be 1 to 100",
        ),
        (
            ", Scan: true, ExpressionAttributeNames: { a: b }",
            "begins with `#`",
        ),
        (
            ", Scan: true, ExpressionAttributeValues: { a: { S: b } }",
            "begins with `:`",
        ),
        (
            ", Scan: true, ExpressionAttributeValues: { ':a': b }",
            "a value must be a mapping",
        ),
        (
            ", Scan: true, ExpressionAttributeValues: { ':a': { N: b } }",
            "\"b\" is not a decimal number",
        ),
        (
            ", Scan: true, ExpressionAttributeValues: { ':a': { S: a, N: 1 } }",
            "a value is `{ S: text }`",
        ),
    ] {
        let said = problems(&table(more));
        assert!(said[0].contains(expected), "{said:?}");
    }
    let sum = with_check("DynamoDB: { Target: t, Scan: true }", "Value: sum");
    assert!(problems(&sum)[0].contains("this probe's answer has no `sum`"));
}

#[test]
fn a_statement_begins_as_one_that_reads() {
    let database = |statement: &str| {
        with_check(
            &format!("PostgreSQL: {{ Target: d, Statement: '{statement}' }}"),
            "Column: n",
        )
    };
    for good in [
        "SELECT 1 AS n",
        "  with a AS (SELECT 1) SELECT 1 AS n",
        "Select(1) AS n",
    ] {
        valid(&database(good));
    }
    for bad in [
        "DELETE FROM orders",
        "",
        "selects 1",
        "COMMIT",
        "/* SELECT */ DROP TABLE a",
        "(SELECT 1)",
    ] {
        let said = problems(&database(bad));
        assert!(said[0].contains("`Statement`"), "{bad}: {said:?}");
    }
}

#[test]
fn there_is_a_bound_on_probes_and_on_metrics() {
    let many = |probes: usize, metrics: usize| {
        let metric = |probe: usize, metric: usize| {
            format!(
                "      - {{ Value: status, MetricNamespace: Picket/Shop, MetricName: M{probe}x{metric} }}\n"
            )
        };
        let probe = |probe: usize| {
            let metrics: String = (0..metrics).map(|index| metric(probe, index)).collect();
            format!(
                "  - Name: p{probe}\n    Every: 1m\n    Http: {{ Target: shop }}\n    Metrics:\n{metrics}"
            )
        };
        let probes: String = (0..probes).map(probe).collect();
        format!("Workload: shop\nProbes:\n{probes}")
    };
    valid(&many(MOST_PROBES, 1));
    valid(&many(1, MOST_METRICS));
    assert!(problems(&many(MOST_PROBES + 1, 1))[0].contains("51, and 50 are allowed"));
    assert!(problems(&many(1, MOST_METRICS + 1))[0].contains("21 metrics, and 20 are allowed"));
}

#[test]
fn two_probes_have_two_names_and_a_metric_has_one_source() {
    let twice = |second: &str, metric: &str| {
        format!(
            "{}  - Name: {second}\n    Every: 1m\n    Http: {{ Target: shop }}\n    Metrics:\n      - {{ Value: status, MetricNamespace: Picket/Shop, MetricName: {metric} }}\n",
            http("Name: front", "Name: front")
        )
    };
    valid(&twice("back", "Other"));
    assert!(
        problems(&twice("front", "Other"))[0].contains("9:5: another probe is named \"front\"")
    );
    let said = problems(&twice("back", "Status"));
    assert!(
        said[0].contains("13:9: the metric \"Status\" of \"Picket/Shop\" has its source elsewhere already (probes.yaml:8): a metric has one"),
        "{said:?}"
    );
}

#[test]
fn a_rule_and_a_probe_cannot_feed_one_metric() {
    let rules = metrics::parse(
        "metrics.yaml",
        "Workload: shop\nRules:\n  - FilterPattern: ''\n    MetricTransformations:\n      - { MetricNamespace: Picket/Shop, MetricName: Status, MetricValue: 1 }\n",
    )
    .unwrap();
    let probes = valid(&http("Name: front", "Name: front"));
    let said = one_source(&[rules], &[probes]);
    assert_eq!(said.len(), 1);
    assert_eq!(
        said[0].to_string(),
        "probes.yaml:8:9: the metric \"Status\" of \"Picket/Shop\" has its source elsewhere already (metrics.yaml:5): a metric has one"
    );
}
