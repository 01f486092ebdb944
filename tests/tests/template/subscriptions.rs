//! Log groups that come into the stream by subscription.

use picket_rules::filter::Pattern;
use serde_json::{Value, json};

use crate::load::{Resource, resource, resources, root, templates, text, word, words};

const FILTER: &str = "AWS::Logs::SubscriptionFilter";

/// Log groups of which a workload takes some lines: the pattern's terms, each of which a rule of the workload has too.
const NARROWED: [(&str, &[&str]); 2] = [
    // A pipeline's log has more than events.
    ("inquiry-pipeline", &[r#"$.event = "inquiry."#]),
    // A trail has every call of the account.
    (
        "user-journey",
        &[
            r#"$.eventName = "ConsoleLogin""#,
            r#"$.errorMessage = "Failed authentication""#,
            r#"$.errorCode = "*UnauthorizedOperation""#,
            r#"$.errorCode = "AccessDenied*""#,
        ],
    ),
];

#[test]
fn a_workload_subscribes_at_most_the_log_group_that_a_parameter_names() {
    for (folder, template) in templates().workloads() {
        // A workload that is only probed sends nothing.
        if !root()
            .join("workloads")
            .join(folder)
            .join("metrics.yaml")
            .exists()
        {
            assert!(resources(template, FILTER).is_empty(), "{folder}");
            continue;
        }
        let filters = resources(template, FILTER);
        // Those of an archive lead elsewhere.
        let to_stream = |filter: &&Resource<'_>| {
            word(&filter.properties()["DestinationArn"]) == "Ref:EventStreamArn"
        };
        let filters: Vec<_> = filters.iter().filter(to_stream).collect();
        // A workload whose application puts its events on the stream subscribes none.
        let Some((filter, others)) = filters.split_first() else {
            continue;
        };
        assert!(others.is_empty(), "{folder}: {}", filters.len());
        let properties = filter.properties();
        let (group, name) = named_or_created(template, filter);
        let parameter = group.strip_prefix("Ref:").expect("a parameter");
        assert!(!template["Parameters"][parameter].is_null(), "{folder}");
        let condition = &template["Conditions"][name];
        let is_named = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]});
        assert_eq!(*condition, is_named, "{folder}");
        let pattern = properties["FilterPattern"].as_str().expect("a text");
        match NARROWED.iter().find(|(name, _)| name == folder) {
            None => assert_eq!(pattern, "", "{folder}"),
            Some((_, terms)) => {
                let rules = text(&format!("workloads/{folder}/metrics.yaml"));
                assert!(pattern.parse::<Pattern>().is_ok(), "{folder}: {pattern}");
                let conditions = pattern.matches("$.").count();
                assert_eq!(conditions, terms.len(), "{folder}: {pattern}");
                for term in *terms {
                    assert!(pattern.contains(term), "{folder}: {term}");
                    assert!(rules.contains(term), "no rule of {folder} has {term}");
                }
            }
        }
        assert_eq!(properties["Distribution"], "Random", "{folder}");
        assert_eq!(word(&properties["RoleArn"]), "Ref:LogSubscriptionRoleArn");
    }
}

/// The group that a filter names by a parameter, with the condition of it. Without one, the filter may be of a group
/// that the template creates for the application.
fn named_or_created<'t>(template: &'t Value, filter: &Resource<'t>) -> (String, &'t str) {
    let group = &filter.properties()["LogGroupName"];
    let condition = filter.condition().expect("a condition");
    let Some([named, group, created]) = group["Fn::If"].as_array().map(Vec::as_slice) else {
        return (word(group), condition);
    };
    let created = resource(template, created["Ref"].as_str().expect("a log group"));
    let created = created.condition().expect("a condition");
    let either = json!({"Fn::Or": [{"Condition": named}, {"Condition": created}]});
    assert_eq!(template["Conditions"][condition], either);
    (word(group), named.as_str().expect("a condition"))
}

#[test]
fn our_own_log_groups_are_not_subscribed() {
    // They are all in the root's template, and no filter is. Those of a workload are an application's, of a prefix that
    // a parameter gives.
    assert!(resources(templates().translated(), FILTER).is_empty());
    for (folder, template) in templates().workloads() {
        for group in resources(template, "AWS::Logs::LogGroup") {
            let name = word(&group.properties()["LogGroupName"]);
            let is_of_prefix = name.starts_with("${LogGroupPrefix}/");
            assert!(is_of_prefix, "{folder} {}: {name}", group.id);
        }
    }
}

