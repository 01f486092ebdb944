//! The story: which events happen in which minute. The same in every run but for the times.

use jiff::{SignedDuration, Timestamp};
use picket_aws::stream::OutgoingRecord;
use serde_json::{Value, json};

/// The kind of a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// As it should be.
    Healthy,
    /// Bedrock refuses more and more, and the booking function is throttled.
    Trouble,
    /// As it should be again.
    Recovery,
}

/// The story's minutes, in order: requests to models, and how many of them fail.
///
/// The trouble lasts as long as the alarm on errors needs: more than five in five minutes, twice in a row.
const MINUTES: [(Phase, u32, u32); 18] = [
    (Phase::Healthy, 212, 0),
    (Phase::Healthy, 231, 1),
    (Phase::Healthy, 226, 0),
    (Phase::Healthy, 248, 2),
    (Phase::Healthy, 239, 1),
    (Phase::Healthy, 257, 0),
    (Phase::Trouble, 263, 4),
    (Phase::Trouble, 281, 17),
    (Phase::Trouble, 304, 46),
    (Phase::Trouble, 318, 61),
    (Phase::Trouble, 309, 58),
    (Phase::Trouble, 297, 49),
    (Phase::Trouble, 301, 52),
    (Phase::Recovery, 274, 3),
    (Phase::Recovery, 252, 1),
    (Phase::Recovery, 244, 0),
    (Phase::Recovery, 247, 1),
    (Phase::Recovery, 236, 0),
];

/// Milliseconds by which the requests that are answered wait longer, for each that is refused.
const LATENCY_AN_ERROR: u32 = 22;
/// Sessions of the scheduling agent in a minute, each of a handful of events.
const SESSIONS: u32 = 30;

