//! The expectations of the demo: each waits until its result arrives.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::{Timestamp, tz::TimeZone};
use picket_shared::{
    clock::{Clock, SystemClock},
    fleet::{CostReport, RemediationMessage},
};
use serde_json::json;

use super::throttled;
use crate::{journal::LineEvent, line::Line};

const POLL_EVERY: Duration = Duration::from_millis(200);

/// The heartbeat that a tick sent has gone through stream and chain, and a later tick has published it.
pub(super) async fn heartbeat(line: &Line) -> Result<&'static str> {
    let cloudwatch = line.clients.cloudwatch();
    loop {
        let metrics = cloudwatch
            .list_metrics()
            .namespace("Picket")
            .metric_name("Heartbeat")
            .send()
            .await?;
        if !metrics.metrics().is_empty() {
            return Ok("the synthetic record came the whole way");
        }
        line.tick().await?;
        SystemClock.sleep(POLL_EVERY).await;
    }
}

/// A message that Slack took: all these words in its headline, and this text somewhere in it.
pub(super) async fn slack(
    line: &Line,
    from: usize,
    headline: &[&str],
    body: &str,
) -> Result<String> {
    let found = |event: &LineEvent| match event {
        LineEvent::Slack {
            webhook: place,
            payload,
            answer,
        }
        | LineEvent::Message {
            channel: place,
            payload,
            answer,
            ..
        } if answer == "ok" => {
            let first = payload["text"].as_str()?.lines().next()?;
            let meant = headline.iter().all(|word| first.contains(word))
                && payload.to_string().contains(body);
            meant.then(|| format!("#{place}: {first}"))
        }
        _ => None,
    };
    Ok(line.journal.wait_for(from, found).await)
}

/// The whole life of an incident's message: it was posted, then edited to show its chart, and with the OK it was edited
/// and answered in its thread.
pub(super) async fn incident(line: &Line, from: usize, alarm: &str) -> Result<String> {
    let ts = message(line, from, &["ALARM", alarm], |message| {
        !message.edited && message.thread.is_none()
    })
    .await;
    let of_it = |message: &SlackMessage<'_>| message.edited && message.ts == ts;
    // The ALARM's chart, or the OK's where that was quicker.
    message(line, from, &[alarm], |message| {
        of_it(message) && message.payload.to_string().contains("slack_file")
    })
    .await;
    message(line, from, &["OK", alarm], of_it).await;
    message(line, from, &["OK", alarm], |message| {
        message.thread == Some(ts.as_str())
    })
    .await;
    Ok("posted, shown with its chart, edited by the OK and answered in its thread".to_owned())
}

/// A reply with these words in its headline and this text somewhere in it, in the thread of the alarm's incident.
pub(super) async fn reply(
    line: &Line,
    from: usize,
    alarm: &str,
    words: &str,
    body: &str,
) -> Result<String> {
    let incident = message(line, from, &["ALARM", alarm], |message| {
        !message.edited && message.thread.is_none()
    })
    .await;
    message(line, from, &[words, alarm], |message| {
        message.thread == Some(incident.as_str()) && message.payload.to_string().contains(body)
    })
    .await;
    Ok(format!("{words} · {alarm}, in the thread of its incident"))
}

/// A message in a channel.
struct SlackMessage<'a> {
    ts: &'a str,
    thread: Option<&'a str>,
    edited: bool,
    payload: &'a serde_json::Value,
}

