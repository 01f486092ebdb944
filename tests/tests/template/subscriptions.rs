//! Log groups that come into the stream by subscription.

use serde_json::{Value, json};

use crate::load::{Resource, resource, resources, root, templates, word, words};

const FILTER: &str = "AWS::Logs::SubscriptionFilter";

#[test]
fn each_workload_subscribes_the_log_group_that_a_parameter_names_and_no_other() {
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
        let [filter] = filters.as_slice() else {
            panic!("{folder} has {} filters", filters.len())
        };
        let properties = filter.properties();
        let (group, name) = named_or_created(template, filter);
        let parameter = group.strip_prefix("Ref:").expect("a parameter");
        assert!(!template["Parameters"][parameter].is_null(), "{folder}");
        let condition = &template["Conditions"][name];
        let is_named = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]});
        assert_eq!(*condition, is_named, "{folder}");
        assert_eq!(properties["FilterPattern"], "", "{folder}");
        assert_eq!(properties["Distribution"], "Random", "{folder}");
        assert_eq!(word(&properties["DestinationArn"]), "Ref:EventStreamArn");
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
