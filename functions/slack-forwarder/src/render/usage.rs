//! The usage of a day so far, for the alarm on its cost: by agent, and what changed since the day before.

use picket_shared::{
    money::cents,
    usage::{NamedCost, UsageDigest},
};

use super::table::aligned;
use crate::draft::{Draft, mrkdwn::Mrkdwn, number::short_count, time::utc};

/// The draft of an alarm on cost, with the day's usage.
pub(crate) fn with_usage(mut draft: Draft, usage: &UsageDigest) -> Draft {
    let today = &usage.today;
    let cost = today.cost_usd.map_or_else(|| "unpriced".to_owned(), cents);
    let unpriced = match today.unpriced_requests {
        0 => String::new(),
        count => format!("; {} requests have no price", short_count(count)),
    };
    let head = format!(
        "{} (UTC) so far, at {}: {cost} USD, {} requests{unpriced}\n",
        today.date,
        utc(usage.as_of),
        short_count(today.requests)
    );
    // Before all other details, which may be cut.
    let detail = [
        Some(Mrkdwn::new().text(head).fence(agents(&today.agents))),
        changes(usage),
    ];
    draft.detail.splice(0..0, detail.into_iter().flatten());
    draft
}

fn agents(agents: &[NamedCost]) -> String {
    let mut rows = vec![["Agent", "Req.", "USD"].map(str::to_owned)];
    rows.extend(agents.iter().map(|agent| {
        let cost = agent.cost_usd.map_or_else(|| "unpriced".to_owned(), cents);
        [agent.name.clone(), short_count(agent.requests), cost]
    }));
    aligned(&rows, 2)
}

fn changes(usage: &UsageDigest) -> Option<Mrkdwn> {
    let lines: Vec<String> = usage
        .changes()
        .into_iter()
        .map(|change| format!("• {change}"))
        .collect();
    (!lines.is_empty()).then(|| Mrkdwn::new().text(lines.join("\n")))
}
