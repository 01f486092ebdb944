//! Cost Explorer's figure for Amazon Bedrock, beside the ledger's.

use std::cmp::Reverse;

use picket_shared::{
    fleet::{BedrockCost, CostReport, ServiceCost},
    money::dollars,
    usage::Spend,
};
use rust_decimal::Decimal;

use crate::amount;

/// Part of the names of services that are Bedrock: `Amazon Bedrock` has Amazon's models and the service's other
/// charges. Models of third parties are sold through AWS Marketplace, each as a service of its own, such as `Claude
/// Sonnet 4.5 (Amazon Bedrock Edition)`.
const BEDROCK: &str = "Amazon Bedrock";
/// The beginnings of the names of other AI services.
const OTHER_AI: [&str; 2] = ["Amazon SageMaker", "Amazon Q"];
/// The difference below which two figures are the same: Cost Explorer rounds each usage type by itself.
const SAME: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// The services of a report that are AI and not Bedrock, most expensive first.
pub(super) fn other_services(report: &CostReport) -> Vec<ServiceCost> {
    let is_ai = |service: &&ServiceCost| {
        OTHER_AI
            .iter()
            .any(|name| service.service.starts_with(name))
    };
    sorted(report.by_service.iter().filter(is_ai))
}

/// Compares the day's figures; `None` where Cost Explorer could not be read. `ledger` is `None` where not all of the
/// day's usage was read.
pub(super) fn compare(report: &CostReport, ledger: Option<Spend>) -> Option<BedrockCost> {
    report.total?;
    let is_bedrock = |service: &&ServiceCost| service.service.contains(BEDROCK);
    let services = sorted(report.by_service.iter().filter(is_bedrock));
    let cost_explorer = amount::sum(services.iter().map(|service| service.amount))?;
    let ledger_usd = ledger.and_then(|spend| spend.cost_usd());
    let difference = ledger_usd
        .filter(|_| report.currency == "USD")
        .and_then(|ledger| cost_explorer.checked_sub(ledger));
    Some(BedrockCost {
        explanation: explanation(report, ledger, difference),
        services,
        cost_explorer,
        ledger_usd,
        difference,
    })
}

fn sorted<'a>(services: impl Iterator<Item = &'a ServiceCost>) -> Vec<ServiceCost> {
    let mut services: Vec<_> = services.cloned().collect();
    services.sort_by_key(|service| Reverse(service.amount));
    services
}

fn explanation(report: &CostReport, ledger: Option<Spend>, difference: Option<Decimal>) -> String {
    let unpriced = ledger.map_or(0, |spend| spend.unpriced.requests);
    let mut reasons = Vec::new();
    if report.estimated {
        reasons.push("Cost Explorer's day is not final".to_owned());
    }
    if unpriced > 0 {
        reasons.push(format!("{unpriced} requests in the ledger have no price"));
    }
    let Some(difference) = difference else {
        let reason = match ledger {
            _ if report.currency != "USD" => {
                format!("they are in {} and USD", report.currency)
            }
            None => "the ledger's day is not complete".to_owned(),
            Some(_) => "the ledger's usage has no price".to_owned(),
        };
        return format!("The figures are not compared: {reason}.");
    };
    if difference.abs() < SAME {
        return "The figures agree.".to_owned();
    }
    if difference.is_sign_positive() {
        reasons.push(
            "usage that is not on the stream and Bedrock's charges other than tokens are in Cost Explorer alone"
                .to_owned(),
        );
    } else {
        reasons.push(
            "discounts and credits are in Cost Explorer alone, and usage may reach it more than a day late".to_owned(),
        );
    }
    let side = if difference.is_sign_positive() {
        "more"
    } else {
        "less"
    };
    format!(
        "Cost Explorer has {} {side}: {}.",
        dollars(difference.abs()),
        reasons.join("; ")
    )
}

#[cfg(test)]
mod tests;
