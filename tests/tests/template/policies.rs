//! Least privilege: a function may do what its ports do, and what the platform needs for it.

use std::collections::BTreeSet;

use picket_rules::{metrics, playbooks::Tag};
use serde_json::Value;

use crate::{
    functions::FUNCTIONS,
    load::{resource, resources, root, templates, text, word, words, workloads},
};

/// A port, and the actions its adapter needs. One without any does not call AWS.
type Port = (&'static str, &'static [&'static str]);

/// Each function's ports.
const PORTS: [(&str, &[Port]); 6] = [
    (
        "EventProcessor",
        &[
            ("ReadMark", &["dynamodb:Query"]),
            ("ReadNewest", &["dynamodb:Query"]),
            ("ReadBeyond", &["dynamodb:Query"]),
            ("CommitSlice", &["dynamodb:PutItem"]),
            ("Register", &["dynamodb:PutItem"]),
            ("ReadAttempt", &["dynamodb:Query"]),
            ("NoteAttempt", &["dynamodb:PutItem"]),
            ("Claim", &["dynamodb:PutItem"]),
            ("PutObject", &["s3:PutObject"]),
            ("ReadOverrides", &["s3:GetObject", "s3:ListBucket"]),
            ("FaultPoint", &[]),
        ],
    ),
    (
        "MetricsPublisher",
        &[
            ("ListChains", &["dynamodb:Query"]),
            ("ReadSlices", &["dynamodb:Query"]),
            ("ReadSliceBelow", &["dynamodb:Query"]),
            ("QuarantineSlice", &["s3:PutObject"]),
            ("CommitSlice", &["dynamodb:PutItem"]),
            ("Register", &["dynamodb:PutItem"]),
            ("ReadCursor", &["dynamodb:GetItem"]),
            ("MoveCursor", &["dynamodb:PutItem"]),
            ("FoldUsage", &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
            ("PutMetrics", &["cloudwatch:PutMetricData"]),
            ("QuarantineDatum", &["s3:PutObject"]),
            ("ReadUsage", &["dynamodb:Query"]),
            ("Publish", &["sns:Publish"]),
            ("ReadState", &["dynamodb:GetItem"]),
            ("WriteState", &["dynamodb:PutItem"]),
            (
                "WriteSamples",
                &["aps:RemoteWrite", "ssm:GetParameter", "kms:Decrypt"],
            ),
            ("ReadOverrides", &["s3:GetObject", "s3:ListBucket"]),
            ("SendHeartbeat", &["kinesis:PutRecord"]),
            ("FaultPoint", &[]),
        ],
    ),
    (
        "ProbeRunner",
        &[
            ("FetchPage", &[]),
            ("QueryTable", &["dynamodb:Query"]),
            // Who writes `Scan: true` adds the action: no shipped probe does.
            ("ScanTable", &[]),
            (
                "QueryDatabase",
                &["ssm:GetParameter", "kms:Decrypt", "rds-db:connect"],
            ),
            (
                "ReadAgent",
                &[
                    "bedrock:GetAgent",
                    "bedrock:GetAgentAlias",
                    "bedrock:ListAgentActionGroups",
                ],
            ),
            ("ReadKnowledgeBase", &["bedrock:GetKnowledgeBase"]),
            // As for `Scan: true`: no shipped probe queries a knowledge base.
            ("Retrieve", &[]),
            ("PutMetrics", &["cloudwatch:PutMetricData"]),
            ("QuarantineDatum", &["s3:PutObject"]),
        ],
    ),
    (
        "SlackForwarder",
        &[
            ("ReadParameter", &["ssm:GetParameter", "kms:Decrypt"]),
            ("ReadOverrides", &["s3:GetObject", "s3:ListBucket"]),
            ("PostMessage", &[]),
            ("RenderChart", &["cloudwatch:GetMetricWidgetImage"]),
            ("ReadAlarmStates", &["cloudwatch:DescribeAlarms"]),
            ("ReadMetrics", &["cloudwatch:GetMetricData"]),
            ("ReadRemediation", &["dynamodb:GetItem"]),
            ("ReadUsageDigest", &["dynamodb:GetItem"]),
            ("PublishFallback", &["sns:Publish"]),
            ("PublishEmail", &["sns:Publish"]),
            ("ReadRow", &["dynamodb:GetItem"]),
            ("ReadRows", &["dynamodb:Query"]),
            ("ReadManyRows", &["dynamodb:BatchGetItem"]),
            ("WriteRow", &["dynamodb:PutItem"]),
            ("KeepNote", &["dynamodb:PutItem"]),
            ("ReadNotes", &["dynamodb:Query"]),
            ("CountMessage", &["dynamodb:UpdateItem"]),
            ("ReadCount", &["dynamodb:GetItem"]),
            ("OpenBundle", &["dynamodb:PutItem"]),
            ("HoldMessage", &["dynamodb:PutItem"]),
            ("ListBundles", &["dynamodb:Query"]),
            ("ClaimBundle", &["dynamodb:UpdateItem"]),
            ("ReadHeld", &["dynamodb:Query"]),
            ("CloseBundle", &["dynamodb:DeleteItem"]),
            ("ReadSilences", &["dynamodb:Query"]),
            ("KeepSilenced", &["dynamodb:PutItem"]),
            ("ListSilenced", &["dynamodb:Query"]),
            ("ForgetSilenced", &["dynamodb:DeleteItem"]),
        ],
    ),
    (
        "CostReporter",
        &[
            ("ReadCosts", &["ce:GetCostAndUsage"]),
            ("ReadForecast", &["ce:GetCostForecast"]),
            ("ReadAnomalies", &["ce:GetAnomalies"]),
            ("ReadBudgets", &["budgets:ViewBudget"]),
            ("ReadLedger", &["dynamodb:Query"]),
            ("ReadOverrides", &["s3:GetObject", "s3:ListBucket"]),
            ("ReadReported", &["dynamodb:Query"]),
            ("ClaimReport", &["dynamodb:PutItem"]),
            ("ReleaseReport", &["dynamodb:PutItem"]),
            ("WriteReported", &["dynamodb:PutItem"]),
            ("PutMetrics", &["cloudwatch:PutMetricData"]),
            ("WriteFile", &["s3:PutObject"]),
            ("Publish", &["sns:Publish"]),
        ],
    ),
    (
        "AlarmRemediator",
        &[
            ("ReadAlarm", &["cloudwatch:DescribeAlarms"]),
            (
                "ReadSetting",
                &[
                    "lambda:GetAlias",
                    "lambda:GetEventSourceMapping",
                    "lambda:GetFunctionConcurrency",
                    "ssm:GetParameter",
                    "dynamodb:DescribeTable",
                    "kinesis:DescribeStreamSummary",
                    "logs:DescribeLogGroups",
                    "ecs:DescribeServices",
                    "sqs:ListMessageMoveTasks",
                    "ssm:DescribeAutomationExecutions",
                ],
            ),
            (
                "ReadTags",
                &[
                    "lambda:ListTags",
                    "ssm:ListTagsForResource",
                    "dynamodb:ListTagsOfResource",
                    "kinesis:ListTagsForResource",
                    "logs:ListTagsForResource",
                    "ecs:ListTagsForResource",
                    "sqs:GetQueueUrl",
                    "sqs:ListQueueTags",
                ],
            ),
            (
                "ReadQueue",
                &[
                    "sqs:GetQueueUrl",
                    "sqs:GetQueueAttributes",
                    "sqs:ListDeadLetterSourceQueues",
                ],
            ),
            ("ReadConsumers", &["lambda:ListEventSourceMappings"]),
            ("ReadService", &["ecs:DescribeServices"]),
            ("ReadServiceScaling", &["cloudwatch:DescribeAlarms"]),
            ("ReadDocument", &["ssm:DescribeDocument"]),
            ("ReadAccount", &["lambda:GetAccountSettings"]),
            ("ReadMappings", &["lambda:ListEventSourceMappings"]),
            ("ReadVersions", &["lambda:ListVersionsByFunction"]),
            ("ReadComposite", &["cloudwatch:DescribeAlarms"]),
            ("ReadMutes", &["cloudwatch:ListAlarmMuteRules"]),
            ("NoteAlarm", &["dynamodb:PutItem"]),
            ("ReadAlarming", &["dynamodb:Query"]),
            ("ReadLedger", &["dynamodb:Query"]),
            ("WriteLedger", &["dynamodb:PutItem"]),
            ("WritePlan", &["dynamodb:PutItem"]),
            ("ReadPlan", &["dynamodb:Query"]),
            (
                "ScheduleFollowUp",
                &["scheduler:CreateSchedule", "iam:PassRole"],
            ),
            ("ReadMetrics", &["cloudwatch:GetMetricData"]),
            ("ReadTable", &["dynamodb:DescribeTable"]),
            ("ReadAutoScaling", &["cloudwatch:DescribeAlarms"]),
            ("ReadStream", &["kinesis:DescribeStreamSummary"]),
            ("ReadShardLimit", &["kinesis:DescribeLimits"]),
            ("ReadLogGroup", &["logs:DescribeLogGroups"]),
            ("ReadFunction", &["lambda:GetFunctionConfiguration"]),
            ("ReadErrorLines", &["logs:FilterLogEvents"]),
            ("ReadSwitch", &["ssm:GetParameter"]),
            ("ReadOverrides", &["s3:GetObject", "s3:ListBucket"]),
            ("ReadAudit", &["dynamodb:Query"]),
            ("HoldLease", &["dynamodb:PutItem"]),
            ("OpenAudit", &["dynamodb:PutItem"]),
            ("UpdateAudit", &["dynamodb:PutItem"]),
            (
                "WriteSetting",
                &[
                    "lambda:DeleteFunctionConcurrency",
                    "lambda:PutFunctionConcurrency",
                    "lambda:UpdateAlias",
                    "lambda:UpdateEventSourceMapping",
                    "ssm:PutParameter",
                    "dynamodb:UpdateTable",
                    "kinesis:UpdateShardCount",
                    "kinesis:UpdateStreamMode",
                    "logs:DeleteRetentionPolicy",
                    "logs:PutRetentionPolicy",
                    "ecs:UpdateService",
                    "sqs:DeleteMessage",
                    "sqs:ReceiveMessage",
                    "sqs:SendMessage",
                    "sqs:StartMessageMoveTask",
                    "ssm:StartAutomationExecution",
                    "iam:PassRole",
                ],
            ),
            ("Publish", &["sns:Publish"]),
        ],
    ),
];

/// What the platform does in a function's name, by the statement's Sid.
const PLATFORM: [(&str, &[&str]); 7] = [
    ("Logs", &["logs:CreateLogStream", "logs:PutLogEvents"]),
    (
        "MappingReads",
        &[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ],
    ),
    ("MappingListsStreams", &["kinesis:ListStreams"]),
    ("MappingSetsAside", &["s3:PutObject"]),
    ("MappingFindsTheBucket", &["s3:ListBucket"]),
    ("FailureDestination", &["sqs:SendMessage", "sns:Publish"]),
    (
        "NetworkInterfaces",
        &[
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ],
    ),
];

/// Where `Resource: "*"` stands in a role, and why.
const ANY_RESOURCE: [(&str, &str, &str); 12] = [
    (
        "EventProcessorRole",
        "MappingListsStreams",
        "the action lists streams; AWS's managed policy for Kinesis has it",
    ),
    (
        "ProbeRunnerRole",
        "Metrics",
        "PutMetricData knows no resources; cloudwatch:namespace bounds it",
    ),
    (
        "ProbeRunnerRole",
        "NetworkInterfaces",
        "Lambda makes them, and none of the actions knows resources; only in a VPC",
    ),
    (
        "MetricsPublisherRole",
        "Metrics",
        "PutMetricData knows no resources; cloudwatch:namespace bounds it",
    ),
    (
        "SlackForwarderRole",
        "Charts",
        "GetMetricWidgetImage knows no resources; it only draws what metrics say",
    ),
    (
        "SlackForwarderRole",
        "HealthMetrics",
        "GetMetricData knows no resources; it only reads",
    ),
    (
        "SlackForwarderRole",
        "Alarms",
        "DescribeAlarms returns composite alarms only where it is scoped to *; it only reads",
    ),
    (
        "CostReporterRole",
        "Metrics",
        "PutMetricData knows no resources; cloudwatch:namespace bounds it",
    ),
    (
        "CostReporterRole",
        "Costs",
        "Cost Explorer's actions know no resources; they only read. GetAnomalies could be scoped to monitors, whose ARNs nobody knows here",
    ),
    (
        "AlarmRemediatorRole",
        "Alarm",
        "DescribeAlarms returns composite alarms only where it is scoped to *; it only reads",
    ),
    (
        "AlarmRemediatorRole",
        "LooksAtTheAccount",
        "GetAccountSettings, GetMetricData, DescribeLimits, DescribeLogGroups, ListEventSourceMappings and DescribeAutomationExecutions know no resources, and ListAlarmMuteRules lists those of the account; they only read",
    ),
    (
        "AlarmRemediatorRole",
        "RepairsStreams",
        "UpdateShardCount and UpdateStreamMode know neither resources nor tags: the remediator alone checks the tag; only where repairs are allowed",
    ),
];

/// Actions without a resource type, and so without `aws:ResourceTag`, in the service authorization reference: a statement
/// with a resource or with a condition on its tag allows none of them. The column is empty on the pages
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html>,
/// `list_amazoncloudwatch.html`, `list_amazoncloudwatchlogs.html`, `list_awslambda.html` and
/// `list_awssystemsmanager.html`.
const WITHOUT_RESOURCE_TYPE: [&str; 10] = [
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "kinesis:DescribeLimits",
    "kinesis:ListStreams",
    "kinesis:UpdateShardCount",
    "kinesis:UpdateStreamMode",
    "lambda:GetAccountSettings",
    "lambda:ListEventSourceMappings",
    "logs:DescribeLogGroups",
    "ssm:DescribeAutomationExecutions",
];

/// The statements of a role's policy. One that is there under a condition counts.
fn statements(role: &str, policy: &str) -> Vec<&'static Value> {
    let policies = templates().translated()["Resources"][role]["Properties"]["Policies"]
        .as_array()
        .unwrap_or_else(|| panic!("{role} has no policies"));
    let found = policies
        .iter()
        .find(|found| found["PolicyName"] == policy)
        .unwrap_or_else(|| panic!("{role} has no policy {policy}"));
    let list = found["PolicyDocument"]["Statement"]
        .as_array()
        .expect("a policy has statements");
    list.iter()
        .map(|statement| match statement["Fn::If"].as_array() {
            Some(branches) => &branches[1],
            None => statement,
        })
        .collect()
}

fn actions(statements: &[&Value]) -> BTreeSet<String> {
    statements
        .iter()
        .flat_map(|statement| words(&statement["Action"]))
        .collect()
}

/// The ports of a function's actions, where it has a folder for them.
fn actions_ports(folder: &str) -> Vec<String> {
    let actions = format!("functions/{folder}/src/actions");
    std::fs::read_dir(root().join(&actions))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.path().join("ports.rs").canonicalize().ok())
        .map(|path| std::fs::read_to_string(path).expect("a file that is there can be read"))
        .collect()
}

#[test]
fn every_trait_in_ports_rs_is_in_the_table_above() {
    for (id, folder, _) in FUNCTIONS {
        let own = text(&format!("functions/{folder}/src/ports.rs"));
        let publishing = text("shared/cloudwatch/src/ports.rs");
        let publishes = ["MetricsPublisher", "ProbeRunner"].contains(&id);
        let mut sources = actions_ports(folder);
        sources.extend(publishes.then_some(publishing));
        // A port that several functions share is declared in its library, one that a module of the function needs is
        // declared there, and ports.rs names both.
        let shared: Vec<&str> = own
            .lines()
            .filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';'))
            .filter(|path| {
                ["picket_aws::", "picket_cloudwatch::", "crate::"]
                    .iter()
                    .any(|library| path.starts_with(library))
            })
            .filter_map(|path| path.rsplit("::").next())
            .collect();
        sources.push(own.clone());
        // A trait without a verb of its own only gathers others.
        let traits: BTreeSet<&str> = sources
            .iter()
            .flat_map(|source| source.split("pub trait ").skip(1))
            .filter(|body| {
                body.split("\n}")
                    .next()
                    .is_some_and(|body| body.contains("fn "))
            })
            .filter_map(|body| body.split([':', ' ', '{']).next())
            .chain(shared)
            .collect();
        let table = PORTS
            .iter()
            .find(|(function, _)| *function == id)
            .expect("every function is in the table")
            .1;
        let listed: BTreeSet<&str> = table.iter().map(|(port, _)| *port).collect();
        assert_eq!(traits, listed, "{folder}");
    }
}

