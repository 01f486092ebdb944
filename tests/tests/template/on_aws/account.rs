//! account.yaml, and what prod needs.

use std::process::Command;

use serde_json::json;

use super::statement;
use crate::load::{resource, root, templates, text, word, words};

/// Whether a text matches a pattern as a whole. CloudFormation's patterns are Java's; these are the same in Python.
fn matches(pattern: &str, text: &str) -> bool {
    let script = "import re, sys; sys.exit(0 if re.fullmatch(sys.argv[1], sys.argv[2]) else 1)";
    let python = root().join(".venv/bin/python");
    let status = Command::new(python)
        .args(["-c", script, pattern, text])
        .status();
    status.expect("the Python of .venv runs").success()
}

/// SNS delivers to Lambda in another Region only if that is enabled by default.
#[test]
fn the_forwarder_is_in_a_region_to_which_sns_delivers_or_there_is_an_address() {
    let template = templates().account();
    let pattern = template["Parameters"]["SlackForwarderArn"]["AllowedPattern"].as_str();
    let arn = |region: &str| {
        format!("arn:aws:lambda:{region}:111122223333:function:picket-dev-SlackForwarder-1A2B")
    };
    let defaults = "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 \
                    ap-south-1 ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2";
    let pattern = pattern.expect("a pattern");
    for region in defaults.split_whitespace() {
        assert!(matches(pattern, &arn(region)), "{region}");
    }
    for region in [
        "ap-northeast-3",
        "eu-south-1",
        "eu-central-2",
        "af-south-1",
        "ap-east-1",
        "me-south-1",
        "ap-southeast-3",
        "il-central-1",
    ] {
        assert!(!matches(pattern, &arn(region)), "{region}");
    }
    assert!(matches(pattern, ""));
    let assertion = template["Rules"]["SubscriberRequired"].to_string();
    assert!(assertion.contains("SlackForwarderArn") && assertion.contains("Email"));
}

#[test]
fn what_the_forwarder_does_not_take_is_kept() {
    let template = templates().account();
    let subscription = resource(template, "ForwarderSubscription").properties();
    let queue = word(&subscription["RedrivePolicy"]["deadLetterTargetArn"]);
    assert_eq!(queue, "GetAtt:FailureQueue.Arn");
    let gives_up = statement(resource(template, "FailureQueuePolicy"), "TopicGivesUp");
    assert_eq!(gives_up["Principal"]["Service"], "sns.amazonaws.com");
    assert_eq!(
        word(&gives_up["Condition"]["ArnEquals"]["aws:SourceArn"]),
        "Ref:AccountTopic"
    );
    let services = words(
        &statement(resource(template, "AccountTopicPolicy"), "Services")["Principal"]["Service"],
    );
    assert!(
        services.contains(&"cloudwatch.amazonaws.com".to_owned()),
        "its alarms publish there"
    );
}

/// A change of its notifications replaces a budget, which cannot be while another has the name.
#[test]
fn the_budget_has_no_fixed_name() {
    let budget = resource(templates().account(), "MonthlyBudget").properties();
    assert!(budget["Budget"]["BudgetName"].is_null());
}

#[test]
fn prod_needs_an_address_and_no_placeholder_is_one() {
    let template = templates().source();
    let rule = &template["Rules"]["FallbackIsReceived"];
    assert_eq!(
        rule["RuleCondition"],
        json!({"Fn::Equals": [{"Ref": "Environment"}, "prod"]})
    );
    let needed = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": "FallbackEmail"}, ""]}]});
    assert_eq!(rule["Assertions"][0]["Assert"], needed);
    let pattern = template["Parameters"]["FallbackEmail"]["AllowedPattern"]
        .as_str()
        .expect("a pattern");
    let config = text("samconfig.toml");
    let (_, placeholder) = config
        .split_once("FallbackEmail=")
        .expect("prod has a placeholder");
    let placeholder = placeholder.split('"').next().expect("a value ends");
    for (address, is_allowed) in [
        (placeholder, false),
        ("team@example.org", false),
        ("", true),
        ("on-call@example.com.au", true),
        ("on-call@picket.dev", true),
    ] {
        assert_eq!(matches(pattern, address), is_allowed, "{address}");
    }
}

/// Without the capability, `sam deploy` stops at the first role.
#[test]
fn a_section_has_the_capability_to_create_roles() {
    let config = text("samconfig.toml");
    for section in ["default", "staging", "prod", "account", "service-events"] {
        let header = format!("[{section}.deploy.parameters]\n");
        let (_, table) = config.split_once(&header).expect("the section is there");
        let table = table.split("\n[").next().unwrap_or_default();
        assert!(table.contains("CAPABILITY_IAM"), "{section}");
    }
}
