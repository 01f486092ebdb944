//! Log groups that come into the stream by subscription.

use serde_json::json;

use crate::load::{resource, resources, root, templates, text, word, words};

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
        let group = word(&properties["LogGroupName"]);
        let parameter = group.strip_prefix("Ref:").expect("a parameter");
        assert!(!template["Parameters"][parameter].is_null(), "{folder}");
        let condition = &template["Conditions"][filter.condition().expect("a condition")];
        let is_named = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]});
        assert_eq!(*condition, is_named, "{folder}");
        // Everything, or the events that the workload's rules read.
        let pattern = word(&properties["FilterPattern"]);
        let selects = text(&format!("workloads/{folder}/metrics.yaml"));
        let start = pattern.trim_end_matches(r#"*" }"#);
        assert!(selects.contains(start), "{folder}: {pattern}");
        assert_eq!(properties["Distribution"], "Random", "{folder}");
        assert_eq!(word(&properties["DestinationArn"]), "Ref:EventStreamArn");
        assert_eq!(word(&properties["RoleArn"]), "Ref:LogSubscriptionRoleArn");
    }
}

#[test]
fn our_own_log_groups_are_not_subscribed() {
    // They are all in the root's template, and no filter is.
    assert!(resources(templates().translated(), FILTER).is_empty());
    for (folder, template) in templates().workloads() {
        assert!(
            resources(template, "AWS::Logs::LogGroup").is_empty(),
            "{folder}"
        );
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