const AGENTS: [(&str, &str); 4] = [
    ("booking", "us.anthropic.claude-haiku-4-5-20251001-v1:0"),
    ("reminders", "amazon.nova-micro-v1:0"),
    ("triage", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("summaries", "amazon.nova-lite-v1:0"),
];

/// One minute of the story.
#[derive(Debug, Clone)]
pub(super) struct Minute {
    /// The kind of the minute.
    pub(super) phase: Phase,
    /// When it starts.
    pub(super) starts_at: Timestamp,
    /// Requests to models that fail in it.
    pub(super) errors: u32,
    /// Its events, in order.
    pub(super) events: Vec<OutgoingRecord>,
}

impl Minute {
    /// When it is over, and alarms are evaluated.
    pub(super) fn ends_at(&self) -> Timestamp {
        self.starts_at + SignedDuration::from_mins(1)
    }

    /// Throttles of the booking function in it.
    pub(super) fn throttles(&self) -> u32 {
        if self.phase == Phase::Trouble {
            self.errors * 2
        } else {
            0
        }
    }
}

/// The story; its last minute is the last one over at `now`. Its names start with `run`, since an event that comes
/// twice counts once.
pub(super) fn story(now: Timestamp, run: &str) -> Vec<Minute> {
    let this_minute = now.as_second().div_euclid(60);
    let first = this_minute - i64::try_from(MINUTES.len()).unwrap_or(0);
    let starts = (first..).filter_map(|minute| Timestamp::from_second(minute * 60).ok());
    MINUTES
        .into_iter()
        .zip(starts)
        .map(|((phase, requests, errors), starts_at)| Minute {
            phase,
            starts_at,
            errors,
            events: events(starts_at, requests, errors, run),
        })
        .collect()
}

/// The slices of a live minute: traffic every ten seconds.
pub(super) const SLICES: u32 = 6;

/// The events of a slice of a minute as it should be, slice 0 first.
pub(super) fn quiet_slice(starts_at: Timestamp, slice: u32) -> Vec<OutgoingRecord> {
    let (_, requests, errors) = MINUTES[0];
    sliced(starts_at, Load { requests, errors }, "live", Some(slice))
}

fn events(starts_at: Timestamp, requests: u32, errors: u32, run: &str) -> Vec<OutgoingRecord> {
    sliced(starts_at, Load { requests, errors }, run, None)
}

/// The events of a minute, or of a slice of it.
fn sliced(starts_at: Timestamp, load: Load, run: &str, slice: Option<u32>) -> Vec<OutgoingRecord> {
    let name = format!("{run}-{}", starts_at.as_second());
    let is_in =
        |number: u32, count: u32| slice.is_none_or(|slice| number * SLICES / count == slice);
    let requests = (0..load.requests)
        .filter(|number| is_in(*number, load.requests))
        .map(|number| request(starts_at, number, load, &name));
    let sessions = (0..SESSIONS)
        .filter(|number| is_in(*number, SESSIONS))
        .flat_map(|number| session(starts_at, number, &name));
    requests.chain(sessions).collect()
}

fn outgoing(key: String, event: &Value) -> OutgoingRecord {
    OutgoingRecord {
        key,
        data: event.to_string().into_bytes(),
    }
}

/// A share of a minute, in milliseconds: `number` of `count`.
fn moment(starts_at: Timestamp, number: u32, count: u32) -> String {
    let milliseconds = i64::from(number) * 60_000 / i64::from(count.max(1));
    (starts_at + SignedDuration::from_millis(milliseconds)).to_string()
}

/// The traffic of a minute.
#[derive(Debug, Clone, Copy)]
struct Load {
    requests: u32,
    errors: u32,
}

/// A request to a model. Their sizes differ, and are the same in every run.
fn request(starts_at: Timestamp, number: u32, load: Load, name: &str) -> OutgoingRecord {
    let fails = number < load.errors;
    let (agent, model) = AGENTS[number as usize % AGENTS.len()];
    let id = format!("{name}-r{number}");
    let size = number * 7_919 % 997;
    let answered = u32::from(!fails);
    let event = json!({
        "timestamp": moment(starts_at, number, load.requests),
        "request_id": id,
        "agent_id": agent,
        "model_id": model,
        "region": "us-east-1",
        "input_tokens": (420 + 3 * size) * answered,
        "output_tokens": (60 + size / 3) * answered,
        "cache_read_tokens": if agent == "booking" { 1_024 * answered } else { 0 },
        "latency_ms": if fails { 30 } else { 380 + size + LATENCY_AN_ERROR * load.errors },
        "status": if fails { 429 } else { 200 },
        "error_code": if fails { "ThrottlingException" } else { "" },
    });
    outgoing(id, &event)
}

/// A session with the scheduling agent: it starts, a message is sent, a tool is called, an appointment is made.
fn session(starts_at: Timestamp, number: u32, name: &str) -> Vec<OutgoingRecord> {
    let at = moment(starts_at, number, SESSIONS);
    let channel = ["web", "phone", "chat"][number as usize % 3];
    let tool = ["calendar", "directory", "mailer"][number as usize % 3];
    let key = format!("{name}-s{number}");
    let events = [
        json!({"event": "session_started", "channel": channel}),
        json!({"event": "message", "channel": channel}),
        json!({"event": "tool_call", "tool": tool, "latency_ms": 40 + number * 13 % 170}),
        json!({"event": "appointment", "outcome": if number.is_multiple_of(6) { "moved" } else { "booked" }}),
    ];
    let event = |(place, mut event): (usize, Value)| {
        event["timestamp"] = json!(at);
        event["event_id"] = json!(format!("{key}-{place}"));
        outgoing(key.clone(), &event)
    };
    events.into_iter().enumerate().map(event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_minute_is_the_last_one_over() {
        let now: Timestamp = "2026-11-20T06:14:03Z".parse().unwrap();
        let story = story(now, "run");
        assert_eq!(
            story.last().unwrap().ends_at(),
            "2026-11-20T06:14:00Z".parse().unwrap()
        );
        assert_eq!(story[0].starts_at, "2026-11-20T05:56:00Z".parse().unwrap());
    }

    #[test]
    fn every_event_has_a_name_of_its_own_inside_its_minute() {
        let now: Timestamp = "2026-11-20T06:14:03Z".parse().unwrap();
        let mut names = std::collections::HashSet::new();
        for minute in story(now, "run") {
            for event in &minute.events {
                let event: Value = serde_json::from_slice(&event.data).unwrap();
                let at: Timestamp = event["timestamp"].as_str().unwrap().parse().unwrap();
                assert!((minute.starts_at..minute.ends_at()).contains(&at));
                let name = event.get("request_id").or(event.get("event_id")).unwrap();
                assert!(names.insert(name.as_str().unwrap().to_owned()));
            }
        }
    }

    #[test]
    fn the_slices_of_a_live_minute_are_the_whole_of_it_each_in_its_time() {
        let starts_at: Timestamp = "2026-11-20T06:14:00Z".parse().unwrap();
        let mut keys = std::collections::HashSet::new();
        for slice in 0..SLICES {
            let from = starts_at + SignedDuration::from_secs(10 * i64::from(slice));
            for event in quiet_slice(starts_at, slice) {
                let text: Value = serde_json::from_slice(&event.data).unwrap();
                let at: Timestamp = text["timestamp"].as_str().unwrap().parse().unwrap();
                assert!(
                    (from..from + SignedDuration::from_secs(10)).contains(&at),
                    "{at}"
                );
                keys.insert(event.data);
            }
        }
        let (_, requests, errors) = MINUTES[0];
        assert_eq!(
            keys.len(),
            events(starts_at, requests, errors, "live").len()
        );
    }

    #[test]
    fn as_many_requests_fail_as_the_story_says() {
        for minute in story(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1), "run") {
            let failed = |event: &&OutgoingRecord| {
                String::from_utf8_lossy(&event.data).contains("\"status\":429")
            };
            assert_eq!(
                minute.events.iter().filter(failed).count(),
                minute.errors as usize
            );
        }
    }
}
