//! The functions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::load::{Resource, resource, resources, root, templates, text, word};

/// Logical id, folder and the variables that the function reads.
pub(crate) const FUNCTIONS: [(&str, &str, &[&str]); 6] = [
    (
        "EventProcessor",
        "event-processor",
        event_processor::config::ENV,
    ),
    (
        "MetricsPublisher",
        "metrics-publisher",
        metrics_publisher::config::ENV,
    ),
    ("ProbeRunner", "probe-runner", probe_runner::config::ENV),
    (
        "SlackForwarder",
        "slack-forwarder",
        slack_forwarder::config::ENV,
    ),
    ("CostReporter", "cost-reporter", cost_reporter::config::ENV),
    (
        "AlarmRemediator",
        "alarm-remediator",
        alarm_remediator::config::ENV,
    ),
];

fn functions() -> Vec<Resource<'static>> {
    resources(templates().translated(), "AWS::Lambda::Function")
}

#[test]
fn the_template_has_the_workspaces_functions_and_no_other() {
    let ids: BTreeSet<&str> = functions().iter().map(|function| function.id).collect();
    assert_eq!(ids, FUNCTIONS.iter().map(|(id, ..)| *id).collect());
    let manifest = text("Cargo.toml");
    let (_, defaults) = manifest
        .split_once("default-members = [")
        .expect("the workspace has default members");
    let members: BTreeSet<&str> = defaults
        .split(']')
        .next()
        .expect("a list ends")
        .split('"')
        .filter(|part| part.starts_with("functions/"))
        .collect();
    let folders: BTreeSet<String> = FUNCTIONS
        .iter()
        .map(|(_, folder, _)| format!("functions/{folder}"))
        .collect();
    assert_eq!(members, folders.iter().map(String::as_str).collect());
}

#[test]
fn every_code_uri_is_what_cargo_lambda_writes_for_a_binary_of_the_workspace() {
    for (id, folder, _) in FUNCTIONS {
        let nested = templates().functions().get(folder);
        let function = resource(nested.unwrap_or(templates().source()), id);
        // The location is relative to the template.
        let (key, up) = match nested {
            Some(_) => ("Code", "../../"),
            None => ("CodeUri", ""),
        };
        assert_eq!(
            function.properties()[key],
            format!("{up}target/lambda/{folder}/"),
            "{id}"
        );
        assert_eq!(
            function.body["Metadata"]["SkipBuild"], true,
            "{id}: sam build must leave it alone"
        );
        assert!(
            root()
                .join(format!("functions/{folder}/src/main.rs"))
                .exists(),
            "{id} has no binary"
        );
    }
}

#[test]
fn every_function_is_arm64_on_al2023() {
    for function in functions() {
        let properties = function.properties();
        assert_eq!(
            properties["Architectures"],
            json!(["arm64"]),
            "{}",
            function.id
        );
        assert_eq!(properties["Runtime"], "provided.al2023", "{}", function.id);
        assert_eq!(properties["Handler"], "bootstrap", "{}", function.id);
        assert!(properties["MemorySize"].is_u64(), "{}", function.id);
        assert!(properties["Timeout"].is_u64(), "{}", function.id);
    }
}

