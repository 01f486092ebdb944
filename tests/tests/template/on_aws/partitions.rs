//! The partitions of the US government and of China.

use serde_json::json;

use crate::load::{resource, resources, templates, text};

/// Cost Explorer does not exist in the partition of the US government.
#[test]
fn the_cost_reporter_exists_where_cost_explorer_does() {
    let source = templates().source();
    let stack = resource(source, "CostReporterStack");
    assert_eq!(stack.condition(), Some("ReportsCost"));
    // One stack of an account is enough: the parameter turns off the others.
    let expected = json!({"Fn::And": [
        {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-us-gov"]}]},
        {"Fn::Equals": [{"Ref": "CostReport"}, "true"]},
    ]});
    assert_eq!(source["Conditions"]["ReportsCost"], expected);
    // Its alarms exist with it.
    let picket = &templates().workloads()["picket"];
    for alarm in resources(picket, "AWS::CloudWatch::Alarm") {
        if alarm.id.starts_with("CostReport") {
            let condition = alarm.condition().unwrap_or_default();
            assert!(condition.starts_with("ReportsCost"), "{}", alarm.id);
        }
    }
    for output in ["CostReporter", "CostReporterRole", "CostReporterLogGroup"] {
        assert_eq!(
            source["Outputs"][output]["Condition"], "ReportsCost",
            "{output}"
        );
    }
}

/// us-east-1 is a Region of the partition `aws` alone.
#[test]
fn the_accounts_stack_is_refused_in_other_partitions_by_its_region() {
    let rule = &templates().account()["Rules"]["OnlyInUsEast1"]["Assertions"][0]["Assert"];
    assert_eq!(
        *rule,
        json!({"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]})
    );
}

#[test]
fn no_arn_of_a_template_names_the_partition_aws() {
    for (name, template) in super::all() {
        let resources = template["Resources"].to_string();
        assert!(!resources.contains("arn:aws:"), "{name}");
    }
}

#[test]
fn the_documents_say_what_is_left_out() {
    let deploy = text("docs/deploy.md");
    assert!(deploy.contains("GovCloud") && deploy.contains("China"));
    assert!(text("README.md").contains("GovCloud"));
}
