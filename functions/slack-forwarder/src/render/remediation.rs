//! The remediator's messages: its plans, its changes, what became of them, and its refusals.

use picket_shared::fleet::{Outcome, RemediationMessage};

use crate::draft::{Draft, mrkdwn::Mrkdwn, time::utc};

pub(super) fn draft(message: &RemediationMessage) -> Draft {
    Draft {
        headline: format!("{} · {}", headline(message.outcome), message.alarm_name),
        reason: Mrkdwn::new().text(message.text.trim()),
        fields: fields(message),
        detail: detail(message),
        footnote: Mrkdwn::new().text(format!("Stack {}", message.stack)),
        ..Draft::default()
    }
}

fn fields(message: &RemediationMessage) -> Vec<(String, Mrkdwn)> {
    let code = |label: &str, value: &str| (label.to_owned(), Mrkdwn::new().code(value));
    let named = |label, value: &Option<String>| value.as_ref().map(|value| code(label, value));
    let since = Mrkdwn::new().text(utc(message.state_changed_at));
    [
        Some(code("Alarm", &message.alarm_name)),
        named("Target", &message.target),
        named("Playbook", &message.playbook),
        named("Plan", &message.plan),
        Some(("Alarm since".to_owned(), since)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The requests, each kind in a block of its own, and the commands by which a person decides on a plan.
fn detail(message: &RemediationMessage) -> Vec<Mrkdwn> {
    let block = |label: &str, lines: String| {
        (!lines.is_empty()).then(|| Mrkdwn::new().bold(label).text("\n").fence(lines))
    };
    let label = if is_proposed(message.outcome) {
        "Would be requested"
    } else {
        "Requests"
    };
    let decide = match (message.outcome, &message.plan) {
        (Outcome::AwaitingApproval, Some(plan)) => {
            let command = |decision| {
                let stack = &message.stack;
                format!("picket remediation {decision} {plan} --stack {stack}")
            };
            [command("approve"), command("decline")].join("\n")
        }
        _ => String::new(),
    };
    let revert = match &message.revert {
        Some(revert) if is_in_force(message.outcome) => revert.clone(),
        _ => String::new(),
    };
    [
        block(label, message.requests.join("\n")),
        block("To approve or decline", decide),
        block("To put it back by hand", revert),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether the requests were not made.
const fn is_proposed(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Planned | Outcome::AwaitingApproval | Outcome::Declined | Outcome::Expired
    )
}

/// Whether the change is made, or may be, and is not put back. The text of one that is kept says whether it is Picket's.
const fn is_in_force(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Done | Outcome::Failed | Outcome::Verified | Outcome::Escalated
    )
}

const fn headline(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Planned => "📋 Repair planned, nothing done",
        Outcome::Done => "🔧 Repair done",
        Outcome::Failed => "❌ Repair failed",
        Outcome::Diagnosed => "🔎 Diagnosed, nothing changed",
        Outcome::Refused => "✋ Repair refused",
        Outcome::AwaitingApproval => "⏳ Repair waits for approval",
        Outcome::Declined => "🚫 Repair declined, nothing done",
        Outcome::Expired => "⌛ Repair not approved in time, nothing done",
        Outcome::Verified => "✅ Repair verified",
        Outcome::Escalated => "🚨 Repair needs a person",
        Outcome::Reverted => "↩️ Repair reverted",
        Outcome::Kept => "📌 Repair not reverted",
        Outcome::Other => "🔧 Repair",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str =
        r#"aws lambda put-function-concurrency --cli-input-json '{"FunctionName":"intake"}'"#;

    fn words(outcome: Outcome, plan: Option<&str>, revert: Option<&str>) -> String {
        let message = RemediationMessage {
            stack: "picket-dev".into(),
            alarm_name: "throttles".into(),
            alarm_arn: "arn".into(),
            state_changed_at: "2026-11-20T06:02:12Z".parse().unwrap(),
            playbook: Some("lambda-throttles".into()),
            target: Some("intake".into()),
            outcome,
            text: "a sentence".into(),
            requests: vec![REQUEST.into()],
            plan: plan.map(str::to_owned),
            revert: revert.map(str::to_owned),
            step: None,
        };
        draft(&message).words()
    }

    #[test]
    fn a_plan_that_waits_shows_the_commands_that_decide_on_it_and_no_other_message_does() {
        let commands = "picket remediation approve 1a2b3c4d --stack picket-dev\n\
             picket remediation decline 1a2b3c4d --stack picket-dev";
        for outcome in [
            Outcome::Planned,
            Outcome::Done,
            Outcome::AwaitingApproval,
            Outcome::Declined,
            Outcome::Expired,
        ] {
            let words = words(outcome, Some("1a2b3c4d"), None);
            let waits = outcome == Outcome::AwaitingApproval;
            assert_eq!(words.contains(commands), waits, "{words}");
            assert!(words.contains("Plan: 1a2b3c4d"), "{words}");
        }
        let without = words(Outcome::AwaitingApproval, None, None);
        assert!(!without.contains("approve"), "{without}");
    }

    #[test]
    fn a_request_that_was_not_made_is_not_shown_as_one() {
        for (outcome, label) in [
            (Outcome::Planned, "Would be requested"),
            (Outcome::AwaitingApproval, "Would be requested"),
            (Outcome::Declined, "Would be requested"),
            (Outcome::Expired, "Would be requested"),
            (Outcome::Done, "Requests"),
            (Outcome::Failed, "Requests"),
            (Outcome::Reverted, "Requests"),
        ] {
            let words = words(outcome, None, None);
            assert!(words.contains(&format!("{label}\n{REQUEST}")), "{words}");
        }
    }

    #[test]
    fn only_a_change_that_may_be_in_force_shows_how_it_is_put_back() {
        for (outcome, is_shown) in [
            (Outcome::Done, true),
            (Outcome::Failed, true),
            (Outcome::Verified, true),
            (Outcome::Escalated, true),
            (Outcome::Planned, false),
            (Outcome::AwaitingApproval, false),
            (Outcome::Refused, false),
            (Outcome::Reverted, false),
            (Outcome::Kept, false),
        ] {
            let words = words(outcome, None, Some("aws lambda x"));
            let shown = words.contains("To put it back by hand\naws lambda x");
            assert_eq!(shown, is_shown, "{words}");
        }
    }
}