#[test]
fn a_role_allows_what_the_ports_do_and_nothing_else() {
    for (id, ports) in PORTS {
        let needed: BTreeSet<String> = ports
            .iter()
            .flat_map(|(_, actions)| actions.iter().map(|&action| action.to_owned()))
            .collect();
        assert_eq!(
            actions(&statements(&format!("{id}Role"), "ports")),
            needed,
            "{id}"
        );
    }
}

#[test]
fn beside_the_ports_a_role_has_one_listed_block_for_the_platform() {
    for (id, ..) in FUNCTIONS {
        let role = format!("{id}Role");
        let policies = resource(templates().translated(), &role).properties()["Policies"]
            .as_array()
            .map_or(0, Vec::len);
        assert_eq!(policies, 2, "{role}");
        for statement in statements(&role, "platform") {
            let sid = statement["Sid"].as_str().unwrap_or_default();
            let allowed = PLATFORM
                .iter()
                .find(|(known, _)| *known == sid)
                .unwrap_or_else(|| panic!("{role}: {sid} is not a platform statement"))
                .1;
            for action in words(&statement["Action"]) {
                assert!(allowed.contains(&action.as_str()), "{role}: {action}");
            }
            let any = ANY_RESOURCE
                .iter()
                .any(|row| (row.0, row.1) == (role.as_str(), sid));
            assert!(any || statement["Resource"] != "*", "{role}: {sid}");
        }
    }
}