#[test]
fn every_function_logs_json_into_a_group_of_its_own_that_forgets_by_environment() {
    for function in functions() {
        let logging = &function.properties()["LoggingConfig"];
        assert_eq!(logging["LogFormat"], "JSON", "{}", function.id);
        let group = format!("{}LogGroup", function.id);
        assert_eq!(
            word(&logging["LogGroup"]),
            format!("Ref:{group}"),
            "{}",
            function.id
        );
        let group = resource(templates().translated(), &group);
        assert_eq!(
            group.properties()["RetentionInDays"],
            json!({"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, "LogRetentionDays"]}),
        );
    }
}

#[test]
fn every_function_has_a_role_of_its_own_and_sam_adds_nothing() {
    for function in functions() {
        let role = format!("GetAtt:{}Role.Arn", function.id);
        assert_eq!(word(&function.properties()["Role"]), role);
    }
    let ids = |templates: &[&'static Value]| -> BTreeSet<&str> {
        let roles = templates
            .iter()
            .flat_map(|template| resources(template, "AWS::IAM::Role"));
        roles.map(|role| role.id).collect()
    };
    let nested = templates().functions().values();
    let written: Vec<&Value> = std::iter::once(templates().source())
        .chain(nested)
        .collect();
    assert_eq!(ids(&written), ids(&[templates().translated()]));
    for role in resources(templates().translated(), "AWS::IAM::Role") {
        assert!(
            role.properties()["ManagedPolicyArns"].is_null(),
            "{} has managed policies",
            role.id
        );
    }
    // The function of follow-ups names its role, so that the role's policy cannot name the function inline.
    let policies = resources(templates().translated(), "AWS::IAM::Policy");
    let policies: Vec<_> = policies.iter().map(|policy| policy.id).collect();
    assert_eq!(policies, ["FollowUpPolicy"]);
    assert!(resources(templates().translated(), "AWS::IAM::ManagedPolicy").is_empty());
}

#[test]
fn a_function_is_given_what_it_reads_and_nothing_else() {
    for (id, _, env) in FUNCTIONS {
        let variables =
            &resource(templates().translated(), id).properties()["Environment"]["Variables"];
        let given: BTreeSet<&str> = variables
            .as_object()
            .expect("every function has variables")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(given, env.iter().copied().collect(), "{id}");
    }
}

/// Who is invoked asynchronously, and why one of them needs no destination for what fails.
const NO_DESTINATION: [(&str, &str); 2] = [
    (
        "MetricsPublisher",
        "a tick carries nothing; the next one does its work",
    ),
    (
        "ProbeRunner",
        "a tick carries nothing; the next one asks anew",
    ),
];

#[test]
fn what_an_asynchronous_function_fails_at_goes_somewhere() {
    let configs = resources(templates().translated(), "AWS::Lambda::EventInvokeConfig");
    let of = |id: &str| {
        configs
            .iter()
            .find(|config| word(&config.properties()["FunctionName"]) == format!("Ref:{id}"))
    };
    // All but the event processor, whose source is a stream.
    for (id, ..) in &FUNCTIONS[1..] {
        let config = of(id).unwrap_or_else(|| panic!("{id} has no EventInvokeConfig"));
        let destination = &config.properties()["DestinationConfig"]["OnFailure"]["Destination"];
        let excused = NO_DESTINATION.iter().any(|(excused, _)| excused == id);
        assert_eq!(destination.is_null(), excused, "{id}");
    }
    assert!(of("EventProcessor").is_none());
}

#[test]
fn a_tick_that_fails_is_not_queued() {
    let template = templates().translated();
    for function in ["MetricsPublisher", "ProbeRunner"] {
        let knobs = format!("{function}EventInvokeConfig");
        let config = resource(template, &knobs).properties();
        assert_eq!(config["MaximumRetryAttempts"], 0);
        assert_eq!(config["MaximumEventAgeInSeconds"], 60);
        let every_minute = format!("{function}EveryMinute");
        let schedule = resource(template, &every_minute).properties();
        assert_eq!(
            schedule["Target"]["RetryPolicy"],
            json!({"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60})
        );
        assert_eq!(schedule["ScheduleExpression"], "rate(1 minute)");
        let timeout = resource(template, function).properties()["Timeout"].as_u64();
        assert!(timeout < Some(60), "a tick ends before the next begins");
    }
}

/// Everything that is the probe runner's own is off together.
#[test]
fn the_probe_runner_is_off_unless_a_parameter_says_so() {
    let source = templates().source();
    assert_eq!(source["Parameters"]["Probes"]["Default"], "false");
    let own = |template| -> Vec<_> {
        let all = resources(template, "").into_iter();
        all.filter(|resource| resource.id.starts_with("Probe"))
            .collect()
    };
    let (function, alarms) = (
        own(templates().translated()),
        own(&templates().workloads()["picket"]),
    );
    assert_eq!(
        function.len(),
        6,
        "function, retries, schedule, its role, log group, role"
    );
    assert_eq!(alarms.len(), 2);
    for resource in function.into_iter().chain(alarms) {
        assert_eq!(resource.condition(), Some("Probing"), "{}", resource.id);
    }
}

/// A VPC that a database asks for is the probe runner's alone.
#[test]
fn no_vpc_stands_between_the_publisher_and_cloudwatch() {
    for function in functions() {
        let vpc = &function.properties()["VpcConfig"];
        assert_eq!(
            vpc.is_null(),
            function.id != "ProbeRunner",
            "{}",
            function.id
        );
    }
}

#[test]
fn every_target_of_a_probe_has_a_place_in_the_template() {
    let variables = &resource(templates().translated(), "ProbeRunner").properties()["Environment"];
    let given = word(&variables["Variables"]["PROBE_TARGETS"]);
    let given: BTreeSet<&str> = given
        .split_whitespace()
        .filter_map(|target| Some(target.split_once('=')?.0))
        .collect();
    let asked: BTreeSet<&str> = picket_rules::probes::built_in()
        .iter()
        .flat_map(|file| &file.probes)
        .filter_map(|probe| Some(probe.target()?.as_str()))
        .collect();
    assert_eq!(given, asked);
}

/// The forwarder refuses to start where a target is missing, or is used by no check.
#[test]
fn every_target_of_an_expected_value_has_a_place_in_the_template() {
    let variables = &resource(templates().translated(), "SlackForwarder").properties();
    let given = &variables["Environment"]["Variables"]["HEALTH_TARGETS"]["Fn::If"];
    assert_eq!(given[0], "WatchesUserJourney");
    assert_eq!(given[2], "", "what is off is not named");
    let targets: slack_forwarder::health::Targets = word(&given[1])
        .parse()
        .expect("targets are workload/target=value");
    let files = picket_rules::health::built_in();
    assert_eq!(targets.problems(files), Vec::<String>::new());
    let names: Vec<_> = files.iter().map(|file| file.workload.as_str()).collect();
    assert_eq!(names, ["user-journey"], "a switch each");
}

#[test]
fn schedules_have_no_name_a_role_of_their_own_and_events_that_their_functions_read() {
    let schedules = resources(templates().translated(), "AWS::Scheduler::Schedule");
    assert_eq!(schedules.len(), 6);
    for schedule in schedules {
        let properties = schedule.properties();
        assert!(properties["Name"].is_null(), "{}", schedule.id);
        let role = match schedule.id {
            "ProbeRunnerEveryMinute" => "GetAtt:ProbeScheduleRole.Arn",
            "CostReporterEveryMorning" => "GetAtt:CostScheduleRole.Arn",
            _ => "GetAtt:ScheduleRole.Arn",
        };
        assert_eq!(word(&properties["Target"]["RoleArn"]), role);
        let input = properties["Target"]["Input"]
            .as_str()
            .expect("a schedule says what it wants")
            .as_bytes();
        match schedule.id {
            "MetricsPublisherEveryMinute" => assert!(metrics_publisher::read(input).is_ok()),
            "ProbeRunnerEveryMinute" => {
                let tick = probe_runner::event::read(input);
                // What an emulator hands on; Scheduler puts the time there.
                assert_eq!(tick.expect("a tick").at, None);
            }
            "SlackForwarderEveryMorning" => {
                let message = slack_forwarder::message::Message::bare(
                    slack_forwarder::message::Body::of_bytes(input),
                );
                assert!(slack_forwarder::deferred::digest::is_asked(&message));
            }
            "SlackForwarderDailyHealthCheck" => {
                let message = slack_forwarder::message::Message::bare(
                    slack_forwarder::message::Body::of_bytes(input),
                );
                assert!(slack_forwarder::health::is_asked(&message));
                let is_on = json!({"Fn::If": ["WatchesUserJourney", "ENABLED", "DISABLED"]});
                assert_eq!(properties["State"], is_on);
            }
            "SlackForwarderEveryMinute" => {
                let message = slack_forwarder::message::Message::bare(
                    slack_forwarder::message::Body::of_bytes(input),
                );
                assert!(slack_forwarder::deferred::bundle::is_tick(&message));
            }
            "CostReporterEveryMorning" => assert!(cost_reporter::read(input).is_ok()),
            other => panic!("{other} starts what?"),
        }
    }
}

#[test]
fn topics_may_invoke_whom_they_are_subscribed_to() {
    let template = templates().translated();
    let pair = |resource: &Resource<'_>, function: &str, topic: &str| {
        let function = word(&resource.properties()[function]);
        let function = function
            .trim_start_matches("Ref:")
            .trim_start_matches("GetAtt:")
            .trim_end_matches(".Arn");
        (function.to_owned(), word(&resource.properties()[topic]))
    };
    let permitted: BTreeSet<_> = resources(template, "AWS::Lambda::Permission")
        .iter()
        .filter(|permission| permission.properties()["Principal"] == "sns.amazonaws.com")
        .map(|permission| pair(permission, "FunctionName", "SourceArn"))
        .filter(|(_, topic)| topic != "Ref:AccountTopicArn")
        .collect();
    let subscribed: BTreeSet<_> = resources(template, "AWS::SNS::Subscription")
        .iter()
        .filter(|subscription| subscription.properties()["Protocol"] == "lambda")
        .map(|subscription| {
            let redrive = &subscription.properties()["RedrivePolicy"]["deadLetterTargetArn"];
            assert!(
                !redrive.is_null(),
                "{}: what SNS cannot hand over is lost",
                subscription.id
            );
            pair(subscription, "Endpoint", "TopicArn")
        })
        .collect();
    assert_eq!(permitted, subscribed);
    let expected = [
        ("SlackForwarder", "Ref:CriticalTopic"),
        ("SlackForwarder", "Ref:WarningTopic"),
        ("SlackForwarder", "Ref:InfoTopic"),
        ("AlarmRemediator", "Ref:CriticalTopic"),
        ("AlarmRemediator", "Ref:WarningTopic"),
    ];
    let expected: BTreeSet<_> = expected
        .map(|(function, topic)| (function.to_owned(), topic.to_owned()))
        .into();
    assert_eq!(
        subscribed, expected,
        "the fallback topic must not pass the forwarder"
    );
}

/// Whom else than topics a function lets in: alarms of the account and Region, by the condition that the guide names
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html>).
#[test]
fn beside_topics_only_this_accounts_alarms_may_invoke_and_only_the_remediator() {
    let permissions = resources(templates().translated(), "AWS::Lambda::Permission");
    let others: Vec<_> = permissions
        .into_iter()
        .map(Resource::properties)
        .filter(|properties| properties["Principal"] != "sns.amazonaws.com")
        .collect();
    let [properties] = others.as_slice() else {
        panic!("{others:?}")
    };
    let of = |name: &str| word(&properties[name]);
    assert_eq!(of("Principal"), "lambda.alarms.cloudwatch.amazonaws.com");
    assert_eq!(of("FunctionName"), "Ref:AlarmRemediator");
    assert_eq!(of("Action"), "lambda:InvokeFunction");
    assert_eq!(of("SourceAccount"), "Ref:AWS::AccountId");
    assert_eq!(
        of("SourceArn"),
        "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"
    );
}

#[test]
fn a_failure_queue_lets_its_topics_in_and_waits_longer_than_a_try_takes() {
    let template = templates().translated();
    for (queue, function) in [
        ("SlackForwarderFailureQueue", Some("SlackForwarder")),
        ("AlarmRemediatorFailureQueue", None),
    ] {
        let properties = resource(template, queue).properties();
        assert_eq!(properties["SqsManagedSseEnabled"], true, "{queue}");
        assert_eq!(
            properties["MessageRetentionPeriod"], 1_209_600,
            "{queue}: fourteen days"
        );
        if let Some(function) = function {
            let timeout = resource(template, function).properties()["Timeout"]
                .as_u64()
                .expect("a number");
            let hidden = properties["VisibilityTimeout"].as_u64().expect("a number");
            assert!(hidden >= 6 * timeout, "{queue}");
        }
        let policy = format!("{queue}Policy");
        let statement = &resource(template, &policy).properties()["PolicyDocument"]["Statement"][0];
        assert_eq!(statement["Principal"]["Service"], "sns.amazonaws.com");
        let sources: &Value = &statement["Condition"]["ArnEquals"]["aws:SourceArn"];
        assert!(sources.as_array().is_some_and(|topics| topics.len() >= 2));
    }
}
