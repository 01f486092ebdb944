use serde_json::{Value, json};

use super::*;

fn of(finding: &Value) -> Notice {
    bare(Node::new(finding))
}

#[test]
fn a_finding_of_either_format_has_its_severity() {
    for (finding, expected) in [
        (json!({"Severity": {"Label": "HIGH"}}), "HIGH"),
        (json!({"Severity": {"Normalized": 90}}), "CRITICAL"),
        (
            json!({"severity": "Critical", "severity_id": 5}),
            "CRITICAL",
        ),
        (json!({"severity": "Fatal"}), "FATAL"),
        (json!({"severity_id": 6}), "FATAL"),
        (json!({"severity_id": 4}), "HIGH"),
        (json!({"severity_id": 1}), "INFORMATIONAL"),
        (json!({"severity_id": 0}), "INFORMATIONAL"),
        (json!({"severity_id": 99}), "INFORMATIONAL"),
        (json!({"severity_id": "4"}), "INFORMATIONAL"),
        (json!({}), "INFORMATIONAL"),
    ] {
        assert_eq!(of(&finding).state, expected, "{finding}");
    }
    let is_bad = |severity: &str| of(&json!({"severity": severity})).status == Status::Bad;
    assert!(is_bad("Fatal") && is_bad("Critical") && !is_bad("Low"));
}

#[test]
fn a_finding_that_ended_is_good_in_either_format() {
    for (finding, ended) in [
        (json!({"RecordState": "ARCHIVED"}), true),
        (json!({"Workflow": {"Status": "RESOLVED"}}), true),
        (json!({"Workflow": {"Status": "SUPPRESSED"}}), false),
        (json!({"Compliance": {"Status": "PASSED"}}), true),
        (json!({"Compliance": {"Status": "FAILED"}}), false),
        (json!({"status": "Resolved"}), true),
        (json!({"status": "New"}), false),
        (json!({"status": "Suppressed"}), false),
        (json!({"compliance": {"status": "Pass"}}), true),
        (json!({"compliance": {"status": "Fail"}}), false),
        (json!({"activity_name": "Close"}), true),
        (json!({"activity_name": "Update"}), false),
    ] {
        assert_eq!(of(&finding).status == Status::Good, ended, "{finding}");
    }
}

#[test]
fn the_product_is_named_wherever_it_stands() {
    let title = |mut finding: Value| {
        finding["Title"] = json!("t");
        of(&finding).subject
    };
    for (finding, expected) in [
        (json!({"ProductName": "Inspector"}), "Inspector: t"),
        (
            json!({"ProductFields": {"aws/securityhub/ProductName": "Macie"}}),
            "Macie: t",
        ),
        (
            json!({"metadata": {"product": {"name": "GuardDuty", "vendor_name": "AWS"}}}),
            "GuardDuty: t",
        ),
        (
            json!({"metadata": {"product": {"vendor_name": "Example"}}}),
            "Example: t",
        ),
        (
            json!({"metadata": {"product": {"name": ""}}}),
            "Security Hub: t",
        ),
        (json!({}), "Security Hub: t"),
    ] {
        assert_eq!(title(finding.clone()), expected, "{finding}");
    }
}

#[test]
fn links_lead_to_the_finding_the_console_and_the_remedy() {
    let links = |finding: Value| -> Vec<String> {
        let notice = of(&finding);
        let links = notice.links.iter();
        links
            .map(|link| format!("{} {}", link.label(), link.url()))
            .collect()
    };
    let cloud = json!({"region": "eu-west-1", "account": {"uid": "111122223333"}});
    let console = "Open in Security Hub https://eu-west-1.console.aws.amazon.com/securityhub/v2/home?region=eu-west-1";
    assert_eq!(links(json!({"cloud": cloud})), [console]);
    let all = json!({"cloud": cloud, "finding_info": {"src_url": "https://scanner.example/f"},
        "remediation": {"references": ["https://docs.aws.amazon.com/x", "https://example.com/y"]}});
    assert_eq!(
        links(all),
        [
            "Open the finding · scanner.example https://scanner.example/f",
            console,
            "Remediation https://docs.aws.amazon.com/x"
        ]
    );
    let china = json!({"cloud": {"region": "cn-north-1"}});
    assert_eq!(
        links(china),
        ["Open in Security Hub https://console.amazonaws.cn/securityhub/v2/home?region=cn-north-1"]
    );
    assert!(links(json!({"finding_info": {"src_url": "javascript:alert(1)"}})).is_empty());
}