#[test]
fn a_wildcard_has_a_reason() {
    let mut found = BTreeSet::new();
    for role in resources(templates().translated(), "AWS::IAM::Role") {
        // The role of follow-ups has a policy of its own resource, below.
        let policies = role.properties()["Policies"].as_array();
        let policies = policies.map_or(&[][..], Vec::as_slice);
        for policy in policies {
            let name = policy["PolicyName"].as_str().expect("a policy has a name");
            for statement in statements(role.id, name) {
                assert_eq!(statement["Effect"], "Allow");
                let sid = statement["Sid"]
                    .as_str()
                    .expect("every statement has a Sid");
                for action in words(&statement["Action"]) {
                    assert!(!action.contains('*'), "{}: {action}", role.id);
                }
                if words(&statement["Resource"]).contains(&"*".to_owned()) {
                    found.insert((role.id, sid));
                }
            }
        }
    }
    let listed = ANY_RESOURCE
        .iter()
        .map(|&(role, sid, _)| (role, sid))
        .collect();
    assert_eq!(found, listed);
}

#[test]
fn an_action_without_a_resource_type_is_allowed_on_every_resource_and_whatever_its_tags() {
    let mut found = BTreeSet::new();
    for (id, ..) in FUNCTIONS {
        let role = format!("{id}Role");
        let all = ["ports", "platform"].map(|policy| statements(&role, policy));
        for statement in all.into_iter().flatten() {
            let actions = words(&statement["Action"]);
            for action in WITHOUT_RESOURCE_TYPE
                .iter()
                .filter(|action| actions.contains(&(**action).to_owned()))
            {
                assert_eq!(statement["Resource"], "*", "{role}: {action}");
                let condition = statement["Condition"].to_string();
                assert!(!condition.contains("aws:ResourceTag"), "{role}: {action}");
                found.insert(*action);
            }
        }
    }
    assert_eq!(found, BTreeSet::from(WITHOUT_RESOURCE_TYPE));
}

