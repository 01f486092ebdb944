//! Metric filters as they are pasted: answers of `aws logs describe-metric-filters`, and resources of CloudFormation.

use picket_rules::metrics::{self, MetricRules};

/// What all of them say.
const WRITTEN: &str = r#"
Workload: orders
Rules:
  - FilterName: errors
    FilterPattern: '{ $.level = "ERROR" }'
    MetricTransformations:
      - { MetricNamespace: Orders, MetricName: Errors, MetricValue: 1, DefaultValue: 0, Unit: Count }
  - FilterName: latency
    FilterPattern: '{ $.duration_ms = * }'
    MetricTransformations:
      - MetricNamespace: Orders
        MetricName: Latency
        MetricValue: $.duration_ms
        Unit: Milliseconds
        Dimensions: [{ Key: Route, Value: $.route }, { Key: Method, Value: $.method }]
"#;

/// An answer of the AWS CLI, as it prints it.
const ANSWER: &str = r#"{
    "metricFilters": [
        {
            "filterName": "errors",
            "filterPattern": "{ $.level = \"ERROR\" }",
            "metricTransformations": [
                {
                    "metricName": "Errors",
                    "metricNamespace": "Orders",
                    "metricValue": "1",
                    "defaultValue": 0.0,
                    "unit": "Count"
                }
            ],
            "creationTime": 1764370000000,
            "logGroupName": "/aws/lambda/orders",
            "applyOnTransformedLogs": false
        },
        {
            "filterName": "latency",
            "filterPattern": "{ $.duration_ms = * }",
            "metricTransformations": [
                {
                    "metricName": "Latency",
                    "metricNamespace": "Orders",
                    "metricValue": "$.duration_ms",
                    "unit": "Milliseconds",
                    "dimensions": {
                        "Route": "$.route",
                        "Method": "$.method"
                    }
                }
            ],
            "creationTime": 1764370000000,
            "logGroupName": "/aws/lambda/orders"
        }
    ]
}
"#;

/// Resources of a template.
const RESOURCES: &str = r#"
  ErrorsFilter:
    Type: AWS::Logs::MetricFilter
    DependsOn: OrdersLogGroup
    Properties:
      FilterName: errors
      LogGroupName: !Ref OrdersLogGroup
      FilterPattern: '{ $.level = "ERROR" }'
      MetricTransformations:
        - MetricNamespace: Orders
          MetricName: Errors
          MetricValue: "1"
          DefaultValue: 0
          Unit: Count
  LatencyFilter:
    Type: AWS::Logs::MetricFilter
    Properties:
      FilterName: !Sub "${AWS::StackName}-latency"
      LogGroupName: !ImportValue
        Fn::Sub: ${Shop}-logs
      ApplyOnTransformedLogs: false
      FilterPattern: '{ $.duration_ms = * }'
      MetricTransformations:
        - MetricNamespace: Orders
          MetricName: Latency
          MetricValue: $.duration_ms
          Unit: Milliseconds
          Dimensions:
            - { Key: Route, Value: $.route }
            - { Key: Method, Value: $.method }
"#;

fn read(rules: &str) -> Result<MetricRules, String> {
    let text = format!("Workload: orders\nRules:{rules}");
    metrics::parse("orders/metrics.yaml", &text).map_err(|problems| problems.to_string())
}

/// The rules, less their names and places.
fn says(rules: &MetricRules) -> Vec<String> {
    let metric = |metric: &metrics::Transformation| {
        format!(
            "{} {} {:?} {:?} {:?} {:?}",
            metric.namespace,
            metric.name,
            metric.value,
            metric.default_value,
            metric.unit,
            metric.dimensions
        )
    };
    let rule = |rule: &metrics::MetricRule| {
        let metrics: Vec<String> = rule.transformations.iter().map(metric).collect();
        format!("{} {metrics:?}", rule.pattern)
    };
    rules.rules.iter().map(rule).collect()
}

fn indented(text: &str, by: usize) -> String {
    let indent = " ".repeat(by);
    let lines = text.trim_matches('\n').lines();
    let lines: Vec<String> = lines.map(|line| format!("{indent}{line}\n")).collect();
    lines.concat()
}

