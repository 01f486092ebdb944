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

/// Every target of the web API.
const WEB_API: [(&str, &str); 18] = [
    ("WebApiEvents", "true"),
    ("WebApiRestApiName", "content"),
    ("WebApiHttpApiId", "a1b2c3d4e5"),
    ("WebApiStage", "production"),
    ("WebApiLoadBalancer", "app/content/50dc6c495c0c9188"),
    ("WebApiTargetGroup", "targetgroup/content/73e2d6bc24d8a067"),
    ("WebApiAmplifyAppId", "d1a2b3c4d5e6f7"),
    ("WebApiTableName", "content"),
    ("WebApiTableCapacity", "provisioned"),
    ("WebApiUserPoolId", "eu-central-1_AbCdEfGhI"),
    ("WebApiUserPoolClientId", "1h57kf5cpq17m0eml12EXAMPLE"),
    ("WebApiBucketName", "content-storage"),
    ("WebApiBucketFilterId", "EntireBucket"),
    ("WebApiBedrockModelId", "anthropic.claude-haiku-4-5"),
    ("WebApiFunctionLogGroupName", "/aws/lambda/content"),
    ("WebApiLogArchive", "true"),
    ("WebApiRumDomain", "app.example.com"),
    ("WebApiTraceService", "content"),
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
    fn is_nested(&self) -> bool {
        self.prefix == STACK
    }
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
        ("SchedulingAgentFunctionName", json!("scheduling-agent")),
        ("SchedulingAgentSessionsPerHour", json!(3)),
        ("Probes", json!("true")),
        ("MonthlyDrill", json!("critical")),
        ("WebApiUrl", json!("https://api.example.com/health")),
        (
            "InquiryTableArn",
            json!("arn:aws:dynamodb:eu-central-1:123456789012:table/inquiries"),
        ),
        ("SchedulingAgentActiveSessions", json!(50)),
    ]);
    root.extend(WEB_API.map(|(name, value)| (name.to_owned(), json!(value))));
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
            // What the workload costs, of no alarm.
            .filter(|heading| *heading != "Cost")
            .map(str::to_owned)
            .collect();
        assert_eq!(sections, anchors, "{path}");
    }
}

/// Whether a rule or a probe of a workload makes the metrics of a namespace.
fn is_of_a_workload(namespace: &str) -> bool {
    let is_of_aws = namespace.starts_with("AWS/") || namespace.starts_with("/aws/");
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
                let made = format!("MetricNamespace: {}\n", input.namespace);
                assert!(rules.contains(&made), "{}: {}", alarm.id, input.namespace);
                let made = format!("MetricName: {}\n", input.metric_name);
                // From the usage ledger.
                let is_derived =
                    [cost_today::NAME, incident_costs::NAME].contains(&input.metric_name.as_str());
                let is_made = rules.contains(&made) || is_derived;
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
    let low = definition.comparison == picket_alarms::Comparison::LessThan;
    // A gauge that is missing stays as it was: not asked is not low.
    let gauge = definition.missing_data == picket_alarms::MissingData::Ignore
        && definition.inputs().iter().all(is_probed);
    low && !gauge
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