fn statement(role: &str, sid: &str) -> &'static Value {
    statements(role, "ports")
        .into_iter()
        .find(|statement| statement["Sid"] == sid)
        .unwrap_or_else(|| panic!("{role} has no statement {sid}"))
}

/// The namespaces that a statement `Metrics` allows, which it must name in full.
fn namespaces_allowed(role: &str) -> BTreeSet<String> {
    let condition = &statement(role, "Metrics")["Condition"]["StringEquals"];
    words(&condition["cloudwatch:namespace"])
        .into_iter()
        .collect()
}

/// Reads the file's text, not the compiled rules.
#[test]
fn the_publisher_may_write_exactly_the_namespaces_of_the_rules_and_its_own() {
    let mut namespaces = BTreeSet::from(["Picket".to_owned()]);
    for workload in workloads() {
        let path = format!("workloads/{workload}/metrics.yaml");
        if !root().join(&path).exists() {
            continue;
        }
        assert!(
            metrics::parse(&path, &text(&path)).is_ok(),
            "{path} is not valid"
        );
        let written = text(&path);
        let named = written
            .lines()
            .filter_map(|line| line.split_once("MetricNamespace:"))
            .map(|(_, rest)| rest.split([',', '}']).next().unwrap_or(rest))
            .map(|namespace| namespace.trim().to_owned());
        namespaces.extend(named);
    }
    assert_eq!(namespaces_allowed("MetricsPublisherRole"), namespaces);
}

