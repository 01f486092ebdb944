//! account.yaml.

use crate::load::{resource, resources, templates, words};

#[test]
fn the_accounts_topic_takes_budgets_anomalies_and_alarms_and_has_no_key() {
    let template = templates().account();
    assert!(resource(template, "AccountTopic").properties()["KmsMasterKeyId"].is_null());
    let statements =
        &resource(template, "AccountTopicPolicy").properties()["PolicyDocument"]["Statement"];
    assert_eq!(
        words(&statements[1]["Principal"]["Service"]),
        [
            "budgets.amazonaws.com",
            "cloudwatch.amazonaws.com",
            "costalerts.amazonaws.com"
        ]
    );
    assert!(statements[1]["Condition"]["StringEquals"]["aws:SourceAccount"].is_object());
}

#[test]
fn every_rule_of_the_account_has_a_name_and_goes_to_the_topic() {
    let rules = resources(templates().account(), "AWS::Events::Rule");
    assert!(!rules.is_empty());
    for rule in rules {
        let name = rule.properties()["Name"].as_str().unwrap_or_default();
        assert!(name.starts_with("picket-"), "{}", rule.id);
        assert_eq!(
            rule.properties()["Targets"][0]["Arn"]["Ref"],
            "AccountTopic"
        );
    }
}

#[test]
fn credits_never_hide_spend() {
    for id in ["MonthlyBudget", "DailyBudget"] {
        let budget = resource(templates().account(), id).properties();
        let types = &budget["Budget"]["CostTypes"];
        assert_eq!(types["IncludeCredit"], false, "{id}");
        assert_eq!(types["IncludeRefund"], false, "{id}");
    }
}

#[test]
fn a_day_has_a_budget_where_the_parameter_says_so() {
    let budget = resource(templates().account(), "DailyBudget");
    assert_eq!(budget.condition(), Some("HasDailyBudget"));
    assert_eq!(budget.properties()["Budget"]["TimeUnit"], "DAILY");
    let parameter = &templates().account()["Parameters"]["DailyBudgetDollars"];
    assert_eq!(parameter["Default"], 0);
}
