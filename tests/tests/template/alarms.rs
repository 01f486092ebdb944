//! Every alarm is tested, explained, and says when it is over.

use std::collections::{BTreeMap, BTreeSet};

use metrics_publisher::ledger::{cost_today, incident_costs};
use picket_alarms::{
    Definition,
    cases::{self, Subject, Suite},
    template::{Resolved, TemplateAlarm, resolve},
};
use serde_json::{Value, json};

use crate::load::{resources, root, templates, text, words};

/// Picket's own alarms: they say when counts cannot be trusted, and nothing suppresses them.
const PICKET: &str = "workloads/picket/";

/// A stack with everything switched on.
const STACK: &str = "picket-dev";

/// The stacks beside the root stack: the template, and the beginning of the names of its alarms.
const SEPARATE: [(&str, &str); 2] = [
    ("service-events", "picket-dev-service-events"),
    ("account", "picket"),
];

/// A template's folder, and its alarms as a deployment would have them.
pub(crate) struct Deployed {
    folder: String,
    cases: String,
    prefix: &'static str,
    pub(crate) resolved: Resolved,
    alarms: Vec<TemplateAlarm>,
}

impl Deployed {
    fn property(&self, alarm: &TemplateAlarm, name: &str) -> &Value {
        &self.resolved.resources[&alarm.id].properties[name]
    }