#[test]
fn cloudwatch_logs_may_put_for_this_accounts_groups_alone() {
    let role = resource(templates().translated(), "LogSubscriptionRole");
    assert_eq!(role.condition(), Some("SubscribesToLogs"));
    let trust = &role.properties()["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(
        trust[0]["Principal"],
        json!({"Service": "logs.amazonaws.com"})
    );
    let condition = &trust[0]["Condition"];
    assert_eq!(
        word(&condition["StringEquals"]["aws:SourceAccount"]),
        "Ref:AWS::AccountId"
    );
    assert_eq!(
        word(&condition["ArnLike"]["aws:SourceArn"]),
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*"
    );
    let statements = &role.properties()["Policies"][0]["PolicyDocument"]["Statement"];
    assert_eq!(statements.as_array().map(Vec::len), Some(1));
    assert_eq!(words(&statements[0]["Action"]), ["kinesis:PutRecord"]);
    assert_eq!(word(&statements[0]["Resource"]), "GetAtt:EventStream.Arn");
}

/// What a log group's lines go to the archive with: each role may do one thing, for this account alone.
#[test]
fn the_log_archive_writes_to_its_bucket_and_reads_no_other_stream() {
    let template = &templates().workloads()["web-api"];
    let to_archive: Vec<_> = resources(template, FILTER)
        .into_iter()
        .filter(|filter| {
            word(&filter.properties()["DestinationArn"]) == "GetAtt:LogArchiveStream.Arn"
        })
        .collect();
    assert_eq!(to_archive.len(), 3);
    for filter in to_archive {
        let properties = filter.properties();
        assert_eq!(
            word(&properties["RoleArn"]),
            "GetAtt:LogArchiveSubscriptionRole.Arn"
        );
        assert_eq!(properties["FilterPattern"], "", "{}", filter.id);
    }
    for (role, service, actions) in [
        (
            "LogArchiveSubscriptionRole",
            "logs.amazonaws.com",
            &["firehose:PutRecord"][..],
        ),
        (
            "LogArchiveRole",
            "firehose.amazonaws.com",
            &[
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:PutObject",
                "s3:GetBucketLocation",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
            ],
        ),
    ] {
        let properties = resource(template, role).properties();
        let trust = &properties["AssumeRolePolicyDocument"]["Statement"][0];
        assert_eq!(trust["Principal"]["Service"], service);
        let of_account = trust["Condition"].to_string();
        assert!(of_account.contains("AWS::AccountId"), "{role}");
        let statements = &properties["Policies"][0]["PolicyDocument"]["Statement"];
        let statements = statements.as_array().expect("a list");
        let allowed: Vec<String> = statements
            .iter()
            .flat_map(|statement| words(&statement["Action"]))
            .collect();
        assert_eq!(allowed, actions, "{role}");
        let own =
            |statement: &serde_json::Value| word(&statement["Resource"]).contains("LogArchive");
        assert!(statements.iter().all(own), "{role}");
    }
}

#[test]
fn the_log_archive_is_private_moves_to_glacier_and_is_deleted_last() {
    let bucket = resource(&templates().workloads()["web-api"], "LogArchiveBucket");
    assert_eq!(bucket.body["DeletionPolicy"], "RetainExceptOnCreate");
    assert_eq!(bucket.body["UpdateReplacePolicy"], "Retain");
    let properties = bucket.properties();
    let access = properties["PublicAccessBlockConfiguration"].as_object();
    assert!(access.is_some_and(|all| all.len() == 4 && all.values().all(|one| one == true)));
    let rule = &properties["LifecycleConfiguration"]["Rules"][0];
    assert_eq!(rule["Transitions"][0]["StorageClass"], "GLACIER");
    let days = |value: &serde_json::Value| {
        let name = word(value);
        let name = name.strip_prefix("Ref:").expect("a parameter").to_owned();
        templates().workloads()["web-api"]["Parameters"][name]["Default"].as_u64()
    };
    let (moved, deleted) = (
        days(&rule["Transitions"][0]["TransitionInDays"]),
        days(&rule["ExpirationInDays"]),
    );
    assert!(moved < deleted, "{moved:?} {deleted:?}");
}