#[test]
fn the_probe_runner_may_write_exactly_the_namespaces_of_the_probes_and_its_own() {
    let mut namespaces = BTreeSet::from(["Picket".to_owned()]);
    for file in picket_rules::probes::built_in() {
        let metrics = file.probes.iter().flat_map(|probe| &probe.metrics);
        namespaces.extend(metrics.map(|metric| metric.namespace.to_string()));
    }
    assert_eq!(namespaces_allowed("ProbeRunnerRole"), namespaces);
}

#[test]
fn the_cost_reporter_writes_no_row_of_usage_and_no_metric_of_a_workload() {
    let writes = statement("CostReporterRole", "Reported");
    assert_eq!(words(&writes["Action"]), ["dynamodb:PutItem"]);
    let condition = &writes["Condition"]["ForAllValues:StringEquals"];
    assert_eq!(words(&condition["dynamodb:LeadingKeys"]), ["cost-report"]);
    let metrics = statement("CostReporterRole", "Metrics");
    assert_eq!(
        metrics["Condition"]["StringEquals"]["cloudwatch:namespace"],
        "Picket"
    );
}

#[test]
fn the_publisher_writes_to_no_shards_chain() {
    let writes = statement("MetricsPublisherRole", "DefaultValues");
    assert_eq!(word(&writes["Resource"]), "GetAtt:ChainTable.Arn");
    let condition = &writes["Condition"]["ForAllValues:StringEquals"];
    assert_eq!(
        words(&condition["dynamodb:LeadingKeys"]),
        ["registry", "${EventStream}/defaults"]
    );
    let reads = statement("MetricsPublisherRole", "Chain");
    assert_eq!(words(&reads["Action"]), ["dynamodb:Query"]);
}

