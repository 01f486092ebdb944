//! The lines below the table: what changed and why, what is new or unusual, and what was restated.

use picket_shared::{
    fleet::{Appearance, CostAnalysis, CostAnomaly, Credits, FirstSeen, Mover, Restated, Untagged},
    money::money,
};

use super::{
    WIDTH,
    change::{difference, percent, signed},
};
use crate::{draft::mrkdwn::Mrkdwn, render::table::aligned_within};

/// Lines of a list; the rest is counted.
pub(super) const LINES: usize = 5;
/// Accounts of the table.
const ACCOUNTS: usize = 10;

pub(super) fn changes(analysis: &CostAnalysis) -> Vec<Mrkdwn> {
    let CostAnalysis {
        movers,
        first_seen,
        anomalies,
        restated,
        ..
    } = analysis;
    let lists = [
        list("Changed most", movers.iter().map(mover)),
        list("New in four weeks", first_seen.iter().map(seen)),
        list("Unusual", anomalies.iter().map(anomaly)),
        list("Restated by AWS", restated.iter().map(restatement)),
    ];
    let sentences = [
        analysis.untagged.as_ref().map(untagged),
        analysis.credits.as_ref().map(credits),
    ];
    let sentences = sentences
        .into_iter()
        .flatten()
        .map(|text| Mrkdwn::new().text(text));
    let lists = lists.into_iter().flatten();
    lists.chain(sentences).chain(accounts(analysis)).collect()
}

/// A title and a line for each; `None` of nothing.
fn list(title: &str, lines: impl ExactSizeIterator<Item = String>) -> Option<Mrkdwn> {
    let count = lines.len();
    if count == 0 {
        return None;
    }
    let more = (count > LINES).then(|| format!("{} more", count - LINES));
    let lines: Vec<_> = lines.take(LINES).chain(more).collect();
    let items = format!(":\n• {}", lines.join("\n• "));
    Some(Mrkdwn::new().bold(title).text(items))
}

fn mover(mover: &Mover) -> String {
    let difference = difference(mover.amount, mover.before);
    let causes: Vec<_> = mover
        .causes
        .iter()
        .map(|cause| format!("{} {} {}", cause.by, cause.name, signed(cause.change)))
        .collect();
    let causes = if causes.is_empty() {
        String::new()
    } else {
        format!(": {}", causes.join(", "))
    };
    format!(
        "{} {difference} against {}{causes}",
        mover.service, mover.against
    )
}

fn seen(seen: &FirstSeen) -> String {
    let what = match seen.what {
        Appearance::Service => "",
        Appearance::Account => "Account ",
        Appearance::Region => "Region ",
        Appearance::Other => "Other ",
    };
    format!("{what}{} {}", seen.name, money(seen.amount))
}

fn anomaly(anomaly: &CostAnomaly) -> String {
    let own = anomaly
        .amount
        .zip(anomaly.usual)
        .map(|(amount, usual)| format!(" {}, usually {}", money(amount), money(usual)));
    let aws = anomaly.aws.iter().map(|aws| {
        let cause = aws
            .cause
            .as_ref()
            .map_or_else(String::new, |cause| format!(" ({cause})"));
        format!(" AWS: {} since {}{cause}", signed(aws.impact), aws.start)
    });
    let parts: Vec<_> = own.into_iter().chain(aws).collect();
    format!("{}{}", anomaly.service, parts.join(";"))
}

fn restatement(day: &Restated) -> String {
    let change = day
        .now
        .checked_sub(day.reported)
        .map_or_else(String::new, signed);
    format!(
        "{} was {}, is {} ({change})",
        day.date,
        money(day.reported),
        money(day.now)
    )
}

fn untagged(untagged: &Untagged) -> String {
    let part = percent(untagged.amount, untagged.of);
    let part = part.map_or_else(String::new, |part| {
        format!(" ({})", part.trim_start_matches('+'))
    });
    format!(
        "Without the tag {}: {}{part} of {}",
        untagged.tag,
        money(untagged.amount),
        money(untagged.of)
    )
}

fn credits(credits: &Credits) -> String {
    let until = |until| format!(", until {until} at this rate");
    let parts = [
        Some(format!(
            "Credits paid {} a day in the last week",
            money(credits.per_day)
        )),
        credits.stopped.then(|| ", and nothing any more".to_owned()),
        credits.left.map(|left| format!("; {} left", money(left))),
        credits.last_until.map(until),
    ];
    parts.into_iter().flatten().collect()
}

fn accounts(analysis: &CostAnalysis) -> Option<Mrkdwn> {
    let accounts = &analysis.accounts;
    if accounts.is_empty() {
        return None;
    }
    let mut rows = vec![["Account", "usage", "week before"].map(str::to_owned)];
    rows.extend(accounts.iter().take(ACCOUNTS).map(|account| {
        let change = account
            .week_before
            .and_then(|before| account.amount.checked_sub(before))
            .map_or_else(String::new, signed);
        [account.account.clone(), money(account.amount), change]
    }));
    if let Some(rest) = accounts.get(ACCOUNTS..).filter(|rest| !rest.is_empty()) {
        rows.push([
            format!("{} more", rest.len()),
            super::sum(rest.iter().map(|account| account.amount)),
            String::new(),
        ]);
    }
    Some(Mrkdwn::new().fence(aligned_within(&rows, 2, WIDTH)))
}
