//! The format of playbooks.

mod refused;

use std::time::Duration;

use picket_rules::{
    Problems,
    playbooks::{self, Action, Growth, Limits, Mode, OnDemand, Playbook, Playbooks, Resource},
};
use refused::{ACTIONS, LIMITS};
use serde_json::Value;

const LAMBDA: &str = "{ namespace: AWS/Lambda, metric: Errors }";
const DIAGNOSE: &str = "{ diagnose: {} }";

fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

/// A file of one playbook. The value of `action` begins at 4:11, and `rest` at line 6.
fn file(action: &str, rest: &str) -> String {
    format!("playbooks:\n- name: a\n  match: {LAMBDA}\n  action: {action}\n  cooldown: 30m\n{rest}")
}

fn parsed(text: &str) -> Playbooks {
    playbooks::parse("p.yaml", text).unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

fn first(text: &str) -> Playbook {
    parsed(text).all()[0].clone()
}

fn action(action: &str) -> Action {
    first(&file(action, "")).action
}

fn problems(text: &str) -> Vec<String> {
    let Problems(problems) = playbooks::parse("p.yaml", text).expect_err(text);
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_playbook_of_an_older_file_observes_with_the_default_limits() {
    let text = "
playbooks:
  - name: lambda-throttles
    match: { namespace: AWS/Lambda, metric: Throttles }
    action:
      raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
    cooldown: 30m
";
    let playbooks = parsed(text);
    let Playbook {
        name,
        mode,
        matches,
        action,
        allow_tag,
        cooldown,
        actions_per_day,
        verify_within,
        healthy_for,
        disarm_after,
        budget,
        expires,
    } = &playbooks.all()[0];
    assert_eq!((name.as_str(), *mode), ("lambda-throttles", Mode::Observe));
    assert_eq!(matches.metrics, ["Throttles"]);
    assert_eq!(action.name(), "raise-reserved-concurrency");
    assert_eq!(
        (allow_tag.key.as_str(), allow_tag.value.as_str()),
        ("picket:remediate", "true")
    );
    assert_eq!(
        (*cooldown, *verify_within, *expires),
        (minutes(30), minutes(15), minutes(30))
    );
    assert_eq!((*actions_per_day, *disarm_after), (6, 3));
    assert_eq!((*healthy_for, *budget), (None, None));
    let Limits {
        actions_per_hour,
        actions_per_day,
        storm,
    } = *playbooks.limits();
    assert_eq!((actions_per_hour, actions_per_day), (5, 20));
    assert_eq!((storm.targets, storm.within), (5, minutes(10)));
}

#[test]
fn a_playbook_states_its_own_limits() {
    let text = format!(
        "limits: {{ actions-per-hour: 2, actions-per-day: 7, storm: {{ targets: 3, within: 5m }} }}\n{}",
        file(
            "{ stop-function: {} }",
            "  mode: approve\n  allow-tag: team:auto=yes\n  actions-per-day: 4\n  verify-within: PT5M\n  \
             healthy-for: 1h 30m\n  disarm-after: 2\n  budget: 2.50\n  expires: 10m\n",
        )
    );
    let playbooks = parsed(&text);
    let playbook = &playbooks.all()[0];
    assert_eq!(playbook.mode, Mode::Approve);
    assert_eq!(playbook.allow_tag.key, "team:auto");
    assert_eq!((playbook.actions_per_day, playbook.disarm_after), (4, 2));
    assert_eq!(
        (
            playbook.verify_within,
            playbook.healthy_for,
            playbook.expires
        ),
        (minutes(5), Some(minutes(90)), minutes(10))
    );
    assert_eq!(playbook.budget, Some("2.50".parse().unwrap()));
    let limits = playbooks.limits();
    assert_eq!((limits.actions_per_hour, limits.actions_per_day), (2, 7));
    assert_eq!((limits.storm.targets, limits.storm.within), (3, minutes(5)));
}

#[test]
fn limits_that_are_not_given_are_the_defaults() {
    let playbooks = parsed("limits: { actions-per-hour: 2 }\n");
    let default = Limits::default();
    let expected = Limits {
        actions_per_hour: 2,
        ..default
    };
    assert_eq!(*playbooks.limits(), expected);
    assert_eq!(*parsed("playbooks: []").limits(), default);
}

#[test]
fn a_playbook_is_for_one_metric_or_several() {
    let text = file(DIAGNOSE, "").replace("Errors", "[ReadThrottleEvents, WriteThrottleEvents]");
    let matches = first(&text).matches;
    for (namespace, metric, takes) in [
        ("AWS/Lambda", "ReadThrottleEvents", true),
        ("AWS/Lambda", "WriteThrottleEvents", true),
        ("AWS/Lambda", "Errors", false),
        ("AWS/DynamoDB", "ReadThrottleEvents", false),
    ] {
        assert_eq!(
            matches.takes_metric(namespace, metric),
            takes,
            "{namespace} {metric}"
        );
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one case an action")]
fn an_action_has_typed_bounds() {
    let Action::RaiseReservedConcurrency(raise) =
        action("{ raise-reserved-concurrency: { step: 10, maximum: 50, keep-unreserved: 100 } }")
    else {
        panic!("raise-reserved-concurrency")
    };
    assert_eq!(
        (raise.growth, raise.maximum, raise.keep_unreserved),
        (Growth::Step(10), 50, 100)
    );
    for (text, function) in [
        ("{ stop-function: {} }", None),
        (
            "{ stop-function: { function: agent_1-b } }",
            Some("agent_1-b"),
        ),
    ] {
        let Action::StopFunction(stop) = action(text) else {
            panic!("stop-function")
        };
        assert_eq!(stop.function.as_deref(), function);
    }
    assert_eq!(action("{ pause-mapping: {} }").name(), "pause-mapping");
    let Action::Diagnose(diagnose) = action("{ diagnose: {} }") else {
        panic!("diagnose")
    };
    assert!(diagnose.is_of_alarm());
    let Action::Diagnose(diagnose) = action(
        "{ diagnose: { functions: [checkout, stack EventProcessor], streams: [orders.v1], tables: [orders], models: ['anthropic.claude-v2:1'] } }",
    ) else {
        panic!("diagnose")
    };
    let named = |name: &str| Resource::Named(name.to_owned());
    let of_stack = Resource::OfStack("EventProcessor".to_owned());
    assert_eq!(diagnose.functions, [named("checkout"), of_stack]);
    assert_eq!(diagnose.streams, [named("orders.v1")]);
    assert_eq!(diagnose.tables, [named("orders")]);
    assert_eq!(diagnose.models, [named("anthropic.claude-v2:1")]);
    assert!(!diagnose.is_of_alarm());
    let Action::RaiseParallelization(raise) = action("{ raise-parallelization: { maximum: 10 } }")
    else {
        panic!("raise-parallelization")
    };
    assert_eq!(raise.maximum, 10);
    let Action::RaiseShards(raise) = action("{ raise-shards: { factor: 1.25, maximum: 64 } }")
    else {
        panic!("raise-shards")
    };
    assert_eq!((raise.factor, raise.maximum), ("1.25".parse().unwrap(), 64));
    assert_eq!(raise.on_demand, None);
    let Action::RaiseShards(raise) =
        action("{ raise-shards: { factor: 2, maximum: 64, on-demand: {} } }")
    else {
        panic!("raise-shards")
    };
    assert_eq!(
        raise.on_demand,
        Some(OnDemand {
            mode: Mode::Observe
        })
    );
    let Action::RollBackAlias(roll) = action("{ roll-back-alias: { deployed-within: 1h } }") else {
        panic!("roll-back-alias")
    };
    assert_eq!(roll.deployed_within, minutes(60));
    let Action::RedriveQueue(redrive) =
        action("{ redrive-queue: { per-second: 500, most: 10000 } }")
    else {
        panic!("redrive-queue")
    };
    assert_eq!((redrive.per_second, redrive.most), (500, 10_000));
    let Action::RaiseTaskCount(raise) =
        action("{ raise-task-count: { factor: 1.5, maximum: 20 } }")
    else {
        panic!("raise-task-count")
    };
    assert_eq!((raise.factor, raise.maximum), ("1.5".parse().unwrap(), 20));
    let Action::RedeployService(redeploy) = action("{ redeploy-service: { older-than: 1h } }")
    else {
        panic!("redeploy-service")
    };
    assert_eq!(redeploy.older_than, minutes(60));
    let Action::RunAutomation(run) = action(
        "{ run-automation: { document: 'arn:aws:ssm:eu-west-1:123456789012:document/restart', \
         parameters: { Cluster: dimension ClusterName, Alarm: alarm-arn, Region: alarm-region, Account: alarm-account } } }",
    ) else {
        panic!("run-automation")
    };
    assert_eq!(run.document.name(), "restart");
    let parameters: Vec<_> = run
        .parameters
        .iter()
        .map(|(name, source)| format!("{name}={source}"))
        .collect();
    assert_eq!(
        parameters,
        [
            "Account=alarm-account",
            "Alarm=alarm-arn",
            "Cluster=dimension ClusterName",
            "Region=alarm-region"
        ]
    );
    let Action::SetParameter(set) =
        action("{ set-parameter: { parameter: /agent/on, value: false, allowed: [true, false] } }")
    else {
        panic!("set-parameter")
    };
    assert_eq!(
        (set.parameter.as_str(), set.value.as_str()),
        ("/agent/on", "false")
    );
    assert_eq!(set.allowed, ["true", "false"]);
    let Action::SetLogRetention(set) = action("{ set-log-retention: { days: 14 } }") else {
        panic!("set-log-retention")
    };
    assert_eq!(set.days, 14);
    assert_eq!(action(DIAGNOSE).name(), "diagnose");
}

/// The 1,011 characters that Systems Manager allows have the ARN before the name in them:
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>.
#[test]
fn a_parameters_name_leaves_room_for_its_arn_in_every_partition() {
    let of = |length: usize| {
        let name = format!("/{}", "a".repeat(length - 1));
        file(
            &format!("{{ set-parameter: {{ parameter: {name}, value: a, allowed: [a, b] }} }}"),
            "",
        )
    };
    // Of the longest ARN, 56 characters precede the name; in us-east-2 they are 44, of which the page counts the slash too.
    let Action::SetParameter(set) = first(&of(955)).action else {
        panic!("set-parameter")
    };
    let arn = format!(
        "arn:aws-iso-f:ssm:us-isof-south-1:123456789012:parameter{}",
        set.parameter
    );
    assert_eq!(arn.len(), 1_011);
    assert_eq!(
        problems(&of(956)),
        ["p.yaml:4:41: `parameter`: it has 956 characters, and 955 are allowed"]
    );
}

#[test]
fn a_part_of_a_table_action_has_the_mode_of_its_playbook_or_a_lower_one() {
    let table = "{ raise-table-throughput: { ceiling: { factor: 2, maximum-read: 800, maximum-write: 400 }, \
                 capacity: { factor: 1.5, maximum-read: 90, maximum-write: 80, mode: approve }, on-demand: { mode: observe } } }";
    let Action::RaiseTableThroughput(raise) = first(&file(table, "  mode: act\n")).action else {
        panic!("raise-table-throughput")
    };
    let ceiling = raise.ceiling.unwrap();
    assert_eq!(
        (ceiling.maximum_read, ceiling.maximum_write, ceiling.mode),
        (800, 400, Mode::Act)
    );
    let capacity = raise.capacity.unwrap();
    assert_eq!(capacity.factor, "1.5".parse().unwrap());
    assert_eq!(capacity.mode, Mode::Approve);
    assert_eq!(raise.on_demand.unwrap().mode, Mode::Observe);

    let Action::RaiseTableThroughput(raise) =
        action("{ raise-table-throughput: { on-demand: {} } }")
    else {
        panic!("raise-table-throughput")
    };
    assert_eq!((raise.ceiling, raise.capacity), (None, None));
    assert_eq!(raise.on_demand.unwrap().mode, Mode::Observe);

    assert_eq!(
        problems(&file(table, "  mode: observe\n")),
        ["p.yaml:4:170: `mode`: `approve` is above the playbook's mode, `observe`"]
    );
}

#[test]
fn an_action_outside_its_bounds_is_refused() {
    for (action, expected) in ACTIONS {
        assert_eq!(
            problems(&file(action, "")),
            [format!("p.yaml:{expected}")],
            "{action}"
        );
    }
}

#[test]
fn a_playbook_outside_its_limits_is_refused() {
    for (rest, expected) in LIMITS {
        assert_eq!(
            problems(&file(DIAGNOSE, rest)),
            [format!("p.yaml:{expected}")],
            "{rest}"
        );
    }
}

#[test]
fn a_rollback_is_not_reverted() {
    let roll_back = file(
        "{ roll-back-alias: { deployed-within: 1h } }",
        "  healthy-for: 30m",
    );
    assert_eq!(
        problems(&roll_back),
        [
            "p.yaml:6:16: `healthy-for` would bring the failing version back: a rollback is reverted by the next deployment"
        ]
    );
}

#[test]
fn a_run_is_not_reverted() {
    let redrive = file(
        "{ redrive-queue: { per-second: 10, most: 100 } }",
        "  healthy-for: 30m",
    );
    assert_eq!(
        problems(&redrive),
        ["p.yaml:6:16: `healthy-for` reverts a change, and `redrive-queue` cannot be taken back"]
    );
}

#[test]
fn a_match_names_a_metric() {
    for (metric, expected) in [
        ("[]", "3:43: `metric` is empty"),
        ("''", "3:43: `metric`: it is empty"),
        ("[A, A]", "3:47: `metric` has \"A\" twice"),
        (
            "{ a: b }",
            "3:43: `metric` must be a single value: put text that starts with a bracket in quotes",
        ),
    ] {
        let text = file(DIAGNOSE, "").replace("Errors", metric);
        assert_eq!(problems(&text), [format!("p.yaml:{expected}")], "{metric}");
    }
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let text = "\
limits: { actions-per-hour: x, storm: { targets: 0, within: 10m } }
playbooks:
- name: a
  mode: maybe
  match: { namespace: N, metric: [] }
  action: { raise-table-throughput: { ceiling: { factor: 0, maximum-read: 0, maximum-write: 9 }, on-demand: { mode: no } } }
  cooldown: never
  budget: -1
";
    let places: Vec<_> = problems(text)
        .iter()
        .map(|problem| problem.split(": ").next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        places,
        [
            "p.yaml:1:29",
            "p.yaml:1:50",
            "p.yaml:4:9",
            "p.yaml:5:34",
            "p.yaml:6:58",
            "p.yaml:6:75",
            "p.yaml:6:117",
            "p.yaml:7:13",
            "p.yaml:8:11"
        ]
    );
}

/// The examples of the documentation that begin with this.
fn examples(language: &str, beginning: &str) -> Vec<&'static str> {
    let text = include_str!("../../../../docs/remediation.md");
    text.split(&format!("```{language}\n"))
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|example| example.starts_with(beginning))
        .collect()
}

#[test]
fn the_examples_of_the_documentation_are_valid() {
    let examples = examples("yaml", "playbooks:");
    assert!(!examples.is_empty());
    for example in examples {
        parsed(example);
    }
}

#[test]
fn the_document_that_deploys_a_flag_has_what_appconfig_requires() {
    let [document] = examples("yaml", "schemaVersion:")[..] else {
        panic!("one document");
    };
    let document: Value = serde_saphyr::from_str(document).unwrap();
    assert_eq!(document["schemaVersion"], "0.3");
    let [step] = document["mainSteps"].as_array().unwrap().as_slice() else {
        panic!("{document}");
    };
    assert_eq!(step["action"], "aws:executeAwsApi");
    let inputs = &step["inputs"];
    assert_eq!(inputs["Service"], "appconfig");
    assert_eq!(inputs["Api"], "StartDeployment");
    let [policy] = examples("json", "{\n  \"Version\"")[..] else {
        panic!("one policy");
    };
    let policy: Value = serde_json::from_str(policy).unwrap();
    let statement = &policy["Statement"][0];
    assert_eq!(statement["Action"], "appconfig:StartDeployment");
    // The five that are required:
    // https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_StartDeployment.html
    let id = |name: &str| inputs[name].as_str().unwrap();
    let (application, environment) = (id("ApplicationId"), id("EnvironmentId"));
    let (profile, strategy) = (id("ConfigurationProfileId"), id("DeploymentStrategyId"));
    let resources = [
        format!("application/{application}"),
        format!("application/{application}/environment/{environment}"),
        format!("application/{application}/environment/{environment}/deployment/*"),
        format!("application/{application}/configurationprofile/{profile}"),
        format!("deploymentstrategy/{strategy}"),
    ];
    let resources =
        resources.map(|name| format!("arn:aws:appconfig:eu-west-1:123456789012:{name}"));
    assert_eq!(statement["Resource"], Value::from(resources.to_vec()));
    assert_eq!(id("ConfigurationVersion"), "fallback");
}