#[test]
fn the_forwarder_reads_one_item_of_the_ledger() {
    let reads = statement("SlackForwarderRole", "UsageDigest");
    assert_eq!(word(&reads["Resource"]), "GetAtt:LedgerTable.Arn");
    assert_eq!(words(&reads["Action"]), ["dynamodb:GetItem"]);
    let condition = &reads["Condition"]["ForAllValues:StringEquals"];
    let key = picket_shared::usage::USAGE_DIGEST_KEY.0;
    assert_eq!(words(&condition["dynamodb:LeadingKeys"]), [key]);
}

#[test]
fn a_repair_needs_act_mode_and_the_owners_tag() {
    let policies =
        &resource(templates().translated(), "AlarmRemediatorRole").properties()["Policies"];
    let conditional = policies[0]["PolicyDocument"]["Statement"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|statement| statement["Fn::If"].as_array())
        .filter(|branches| branches[0] != "HasOverrideBucket" && branches[0] != "HasDocuments")
        .collect::<Vec<_>>();
    let writes = PORTS
        .iter()
        .filter(|(function, _)| *function == "AlarmRemediator")
        .flat_map(|(_, ports)| *ports)
        .filter(|(port, _)| *port == "WriteSetting")
        .flat_map(|(_, actions)| actions.iter().map(|&action| action.to_owned()));
    let allowed: BTreeSet<String> = conditional
        .iter()
        .flat_map(|branches| words(&branches[1]["Action"]))
        .collect();
    assert_eq!(allowed, writes.collect(), "writes alone, and all of them");
    for branches in conditional {
        let sid = word(&branches[1]["Sid"]);
        let condition = match sid.as_str() {
            "RepairsByDocuments" | "DocumentExecutions" => "MayRunDocuments",
            "DocumentRoles" => "MayPassRoles",
            _ => "MayAct",
        };
        assert_eq!(branches[0], condition, "{sid}");
        // The execution of a document has no tag before it is started, the roles are listed by ARN, and the actions on
        // streams have no resource type: `an_action_without_a_resource_type_is_allowed_on_every_resource_and_whatever_its_tags`.
        if !["DocumentExecutions", "DocumentRoles", "RepairsStreams"].contains(&sid.as_str()) {
            let (key, value) = Tag::OF_ROLE;
            let tag = &branches[1]["Condition"]["StringEquals"][format!("aws:ResourceTag/{key}")];
            assert_eq!(*tag, value, "{sid}");
        }
        assert_eq!(word(&branches[2]), "Ref:AWS::NoValue");
    }
    let others = alarm_remediator::playbook::built_in()
        .all()
        .iter()
        .filter(|playbook| !playbook.allow_tag.is_of_role())
        .count();
    assert_eq!(
        others, 0,
        "the playbooks ask for the tag that the policy asks for"
    );
}

