//! What the remediator planned, did, or would not do.

use picket_shared::fleet::{Outcome, RemediationMessage};

use crate::draft::{Draft, mrkdwn::Mrkdwn, time::utc};

pub(super) fn draft(message: &RemediationMessage) -> Draft {
    let mut fields = Vec::new();
    let mut field =
        |label: &str, value: &str| fields.push((label.to_owned(), Mrkdwn::new().code(value)));
    field("Alarm", &message.alarm_name);
    if let Some(target) = &message.target {
        field("Target", target);
    }
    if let Some(playbook) = &message.playbook {
        field("Playbook", playbook);
    }
    let since = utc(message.state_changed_at);
    fields.push(("Alarm since".to_owned(), Mrkdwn::new().text(since)));
    let label = if message.outcome == Outcome::Planned {
        "Would be requested"
    } else {
        "Requests"
    };
    let requests = (!message.requests.is_empty()).then(|| {
        Mrkdwn::new()
            .bold(label)
            .text("\n")
            .fence(message.requests.join("\n"))
    });
    Draft {
        headline: headline(message),
        reason: Mrkdwn::new().text(message.text.trim()),
        fields,
        detail: requests.into_iter().collect(),
        footnote: Mrkdwn::new().text(format!("Stack {}", message.stack)),
        ..Draft::default()
    }
}

fn headline(message: &RemediationMessage) -> String {
    let outcome = match message.outcome {
        Outcome::Planned => "📋 Repair planned, nothing done",
        Outcome::Done => "🔧 Repair done",
        Outcome::Failed => "❌ Repair failed",
        Outcome::Diagnosed => "🔎 Diagnosed, nothing to repair",
        Outcome::Refused => "✋ Repair refused",
        Outcome::AwaitingApproval => "⏳ Repair waits for approval",
        Outcome::Declined => "🚫 Repair declined, nothing done",
        Outcome::Expired => "⌛ Repair not approved in time, nothing done",
        Outcome::Verified => "✅ Repair verified",
        Outcome::Escalated => "🚨 Repair did not help",
        Outcome::Reverted => "↩️ Repair reverted",
        Outcome::Kept => "📌 Repair not reverted",
        Outcome::Other => "🔧 Repair",
    };
    format!("{outcome} · {}", message.alarm_name)
}