    fn suites(&self) -> Vec<Suite> {
        let path = &self.cases;
        cases::read(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Whether it belongs to the root stack.
    pub(crate) fn is_nested(&self) -> bool {
        self.prefix == STACK
    }

    /// The name of its folder.
    pub(crate) fn workload(&self) -> &str {
        let name = self.folder.strip_prefix("workloads/");
        name.unwrap_or(&self.folder).trim_end_matches('/')
    }

    /// Its alarms.
    pub(crate) fn alarms(&self) -> impl Iterator<Item = &TemplateAlarm> {
        self.alarms.iter()
    }
}

/// The parameters of a workload's `example.yaml`: everything of it exists.
pub(crate) fn example(workload: &str) -> BTreeMap<String, Value> {
    let path = format!("workloads/{workload}/example.yaml");
    if workload == "picket" {
        return BTreeMap::new();
    }
    serde_saphyr::from_str(&text(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn deployed() -> Vec<Deployed> {
    let given = |pairs: &[(&str, Value)]| -> BTreeMap<String, Value> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    };
    let mut root = given(&[
        ("Environment", json!("dev")),
        ("OverrideBucket", json!("overrides")),
        ("Probes", json!("true")),
        ("MonthlyDrill", json!("critical")),
    ]);
    for name in templates().workloads().keys() {
        root.extend(example(name));
    }
    let root = resolve(templates().source(), STACK, &root).expect("template.yaml resolves");
    let mut all = vec![];
    for (name, template) in templates().workloads() {
        let url = format!("workloads/{name}/template.yaml");
        let nested = root
            .resources
            .values()
            .find(|resource| resource.properties["TemplateURL"] == url.as_str())
            .unwrap_or_else(|| panic!("{url} is not in template.yaml"));
        let parameters = serde_json::from_value(nested.properties["Parameters"].clone())
            .expect("parameters are an object");
        let resolved = resolve(template, "nested", &parameters)
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        let folder = format!("workloads/{name}/");
        all.push((
            folder.clone(),
            format!("{folder}alarms.test.yaml"),
            STACK,
            resolved,
        ));
    }
    for (name, prefix) in SEPARATE {
        let parameters = given(&[
            ("MonthlyBudgetDollars", json!(100)),
            ("ElastiCacheEvents", json!("warning")),
        ]);
        let resolved = resolve(separate(name), prefix, &parameters)
            .unwrap_or_else(|error| panic!("{name}.yaml: {error}"));
        all.push((
            PICKET.to_owned(),
            format!("{PICKET}{name}.test.yaml"),
            prefix,
            resolved,
        ));
    }
    all.into_iter()
        .map(|(folder, cases, prefix, resolved)| {
            let alarms = resolved.alarms().unwrap_or_else(|error| {
                panic!("{folder}: {error}: {:?}", std::error::Error::source(&error))
            });
            Deployed {
                folder,
                cases,
                prefix,
                resolved,
                alarms,
            }
        })
        .collect()
}

fn separate(name: &str) -> &'static Value {
    match name {
        "account" => templates().account(),
        _ => templates().service_events(),
    }
}

pub(crate) fn metric_alarms(deployed: &[Deployed]) -> Vec<(&TemplateAlarm, &Definition)> {
    deployed
        .iter()
        .flat_map(|one| &one.alarms)
        .filter_map(|alarm| match &alarm.subject {
            Subject::Metric(definition) => Some((alarm, definition.as_ref())),
            Subject::Composite(_) => None,
        })
        .collect()
}

#[test]
fn every_alarm_of_the_templates_is_seen_by_these_tests() {
    let seen: usize = deployed().iter().map(|one| one.alarms.len()).sum();
    let declared: usize = templates()
        .deployed()
        .iter()
        .map(|(_, template)| *template)
        .chain(SEPARATE.map(|(name, _)| separate(name)))
        .map(|template| {
            resources(template, "AWS::CloudWatch::Alarm").len()
                + resources(template, "AWS::CloudWatch::CompositeAlarm").len()
        })
        .sum();
    assert_eq!(seen, declared, "a condition hides an alarm from the tests");
    assert!(seen > 20);
}

#[test]
fn the_root_template_leaves_alarms_to_the_workloads() {
    for kind in ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"] {
        assert_eq!(resources(templates().source(), kind).len(), 0, "{kind}");
    }
}

#[test]
fn every_alarm_has_cases_all_hold_one_fires_and_one_is_silent() {
    for one in deployed() {
        let suites = one.suites();
        let tested: BTreeSet<&str> = suites.iter().map(|suite| suite.alarm.as_str()).collect();
        let declared: BTreeSet<&str> = one.alarms.iter().map(|alarm| alarm.id.as_str()).collect();
        assert_eq!(tested, declared, "{}", one.cases);
        for suite in &suites {
            let alarm = one.alarms.iter().find(|alarm| alarm.id == suite.alarm);
            let subject = &alarm.expect("declared").subject;
            for case in &suite.cases {
                let outcome = case.run(subject);
                assert_eq!(outcome, Ok(()), "{}: {}", suite.alarm, case.name);
            }
            assert!(
                suite.cases.iter().any(cases::Case::fires),
                "{} never fires",
                suite.alarm
            );
            assert!(
                suite.cases.iter().any(|case| !case.fires()),
                "{} is never silent",
                suite.alarm
            );
        }
    }
}

#[test]
fn every_alarm_says_when_it_is_over_to_whom_it_said_that_it_began() {
    for one in deployed() {
        for alarm in &one.alarms {
            let actions = words(one.property(alarm, "AlarmActions"));
            assert_eq!(actions.len(), 1, "{}", alarm.id);
            assert_eq!(
                actions,
                words(one.property(alarm, "OKActions")),
                "{}",
                alarm.id
            );
        }
    }
}

#[test]
fn every_alarm_links_to_its_section_of_a_runbook() {
    for one in deployed() {
        for alarm in &one.alarms {
            let description = one
                .property(alarm, "AlarmDescription")
                .as_str()
                .unwrap_or_default();
            let (sentence, link) = description
                .split_once(" Runbook: ")
                .unwrap_or_else(|| panic!("{} links to no runbook", alarm.id));
            assert!(sentence.ends_with('.'), "{}: {sentence}", alarm.id);
            let (path, anchor) = link
                .split_once('#')
                .unwrap_or_else(|| panic!("{}: {link}", alarm.id));
            assert_eq!(path, format!("{}runbook.md", one.folder), "{}", alarm.id);
            let heading = format!("\n## {anchor}\n");
            assert!(
                text(path).contains(&heading),
                "{path} has no section {anchor}"
            );
            assert_eq!(
                alarm.name,
                format!("{}-{anchor}", one.prefix),
                "{}",
                alarm.id
            );
        }
    }
}

#[test]
fn a_runbook_has_no_section_without_an_alarm() {
    let mut anchors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in deployed() {
        let start = format!("{}-", one.prefix);
        let names = one.alarms.iter();
        let own = names.filter_map(|alarm| Some(alarm.name.strip_prefix(&start)?.to_owned()));
        anchors.entry(one.folder.clone()).or_default().extend(own);
    }
    for (folder, anchors) in anchors {
        let path = format!("{folder}runbook.md");
        let runbook = text(&path);
        let sections: BTreeSet<String> = runbook
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            // A section that begins with a capital is of the workload as a whole, such as its cost.
            .filter(|section| !section.starts_with(char::is_uppercase))
            .map(str::to_owned)
            .collect();
        assert_eq!(sections, anchors, "{path}");
    }
}

/// Whether a rule or a probe of a workload makes the metrics of a namespace.
fn is_of_a_workload(namespace: &str) -> bool {
    // Model Monitor's begins without a slash.
    let is_of_aws = [
        "AWS/",
        "/aws/",
        "aws/",
        "CloudWatchSynthetics",
        "LambdaInsights",
    ]
    .iter()
    .any(|start| namespace.starts_with(start));
    !is_of_aws && namespace != "Picket"
}

/// Minutes of our own metrics arrive in halves: one of them alone must not decide.
#[test]
fn an_alarm_on_our_own_metrics_looks_at_five_minutes_or_at_two_of_three() {
    let deployed = deployed();
    for (alarm, definition) in metric_alarms(&deployed) {
        let own = definition
            .inputs()
            .iter()
            .any(|input| input.namespace == "Picket" || is_of_a_workload(&input.namespace));
        let (m, n) = (
            definition.datapoints_to_alarm,
            definition.evaluation_periods,
        );
        let steady = definition.period >= 300 || (m >= 2 && m < n);
        assert!(
            !own || steady,
            "{}: {m} of {n} at {} s",
            alarm.id,
            definition.period
        );
    }
}

/// CloudWatch does not add dimensions up: an alarm watches a roll-up that a rule makes.
#[test]
fn a_workloads_alarm_watches_a_metric_that_its_rules_make_for_the_environment() {
    for one in deployed() {
        let kinds = ["metrics", "probes"].map(|kind| format!("{}{kind}.yaml", one.folder));
        let there = kinds.iter().filter(|path| root().join(path).exists());
        let rules: String = there.map(|path| text(path)).collect();
        for (alarm, definition) in metric_alarms(std::slice::from_ref(&one)) {
            for input in definition.inputs() {
                if !is_of_a_workload(&input.namespace) {
                    continue;
                }
                let made = format!("MetricNamespace: {}", input.namespace);
                assert!(rules.contains(&made), "{}: {}", alarm.id, input.namespace);
                let made = format!("MetricName: {}", input.metric_name);
                // From the usage ledger.
                let is_derived =
                    [cost_today::NAME, incident_costs::NAME].contains(&input.metric_name.as_str());
                let ends = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric());
                let is_made = rules.split(&made).skip(1).any(ends) || is_derived;
                assert!(is_made, "{}: {}", alarm.id, input.metric_name);
                let environment = [("Environment".to_owned(), "dev".to_owned())];
                assert_eq!(input.dimensions, environment, "{}", alarm.id);
            }
        }
    }
}

#[test]
fn what_is_wrong_with_the_way_to_slack_does_not_travel_that_way() {
    let fallback = [
        "HeartbeatAlarm",
        "SlackForwarderErrorsAlarm",
        "SlackForwarderStalledAlarm",
        "SlackForwarderThrottlesAlarm",
        "SlackForwarderEventsDroppedAlarm",
        "SlackForwarderDestinationAlarm",
        "SlackForwarderFailureQueueAgeAlarm",
        "CriticalTopicFailedAlarm",
        "WarningTopicFailedAlarm",
        "InfoTopicFailedAlarm",
        "CostReporterDestinationAlarm",
        "AlarmRemediatorDestinationAlarm",
    ];
    for one in deployed().into_iter().filter(Deployed::is_nested) {
        for alarm in &one.alarms {
            let to_fallback = words(one.property(alarm, "AlarmActions")) == ["FallbackTopic"];
            assert_eq!(
                to_fallback,
                fallback.contains(&alarm.id.as_str()),
                "{}",
                alarm.id
            );
        }
    }
}

#[test]
fn every_topic_and_every_failure_queue_is_watched() {
    let deployed = deployed();
    let watched: BTreeSet<String> = metric_alarms(&deployed)
        .iter()
        .flat_map(|(_, definition)| definition.inputs())
        .map(|input| {
            let values: Vec<&str> = input
                .dimensions
                .iter()
                .map(|(_, value)| value.as_str())
                .collect();
            format!("{} {}", input.metric_name, values.join(" "))
        })
        .collect();
    for expected in [
        "NumberOfNotificationsFailed CriticalTopic.TopicName",
        "NumberOfNotificationsFailed WarningTopic.TopicName",
        "NumberOfNotificationsFailed InfoTopic.TopicName",
        "NumberOfNotificationsFailed FallbackTopic.TopicName",
        "NumberOfNotificationsFailed CriticalEmailTopic.TopicName",
        "NumberOfNotificationsFailed WarningEmailTopic.TopicName",
        "NumberOfNotificationsFailed InfoEmailTopic.TopicName",
        "ApproximateAgeOfOldestMessage SlackForwarderFailureQueue.QueueName",
        "ApproximateNumberOfMessagesVisible AlarmRemediatorFailureQueue.QueueName",
        "Errors EventProcessor",
        "Errors MetricsPublisher",
        "Errors ProbeRunnerStack.Outputs.ProbeRunner",
        "Errors SlackForwarder",
        "AsyncEventsDropped SlackForwarder",
        "DestinationDeliveryFailures SlackForwarder",
        "Errors CostReporterStack.Outputs.CostReporter",
        "DestinationDeliveryFailures CostReporterStack.Outputs.CostReporter",
        "Errors AlarmRemediatorStack.Outputs.AlarmRemediator",
        "DestinationDeliveryFailures AlarmRemediatorStack.Outputs.AlarmRemediator",
        "ApproximateNumberOfMessagesVisible FailureQueue.QueueName",
        "Heartbeat picket-dev",
    ] {
        assert!(
            watched.contains(expected),
            "nobody watches {expected}: {watched:#?}"
        );
    }
}

#[test]
fn a_missing_heartbeat_breaches() {
    let deployed = deployed();
    let heartbeat = metric_alarms(&deployed)
        .into_iter()
        .find(|(alarm, _)| alarm.id == "HeartbeatAlarm")
        .expect("the heartbeat has an alarm")
        .1;
    assert_eq!(
        heartbeat.missing_data,
        picket_alarms::MissingData::Breaching
    );
}

#[test]
fn an_alarm_on_a_low_count_is_suppressed_while_picket_is_blind() {
    let deployed = deployed();
    for one in deployed.iter().filter(|one| one.folder != PICKET) {
        let mut on_low_counts = BTreeSet::new();
        for (alarm, definition) in metric_alarms(std::slice::from_ref(one)) {
            if !is_on_a_low_count(definition) {
                continue;
            }
            on_low_counts.insert(alarm.name.as_str());
            let informs = words(one.property(alarm, "AlarmActions")) == ["InfoTopic"];
            assert!(
                informs,
                "{}: let a composite alarm with the suppressor warn",
                alarm.id
            );
        }
        for alarm in &one.alarms {
            let Subject::Composite(composite) = &alarm.subject else {
                continue;
            };
            let children = composite.rule.children();
            // Another one needs none: an outage that AWS's metrics or a probe show is one, whatever Picket sees.
            if children.iter().any(|name| on_low_counts.contains(name)) {
                assert_eq!(
                    one.property(alarm, "ActionsSuppressor"),
                    "PicketWorkload.Outputs.PicketBlind",
                    "{}",
                    alarm.id
                );
            }
        }
    }
}

/// Whether it fires on a count that is also low where Picket does not see the stream.
fn is_on_a_low_count(definition: &Definition) -> bool {
    // What AWS measures does not depend on Picket.
    let low = matches!(
        definition.comparison,
        picket_alarms::Comparison::LessThan | picket_alarms::Comparison::LessThanOrEqualTo
    ) && !is_of_levels(definition)
        && definition
            .inputs()
            .iter()
            .any(|input| is_of_a_workload(&input.namespace));
    // A gauge that is missing stays as it was: not asked is not low.
    let gauge = definition.missing_data == picket_alarms::MissingData::Ignore
        && definition.inputs().iter().all(is_probed);
    low && !gauge
}

/// Whether it evaluates an average or a share: without events there is none, and few events do not lower it.
fn is_of_levels(definition: &Definition) -> bool {
    definition.missing_data == picket_alarms::MissingData::NotBreaching
        && definition.inputs().iter().all(|input| {
            let statistic = input.statistic.to_string();
            // The number of values is the least volume from which the level counts.
            let levels = ["Average", "SampleCount"];
            levels.contains(&statistic.as_str()) || statistic.starts_with("PR(")
        })
}

/// Whether a probe feeds it, which asks whatever Picket sees of the stream.
fn is_probed(input: &picket_alarms::Input) -> bool {
    let probes = picket_rules::probes::built_in().iter();
    probes
        .flat_map(|file| file.probes.iter().flat_map(|probe| &probe.metrics))
        .any(|metric| {
            (metric.namespace.as_str(), metric.name.as_str())
                == (input.namespace.as_str(), input.metric_name.as_str())
        })
}