#[test]
fn a_follow_up_invokes_the_remediator_alone() {
    let policy = resource(templates().translated(), "FollowUpPolicy").properties();
    assert_eq!(word(&policy["Roles"][0]), "Ref:FollowUpRole");
    let statements = policy["PolicyDocument"]["Statement"].as_array();
    let statements: Vec<_> = statements
        .expect("a list")
        .iter()
        .map(|statement| (words(&statement["Action"]), word(&statement["Resource"])))
        .collect();
    assert_eq!(
        statements,
        [
            (
                vec!["lambda:InvokeFunction".to_owned()],
                "GetAtt:AlarmRemediator.Arn".to_owned()
            ),
            (
                vec!["sqs:SendMessage".to_owned()],
                "GetAtt:AlarmRemediatorFailureQueue.Arn".to_owned()
            ),
        ]
    );
}

#[test]
fn secrets_are_read_and_decrypted_through_parameter_store_alone() {
    let prefix = "parameter${SlackParameterPrefix}/*";
    assert!(word(&statement("SlackForwarderRole", "Webhooks")["Resource"]).ends_with(prefix));
    let condition = &statement("SlackForwarderRole", "WebhooksDecrypted")["Condition"];
    assert_eq!(
        word(&condition["StringEquals"]["kms:ViaService"]),
        "ssm.${AWS::Region}.amazonaws.com"
    );
    assert!(
        word(&condition["StringLike"]["kms:EncryptionContext:PARAMETER_ARN"]).ends_with(prefix)
    );
}

