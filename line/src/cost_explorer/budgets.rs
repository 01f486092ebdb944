//! The budgets of the generated account: one of its whole cost, and one of a service, which is exceeded.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::month::{SERVICES, amount};

/// The one that a budget is of.
const SERVICE: &str = "Amazon Bedrock";

/// A request of `DescribeBudgets`. The account has one page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Request {
    account_id: String,
    next_token: Option<String>,
    #[serde(default)]
    show_filter_expression: bool,
}

pub(super) fn answer(request: &Request, today: Date) -> Result<Value, String> {
    let is_account = request.account_id.len() == 12;
    if !is_account || request.next_token.is_some() {
        return Err(
            "the stand-in has one page of budgets, of an account of twelve digits".to_owned(),
        );
    }
    let spent = |service: Option<&str>| -> Decimal {
        let days = today.first_of_month().series(jiff::Span::new().days(1));
        days.take_while(|day| *day < today)
            .flat_map(|day| {
                let services = SERVICES
                    .iter()
                    .filter(move |of| service.is_none_or(|name| of.name == name));
                services.filter_map(move |service| amount(service, day))
            })
            .sum()
    };
    let budget = |name: &str, limit: &str, spent: Decimal| {
        let usd = |amount: String| json!({"Amount": amount, "Unit": "USD"});
        json!({
            "BudgetName": name,
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": usd(limit.to_owned()),
            "CalculatedSpend": {"ActualSpend": usd(spent.to_string())},
            "CostTypes": {"IncludeCredit": false, "IncludeRefund": false},
            "HealthStatus": {"Status": "HEALTHY"},
        })
    };
    let mut of_service = budget("bedrock", "1.0", spent(Some(SERVICE)));
    // Like AWS, only where the request wants it.
    if request.show_filter_expression {
        of_service["FilterExpression"] =
            json!({"Dimensions": {"Key": "SERVICE", "Values": [SERVICE]}});
    }
    Ok(json!({"Budgets": [budget("account", "5000.0", spent(None)), of_service]}))
}