#[test]
fn what_is_pasted_is_what_would_be_written() {
    let expected = says(&metrics::parse("metrics.yaml", WRITTEN).unwrap());
    let filters = ANSWER
        .trim()
        .strip_prefix("{\n    \"metricFilters\": ")
        .unwrap();
    let filters = filters.strip_suffix("\n}").unwrap();
    for (name, rules) in [
        ("an answer as it is", format!("\n{ANSWER}")),
        ("an answer behind the key", format!(" {ANSWER}")),
        ("an answer, indented", format!("\n{}", indented(ANSWER, 2))),
        (
            "an answer as an item",
            format!("\n  - {}", indented(ANSWER, 4).trim_start()),
        ),
        ("the list of an answer", format!(" {filters}")),
        ("resources", RESOURCES.to_owned()),
        (
            "resources as an item",
            format!("\n  - {}", indented(RESOURCES, 2).trim_start()),
        ),
        (
            "with the ends of lines of Windows",
            RESOURCES.replace('\n', "\r\n"),
        ),
    ] {
        match read(&rules) {
            Ok(read) => assert_eq!(says(&read), expected, "{name}"),
            Err(problems) => panic!("{name}: {problems}\n{rules}"),
        }
    }
}

#[test]
fn rules_and_what_is_pasted_stand_in_one_list() {
    let own = "
  - FilterPattern: ERROR
    MetricTransformations: [{ MetricNamespace: Orders, MetricName: Lines, MetricValue: 1 }]
  - Type: AWS::Logs::MetricFilter
    Properties: { LogGroupName: !Ref Group, FilterPattern: WARN, MetricTransformations: [{ MetricNamespace: Orders, MetricName: Warnings, MetricValue: '1' }] }
";
    let rules = format!("{own}  - {}", indented(ANSWER, 4).trim_start());
    assert_eq!(read(&rules).unwrap().rules.len(), 4);
}

/// An account has a filter for each log group, and all of them come by one stream.
#[test]
fn a_filter_of_a_second_log_group_is_the_same_rule() {
    let filter = |group: &str, pattern: &str| {
        format!(
            r#"{{"filterName": "{group}", "filterPattern": "{pattern}", "logGroupName": "{group}", "metricTransformations":
            [{{"metricName": "Errors", "metricNamespace": "Orders", "metricValue": "1"}}]}}"#
        )
    };
    let two = |second: &str| format!(" [{}, {second}]", filter("/a", "ERROR"));
    assert_eq!(read(&two(&filter("/b", "ERROR"))).unwrap().rules.len(), 1);
    let other = read(&two(&filter("/b", "FATAL"))).unwrap_err();
    assert!(
        other.contains("has its source in another rule already"),
        "{other}"
    );
}

#[test]
fn what_has_no_counterpart_is_refused_where_it_stands() {
    for (rules, expected) in [
        (
            RESOURCES.replace(
                "ApplyOnTransformedLogs: false",
                "ApplyOnTransformedLogs: true",
            ),
            "metrics.yaml:22:7: `ApplyOnTransformedLogs` has no counterpart",
        ),
        (
            ANSWER_WITH_SYSTEM_FIELDS.to_owned(),
            "`EmitSystemFieldDimensions` has no counterpart",
        ),
        (
            RESOURCES.replace("MetricName: Latency", "MetricName: !Ref Name"),
            "metrics.yaml:26:",
        ),
        (
            RESOURCES.replacen("AWS::Logs::MetricFilter", "AWS::Logs::LogGroup", 1),
            "of the type AWS::Logs::LogGroup is no metric filter",
        ),
        (
            " { filters: [] }".to_owned(),
            "`Rules` must be a list, an answer",
        ),
        (
            " { metricFilters: 1 }".to_owned(),
            "`metricFilters` must be a list",
        ),
    ] {
        let problems = read(&rules).unwrap_err();
        assert!(problems.contains(expected), "{expected}: {problems}");
    }
}

const ANSWER_WITH_SYSTEM_FIELDS: &str = r#"
  - filterPattern: ERROR
    emitSystemFieldDimensions: ["@aws.account"]
    metricTransformations: [{ metricName: Errors, metricNamespace: Orders, metricValue: "1" }]
"#;