#[test]
fn the_probes_read_their_own_secrets_one_table_and_one_database_user() {
    let role = "ProbeRunnerRole";
    let prefix = "parameter${ProbeParameterPrefix}/*";
    assert!(word(&statement(role, "Secrets")["Resource"]).ends_with(prefix));
    let condition = &statement(role, "SecretsDecrypted")["Condition"];
    assert!(
        word(&condition["StringLike"]["kms:EncryptionContext:PARAMETER_ARN"]).ends_with(prefix)
    );
    let tables = words(&statement(role, "Tables")["Resource"]);
    assert_eq!(
        tables,
        ["Ref:InquiryTableArn", "${InquiryTableArn}/index/*"]
    );
    let databases = words(&statement(role, "Databases")["Resource"]);
    assert_eq!(databases, ["Ref:ProbeDatabaseUserArn"]);
}

/// Who may read which objects of the override bucket.
const OVERRIDES: [(&str, &[&str]); 5] = [
    ("EventProcessorRole", &["workloads/*", "prices.yaml"]),
    ("MetricsPublisherRole", &["*"]),
    ("SlackForwarderRole", &["routes.yaml"]),
    ("CostReporterRole", &["prices.yaml"]),
    ("AlarmRemediatorRole", &["playbooks.yaml"]),
];

#[test]
fn overrides_are_read_of_the_own_stack_alone_and_only_where_a_bucket_is_named() {
    const BUCKET: &str = "arn:${AWS::Partition}:s3:::${OverrideBucket}";
    for (role, objects) in OVERRIDES {
        let read = words(&statement(role, "Overrides")["Resource"]);
        let allowed = objects
            .iter()
            .map(|object| format!("{BUCKET}/${{AWS::StackName}}/{object}"));
        assert_eq!(read, allowed.collect::<Vec<_>>(), "{role}");
        let absent = statement(role, "OverridesAbsent");
        assert_eq!(word(&absent["Resource"]), BUCKET, "{role}");
        let policies = &resource(templates().translated(), role).properties()["Policies"];
        let conditional = policies[0]["PolicyDocument"]["Statement"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|statement| statement["Fn::If"].as_array())
            .filter(|branches| branches[0] == "HasOverrideBucket")
            .count();
        assert_eq!(conditional, 2, "{role}");
    }
}

#[test]
fn only_lambda_the_scheduler_and_cloudwatch_logs_may_take_a_role() {
    for role in resources(templates().translated(), "AWS::IAM::Role") {
        let statement = &role.properties()["AssumeRolePolicyDocument"]["Statement"][0];
        let service = match role.id {
            "ScheduleRole" | "ProbeScheduleRole" | "CostScheduleRole" | "FollowUpRole"
            | "DrillRole" => "scheduler.amazonaws.com",
            "LogSubscriptionRole" => "logs.amazonaws.com",
            _ => "lambda.amazonaws.com",
        };
        assert_eq!(statement["Principal"]["Service"], service, "{}", role.id);
        assert_eq!(statement["Action"], "sts:AssumeRole", "{}", role.id);
    }
}
