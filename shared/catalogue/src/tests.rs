use super::*;

const ONE: &str = "
- Namespace: App
  Source: https://example.com/
  Metrics:
    - Names: [Errors, Retries]
      Unit: Count
      Statistics: [Sum]
      DimensionSets: [[], [Service], [Service, Route]]
    - Names: [drift_*]
      Unit: None
      Statistics: [Average, Percentiles]
      DimensionSets: [[Model]]
      Needs: a schedule
      Source: https://example.com/drift
    - Names: [Errors]
      Unit: Count
      Statistics: [Maximum]
      DimensionSets: [[Shard]]
";

fn one() -> Catalogue {
    Catalogue::parse("one.yaml", ONE).unwrap()
}

#[test]
fn a_metric_exists_with_exactly_its_sets_of_dimensions() {
    let catalogue = one();
    for (name, dimensions, exists) in [
        ("Errors", &[][..], true),
        ("Errors", &["Service"], true),
        ("Errors", &["Route", "Service"], true),
        ("Errors", &["Shard"], true),
        ("Errors", &["Route"], false),
        ("Errors", &["Service", "Shard"], false),
        ("Retries", &["Shard"], false),
        ("drift_age", &["Model"], true),
        ("drift_age", &[], false),
        ("drif", &["Model"], false),
    ] {
        let found = catalogue.find("App", name, dimensions);
        assert_eq!(found.is_ok(), exists, "{name} {dimensions:?}");
    }
}

#[test]
fn what_is_not_there_is_refused_with_what_is_nearest() {
    let catalogue = one();
    for (namespace, name, dimensions, message) in [
        (
            "Ap",
            "Errors",
            &[][..],
            "the namespace Ap is not in the catalogue: App is nearest",
        ),
        (
            "App",
            "error",
            &[],
            "App has no metric error: Errors is nearest",
        ),
        (
            "App",
            "Erorrs",
            &[],
            "App has no metric Erorrs: Errors is nearest",
        ),
        (
            "App",
            "Retries",
            &["Host"],
            "App Retries does not exist with Host: it has no dimension, or Service, or Route + Service",
        ),
    ] {
        let error = catalogue.find(namespace, name, dimensions).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn an_entry_has_its_unit_statistics_and_source() {
    let catalogue = one();
    let drift = catalogue.find("App", "drift_age", &["Model"]).unwrap();
    assert_eq!(drift.unit.as_str(), "None");
    assert_eq!(drift.source, "https://example.com/drift");
    assert_eq!(drift.needs.as_deref(), Some("a schedule"));
    for (statistic, suits) in [
        ("Average", true),
        ("p99.9", true),
        ("tm90", true),
        ("PR(0:100)", true),
        ("Sum", false),
        ("SampleCount", true),
    ] {
        assert_eq!(drift.suits(statistic), suits, "{statistic}");
    }
    let errors = catalogue.find("App", "Errors", &["Shard"]).unwrap();
    assert!(errors.suits("Maximum") && !errors.suits("Sum"));
    assert_eq!(errors.source, "https://example.com/");
}

#[test]
fn what_is_not_understood_is_refused() {
    for (from, to, reason) in [
        ("Needs:", "Need:", "unknown field"),
        (
            "Unit: None",
            "Unit: none",
            "App: drift_*: \"none\" is not a unit",
        ),
        (
            "[Maximum]",
            "[Max]",
            "App: Errors: \"Max\" is not a statistic",
        ),
        ("[[Shard]]", "[[Service]]", "App: Errors is there twice"),
        ("[[Model]]", "[[Model], [Model]]", "repeats one"),
        ("[[Model]]", "[]", "a dimension set are needed"),
        ("[drift_*]", "[]", "an entry has no name"),
    ] {
        let text = ONE.replace(from, to);
        assert_ne!(text, ONE, "{from}");
        let error = Catalogue::parse("one.yaml", &text).unwrap_err().to_string();
        assert!(
            error.starts_with("one.yaml: ") && error.contains(reason),
            "{error}"
        );
    }
    let twice = format!("{ONE}{ONE}");
    assert!(Catalogue::parse("one.yaml", &twice).is_err());
}

#[test]
fn the_built_in_catalogues_are_readable_and_every_fact_has_its_page() {
    let aws = Catalogue::aws();
    for (namespace, metrics) in aws.namespaces() {
        for metric in metrics {
            let is_page = metric.source.starts_with("https://docs.aws.amazon.com/");
            assert!(is_page, "{namespace}: {}", metric.source);
        }
    }
    assert!(aws.namespaces().count() > 25);
    let own: Vec<_> = Catalogue::picket().namespaces().collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].0, "Picket");
}

/// Sets that people get wrong.
#[test]
fn the_dimensions_that_do_not_exist_together_are_refused() {
    let aws = Catalogue::aws();
    for (namespace, name, dimensions, exists) in [
        (
            "AWS/DynamoDB",
            "ThrottledRequests",
            &["TableName"][..],
            false,
        ),
        ("AWS/DynamoDB", "ReadThrottleEvents", &["TableName"], true),
        ("AWS/DynamoDB", "UserErrors", &["TableName"], false),
        ("AWS/Billing", "EstimatedCharges", &[], false),
        ("AWS/Billing", "EstimatedCharges", &["Currency"], true),
        ("AWS/Bedrock", "Errors", &["ModelId"], false),
        (
            "AWS/Bedrock/Agents",
            "InvocationCount",
            &["AgentAliasArn"],
            false,
        ),
        ("AWS/Lambda", "DroppedEventCount", &["FunctionName"], false),
        (
            "AWS/RDS",
            "VolumeBytesUsed",
            &["DBClusterIdentifier"],
            false,
        ),
        ("AWS/S3", "AllRequests", &["BucketName"], false),
    ] {
        let found = aws.find(namespace, name, dimensions).is_ok();
        assert_eq!(found, exists, "{namespace} {name} {dimensions:?}");
    }
}