/// Slack's id of the first message with these words in its headline that `wanted` accepts.
async fn message(
    line: &Line,
    from: usize,
    headline: &[&str],
    wanted: impl Fn(&SlackMessage<'_>) -> bool,
) -> String {
    let found = |event: &LineEvent| match event {
        LineEvent::Message {
            ts,
            thread,
            edited,
            payload,
            answer,
            ..
        } if answer == "ok" => {
            let first = payload["text"].as_str()?.lines().next()?;
            let message = SlackMessage {
                ts,
                thread: thread.as_deref(),
                edited: *edited,
                payload,
            };
            let meant = headline.iter().all(|word| first.contains(word)) && wanted(&message);
            meant.then(|| ts.clone())
        }
        _ => None,
    };
    line.journal.wait_for(from, found).await
}

/// PagerDuty's incident of an alarm, from its trigger to its end.
pub(super) async fn paged(line: &Line, from: usize, alarm: &str) -> Result<&'static str> {
    let triggered = |event: &LineEvent| match event {
        LineEvent::Page {
            action,
            key,
            summary: Some(summary),
            ..
        } if action == "trigger" && summary.contains(alarm) => Some(key.clone()),
        _ => None,
    };
    let opened = line.journal.wait_for(from, triggered).await;
    let resolved = |event: &LineEvent| match event {
        LineEvent::Page { action, key, .. } if action == "resolve" && *key == opened => Some(()),
        _ => None,
    };
    line.journal.wait_for(from, resolved).await;
    Ok("triggered and resolved by the same key")
}

/// The page of an alarm, before Slack has shown anything of it.
pub(super) async fn paged_without_slack(
    line: &Line,
    from: usize,
    alarm: &str,
) -> Result<&'static str> {
    let triggered = |event: &LineEvent| match event {
        LineEvent::Page {
            action,
            summary: Some(summary),
            ..
        } if action == "trigger" && summary.contains(alarm) => Some(()),
        _ => None,
    };
    line.journal.wait_for(from, triggered).await;
    nothing_in_slack(line, from, alarm).await?;
    Ok("triggered, with nothing in Slack yet")
}

/// The e-mail of an alarm, before Slack has shown anything of it.
pub(super) async fn mailed_without_slack(line: &Line, from: usize, alarm: &str) -> Result<String> {
    let mailed = |event: &LineEvent| match event {
        LineEvent::Email { subject, .. } if subject.contains(alarm) => Some(subject.clone()),
        _ => None,
    };
    let subject = line.journal.wait_for(from, mailed).await;
    nothing_in_slack(line, from, alarm).await?;
    Ok(subject)
}

/// Slack was posted to, and shows nothing of the alarm.
async fn nothing_in_slack(line: &Line, from: usize, alarm: &str) -> Result<()> {
    let unanswered = |event: &LineEvent| match event {
        LineEvent::Unanswered => Some(()),
        _ => None,
    };
    line.journal.wait_for(from, unanswered).await;
    let (past, _) = line.journal.follow();
    let is_shown = past.iter().skip(from).any(|entry| match &entry.event {
        LineEvent::Slack { payload, .. } | LineEvent::Message { payload, .. } => {
            payload.to_string().contains(alarm)
        }
        _ => false,
    });
    ensure!(!is_shown, "Slack shows {alarm} while it hangs");
    Ok(())
}

/// Waits for the remediator's plan for the throttled function.
pub(super) async fn plan(line: &Line, from: usize) -> Result<String> {
    let planned = |event: &LineEvent| match event {
        LineEvent::Plan { message }
            if message
                .target
                .as_deref()
                .is_some_and(|target| target.contains(throttled::NAME)) =>
        {
            Some(message.clone())
        }
        _ => None,
    };
    let message: Box<RemediationMessage> = line.journal.wait_for(from, planned).await;
    ensure!(
        !message.requests.is_empty(),
        "the remediator would do nothing: {}",
        message.text
    );
    Ok(message.requests.join(", "))
}

/// The report of today: in earnest it is yesterday's, but the story's tokens are today's.
pub(super) async fn report(line: &Line, now: Timestamp) -> Result<String> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let from = line.journal.len();
    let event =
        json!({"picket": {"kind": "daily-report", "version": 1}, "date": today.to_string()});
    line.invoke("CostReporter", &event).await?;
    let reported = |event: &LineEvent| match event {
        LineEvent::Report { report } if report.date == today => Some(report.clone()),
        _ => None,
    };
    let report: Box<CostReport> = line.journal.wait_for(from, reported).await;
    let total = report.total.context("the report has no total")?;
    let tokens = report
        .token_cost_usd
        .context("the report has no token cost")?;
    ensure!(!tokens.is_zero(), "the story's tokens cost nothing");
    let (currency, services) = (&report.currency, report.by_service.len());
    Ok(format!(
        "{total} {currency} on {today}, {services} services; tokens {tokens}"
    ))
}
