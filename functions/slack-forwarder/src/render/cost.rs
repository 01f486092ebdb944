//! The daily cost report: a table with totals, the day before beside it, and token cost by agent and model.

use picket_shared::{
    fleet::{AgentCost, CostReport, ServiceCost},
    money::{cents, money},
};
use rust_decimal::Decimal;

use super::table::aligned;
use crate::draft::{Draft, mrkdwn::Mrkdwn, number::short_count};

/// Rows of a table; the rest is summed into one line. The dearest fifteen are nearly all of any bill.
const ROWS: usize = 15;

pub(super) fn draft(report: &CostReport) -> Draft {
    let mut detail = Vec::new();
    if !report.caveats.is_empty() {
        let lines: Vec<String> = report
            .caveats
            .iter()
            .map(|caveat| format!("⚠️ {caveat}"))
            .collect();
        detail.push(Mrkdwn::new().text(lines.join("\n")));
    }
    detail.push(Mrkdwn::new().fence(services(report)));
    detail.extend(absent(report));
    detail.extend(tokens(report));
    Draft {
        headline: headline(report),
        reason: summary(report),
        detail,
        footnote: footnote(report),
        ..Draft::default()
    }
}

fn headline(report: &CostReport) -> String {
    let total = report.total.map_or_else(
        || "unknown".to_owned(),
        |total| format!("{} {}", money(total), report.currency),
    );
    let estimated = if report.estimated { " (estimated)" } else { "" };
    format!("💰 Cost of {} · {total}{estimated}", report.date)
}

fn summary(report: &CostReport) -> Mrkdwn {
    let total = match (report.total, report.previous_total) {
        (Some(total), Some(previous)) => {
            format!("{} on the day before", difference(total, previous))
        }
        (Some(_), None) => "The day before is unknown".to_owned(),
        (None, _) => "Cost Explorer's total is unknown".to_owned(),
    };
    let tokens = report.token_cost_usd.map_or_else(
        || "token cost is unknown".to_owned(),
        |cost| format!("tokens {} USD", money(cost)),
    );
    Mrkdwn::new().bold(total).text(format!("; {tokens}."))
}

fn services(report: &CostReport) -> String {
    let cells = |name: &str, amount: String, change: String| [name.to_owned(), amount, change];
    let mut rows = vec![cells(
        "Service",
        report.currency.clone(),
        "day before".to_owned(),
    )];
    rows.extend(
        report
            .by_service
            .iter()
            .take(ROWS)
            .map(|service| cells(&service.service, cents(service.amount), change(service))),
    );
    if let Some(rest) = report
        .by_service
        .get(ROWS..)
        .filter(|rest| !rest.is_empty())
    {
        let amount = sum(rest.iter().map(|service| service.amount));
        rows.push(cells(
            &format!("{} more", rest.len()),
            amount,
            String::new(),
        ));
    }
    let total = report.total.map_or_else(|| "unknown".to_owned(), money);
    let against = match (report.total, report.previous_total) {
        (Some(total), Some(previous)) => difference(total, previous),
        _ => String::new(),
    };
    rows.push(cells("Total", total, against));
    aligned(&rows, 2)
}

fn change(service: &ServiceCost) -> String {
    service.previous.map_or_else(
        || "new".to_owned(),
        |previous| difference(service.amount, previous),
    )
}

/// `+1.20 (+12 %)`; no percentage of nothing.
fn difference(now: Decimal, before: Decimal) -> String {
    let Some(change) = now.checked_sub(before) else {
        return String::new();
    };
    let sign = if change.is_sign_negative() && !change.is_zero() {
        ""
    } else {
        "+"
    };
    let percent = change
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|hundredfold| hundredfold.checked_div(before));
    match percent {
        Some(percent) if before > Decimal::ZERO => {
            format!("{} ({sign}{} %)", signed(change), percent.round())
        }
        _ => signed(change),
    }
}

/// With its sign; a change of less than a cent is none that anybody looks for.
fn signed(change: Decimal) -> String {
    let rounded = change.round_dp(2);
    let sign = if rounded.is_sign_negative() && !rounded.is_zero() {
        ""
    } else {
        "+"
    };
    format!("{sign}{}", money(rounded))
}

fn absent(report: &CostReport) -> Option<Mrkdwn> {
    let gone: Vec<String> = report
        .absent
        .iter()
        .take(ROWS)
        .map(|service| format!("{} ({})", service.service, money(service.previous)))
        .collect();
    (!gone.is_empty()).then(|| Mrkdwn::new().text(format!("Nothing any more: {}", gone.join(", "))))
}

fn tokens(report: &CostReport) -> Option<Mrkdwn> {
    if report.by_agent.is_empty() {
        return None;
    }
    let head = ["Agent", "Model", "Req.", "Tokens", "USD"].map(str::to_owned);
    let mut rows = vec![head];
    rows.extend(report.by_agent.iter().take(ROWS).map(agent_row));
    if let Some(rest) = report.by_agent.get(ROWS..).filter(|rest| !rest.is_empty()) {
        let cost = sum(rest.iter().filter_map(|agent| agent.cost_usd));
        rows.push([
            format!("{} more", rest.len()),
            String::new(),
            String::new(),
            String::new(),
            cost,
        ]);
    }
    let total = report
        .token_cost_usd
        .map_or_else(|| "unknown".to_owned(), money);
    rows.push([
        "Total".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        total,
    ]);
    Some(Mrkdwn::new().fence(aligned(&rows, 3)))
}

fn agent_row(agent: &AgentCost) -> [String; 5] {
    let tokens = &agent.tokens;
    let kinds = [
        tokens.input,
        tokens.output,
        tokens.cache_read,
        tokens.cache_write_5m,
        tokens.cache_write_1h,
    ];
    let all = kinds.into_iter().fold(0_u64, u64::saturating_add);
    let cost = agent.cost_usd.map_or_else(|| "unpriced".to_owned(), cents);
    [
        agent.agent.clone(),
        agent.model.clone(),
        short_count(agent.requests),
        short_count(all),
        cost,
    ]
}

/// A sum for the eye; one beyond 28 digits has no meaning as money.
fn sum(mut amounts: impl Iterator<Item = Decimal>) -> String {
    amounts
        .try_fold(Decimal::ZERO, Decimal::checked_add)
        .map_or_else(|| "unknown".to_owned(), money)
}

fn footnote(report: &CostReport) -> Mrkdwn {
    let account = report
        .account
        .as_ref()
        .map(|account| format!(" · account {account}"))
        .unwrap_or_default();
    Mrkdwn::new().text(format!(
        "Stack {}{account} · {} requests to Cost Explorer",
        report.stack, report.requests
    ))
}
