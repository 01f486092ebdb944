//! The daily cost report: what the day is compared with, a table of its services, what changed, and token cost.

mod ai;
mod budgets;
mod change;
mod changes;
mod summary;

use change::signed;
use picket_shared::{
    fleet::{AgentCost, CostReport, ServiceCost},
    money::{cents, money},
    usage,
};
use rust_decimal::Decimal;

use super::table::{aligned, aligned_within};
use crate::draft::{Draft, mrkdwn::Mrkdwn, number::short_count};

/// Rows of a table; the rest is summed into one line. The dearest fifteen are nearly all of any bill.
const ROWS: usize = 15;
/// Characters of a line of the services' table. A phone wraps a longer line, and the table is none any more; the table
/// of agents has five columns, which do not fit.
const WIDTH: usize = 40;

pub(super) fn draft(report: &CostReport) -> Draft {
    let mut detail: Vec<_> = warnings(&report.caveats).into_iter().collect();
    detail.push(Mrkdwn::new().fence(services(report)));
    detail.extend(absent(report));
    detail.extend(budgets::budgets(&report.analysis));
    detail.extend(changes::changes(&report.analysis));
    detail.extend(tokens(report));
    detail.extend(report.ai.iter().flat_map(|ai| ai::detail(ai)));
    Draft {
        headline: headline(report),
        reason: summary::summary(report),
        detail,
        footnote: footnote(report),
        ..Draft::default()
    }
}

/// A line for each sentence; nothing without one.
fn warnings(sentences: &[String]) -> Option<Mrkdwn> {
    let lines: Vec<String> = sentences
        .iter()
        .map(|sentence| format!("⚠️ {sentence}"))
        .collect();
    (!lines.is_empty()).then(|| Mrkdwn::new().text(lines.join("\n")))
}

/// What the report is about, and what to know before believing it.
fn headline(report: &CostReport) -> String {
    let total = report.total.map_or_else(
        || "unknown".to_owned(),
        |total| format!("{} {}", money(total), report.currency),
    );
    let notes = [
        ("incomplete", report.incomplete().is_some()),
        ("still filling", report.analysis.filling.is_some()),
        ("estimated", report.estimated),
    ];
    let notes: Vec<_> = notes
        .iter()
        .filter(|(_, holds)| *holds)
        .map(|(note, _)| *note)
        .collect();
    let notes = if notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", notes.join(", "))
    };
    let (mark, over) = if report.analysis.is_over_budget() {
        ("🟠", " · over budget")
    } else {
        ("💰", "")
    };
    format!("{mark} Cost of {} · {total}{notes}{over}", report.date)
}

fn services(report: &CostReport) -> String {
    let cells = |name: &str, amount: String, change: String| [name.to_owned(), amount, change];
    let mut rows = vec![cells(
        "Service",
        report.currency.clone(),
        "day before".to_owned(),
    )];
    rows.extend(report.by_service.iter().take(ROWS).map(|service| {
        let change = change(report, service);
        cells(&service.service, cents(service.amount), change)
    }));
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
        (Some(total), Some(previous)) if is_comparable(report) => of(total, previous),
        _ => String::new(),
    };
    rows.push(cells("Total", total, against));
    aligned_within(&rows, 2, WIDTH)
}

/// A service against the day before; "new" where that day did not have it. Nothing where the days cannot be compared.
fn change(report: &CostReport, service: &ServiceCost) -> String {
    if report.previous_total.is_none() || !is_comparable(report) {
        return String::new();
    }
    service
        .previous
        .map_or_else(|| "new".to_owned(), |previous| of(service.amount, previous))
}

fn of(now: Decimal, before: Decimal) -> String {
    now.checked_sub(before).map_or_else(String::new, signed)
}

/// Whether a change since the day before can be stated.
fn is_comparable(report: &CostReport) -> bool {
    report.incomplete().is_none() && report.analysis.filling.is_none()
}

fn absent(report: &CostReport) -> Option<Mrkdwn> {
    if !is_comparable(report) {
        return None;
    }
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
    let tokens = usage::all(&agent.tokens).unwrap_or(u64::MAX);
    let cost = agent.cost_usd.map_or_else(|| "unpriced".to_owned(), cents);
    [
        agent.agent.clone(),
        agent.model.clone(),
        short_count(agent.requests),
        short_count(tokens),
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
        "Stack {}{account} · {} requests to Cost Explorer, ${}",
        report.stack,
        report.requests,
        Decimal::new(i64::from(report.requests), 2)
    ))
}
