use super::*;

fn built_in(workload: &str) -> (&'static str, &'static str) {
    let path = of_workload(workload);
    let found = metrics::BUILT_IN.iter().find(|(file, _)| *file == path);
    *found.unwrap()
}

fn messages(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_built_in_may_be_put_in_its_own_place() {
    for (file, text) in metrics::BUILT_IN.iter().chain([&prices::BUILT_IN]) {
        assert_eq!(check(file, text), [], "{file}");
    }
}

#[test]
fn the_rules_of_another_workload_are_refused_with_their_line() {
    let (file, text) = built_in("bedrock-usage");
    let (other, other_text) = built_in("scheduling-agent");
    let other = metrics::parse(other, other_text).unwrap();
    let refused = workload(&other, file, text).unwrap_err();
    let line = text
        .lines()
        .position(|line| line.starts_with("Workload:"))
        .unwrap()
        + 1;
    assert_eq!(
        messages(&refused.0),
        [format!(
            "{file}:{line}:1: these are the rules of \"bedrock-usage\", and here only those of \"scheduling-agent\" can be replaced"
        )]
    );
}

#[test]
fn a_workload_that_is_not_built_in_is_refused() {
    let text = "Workload: shop\nRules: []\n";
    let problems = check("metrics.yaml", text);
    assert!(
        problems[0]
            .to_string()
            .starts_with("metrics.yaml:1:1: no workload \"shop\" is built in"),
        "{problems:?}"
    );
}

fn rule(workload: &str, namespace: &str, metric: &str) -> String {
    format!(
        "Workload: {workload}\nRules:\n  - FilterPattern: '{{ $.a = * }}'\n    MetricTransformations:\n      \
         - {{ MetricNamespace: {namespace}, MetricName: {metric}, MetricValue: 1 }}\n"
    )
}

#[test]
fn a_namespace_that_the_publisher_may_not_write_is_refused() {
    for (namespace, refused) in [
        ("Shop", true),
        ("Picket/Shop", true),
        ("SchedulingAgent", false),
        ("BedrockUsage", false),
    ] {
        let text = rule("bedrock-usage", namespace, "Orders");
        let problems = check("metrics.yaml", &text);
        assert_eq!(!problems.is_empty(), refused, "{problems:?}");
        if refused {
            assert_eq!((problems[0].line, problems[0].column > 0), (5, true));
        }
    }
}

#[test]
fn a_metric_of_another_workload_is_refused() {
    let text = rule("bedrock-usage", "SchedulingAgent", "Sessions");
    let problems = check("metrics.yaml", &text);
    assert!(
        problems[0]
            .message
            .contains("has its source in another rule already"),
        "{problems:?}"
    );
}

#[test]
fn prices_may_get_rows_and_keep_those_they_have() {
    let (file, text) = prices::BUILT_IN;
    let row = "  - id: night-1\n    model: night.*\n    from: 2026-11-20\n    source: https://example.com/\n    read: 2026-11-20\n    input: 1\n    output: 2\n";
    let more = format!("{}\n{row}", text.trim_end());
    assert!(prices(file, &more).unwrap().by_id("night-1").is_some());

    let id = prices::built_in().rows()[0].id.as_str();
    let renamed = text.replacen(&format!("id: {id}"), "id: another", 1);
    let problems = check(file, &renamed);
    assert_eq!(
        messages(&problems),
        [format!(
            "{file}:0:0: the built-in row {id:?} is missing: start from the prices.yaml of the deployed version"
        )]
    );
}

#[test]
fn an_edited_price_is_refused_with_its_line() {
    let (file, text) = prices::BUILT_IN;
    let first = &prices::built_in().rows()[0];
    let edited = text.replacen(&format!("from: {}", first.from), "from: 1999-01-01", 1);
    let problems = check(file, &edited);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].line > 0 && problems[0].message.contains("never edited"),
        "{problems:?}"
    );
}

#[test]
fn probes_are_deployed() {
    for (file, text) in crate::probes::BUILT_IN {
        let problems = check(file, text);
        assert_eq!(
            problems[0].message,
            "probes have no override: deploy with them"
        );
    }
}

#[test]
fn what_is_wrong_with_the_format_comes_first_and_routes_need_nothing_more() {
    assert_eq!(
        check("metrics.yaml", "Wrokload: x").len(),
        check_file("metrics.yaml", "Wrokload: x").len()
    );
    assert_eq!(
        check("routes.yaml", "routes: []"),
        check_file("routes.yaml", "routes: []")
    );
}
