//! The daily digest: info messages that no route took, counted, with the noisiest alarms.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use picket_shared::{Severity, alarm::State};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    decode::Decoded,
    delivery_log::{Event, bounded},
    draft::{Draft, limits::FIELDS, mrkdwn::Mrkdwn, words::shortened},
    message::{Body, Message},
};

/// Lines that name the most frequent messages; the log has all of them.
const NOISIEST: usize = 10;
/// The maximum length of a headline that is kept, in characters.
const HEADLINE: usize = 120;

/// The digest's entry of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its kind, as routes name it.
    pub kind: String,
    /// The alarm's name, or else the headline: what is counted together.
    pub what: String,
    /// The silence that held it back, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<String>,
}

/// Where a note is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteKey {
    /// The day, UTC, on which it came.
    pub date: Date,
    /// The id that its copies share.
    pub message: String,
}

/// Whether a message is the schedule's demand for the digest: `{"picket": {"kind": "digest", …}}`, and by no topic.
pub fn is_asked(message: &Message) -> bool {
    let Body::Json(value) = &message.body else {
        return false;
    };
    message.topic.is_none()
        && value.pointer("/picket/kind").and_then(Value::as_str) == Some("digest")
}

/// Whether a message that no route took waits for the digest.
pub fn takes(severity: Severity) -> bool {
    severity == Severity::Info
}

/// The entry of a message; `None` for an OK, which is no news of its own.
pub fn note(decoded: &Decoded, headline: &str) -> Option<Note> {
    let is_ok = decoded
        .change()
        .is_some_and(|(_, change)| change.state == State::Ok);
    if is_ok {
        return None;
    }
    let alarm = decoded.alarm();
    let what = alarm.map_or(headline, |alarm| alarm.name.as_str());
    Some(Note {
        kind: decoded.kind.as_str().to_owned(),
        what: shortened(what, HEADLINE),
        silence: None,
    })
}

/// Where a message's note is kept.
pub fn key(alert: &str, event: Event, now: Timestamp) -> NoteKey {
    let message = match event.at() {
        Some(at) => format!("{alert} {at}"),
        None => alert.to_owned(),
    };
    NoteKey {
        date: day(now),
        message: bounded(message),
    }
}

/// Returns the day that a digest reports: the last whole one.
pub fn reported_day(now: Timestamp) -> Date {
    day(now).saturating_sub(1.day())
}

fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// The digest of a day; `None` where nothing came.
pub fn draft(date: Date, notes: &[Note]) -> Option<Draft> {
    if notes.is_empty() {
        return None;
    }
    let (silenced, reported): (Vec<&Note>, Vec<&Note>) =
        notes.iter().partition(|note| note.silence.is_some());
    let messages = if reported.len() == 1 {
        "message"
    } else {
        "messages"
    };
    let kinds = counted(reported.iter().map(|note| note.kind.as_str()));
    let by_silence: Vec<String> = silenced.iter().map(|note| silenced_line(note)).collect();
    let lists = [
        (
            "Noisiest",
            counted(reported.iter().map(|note| note.what.as_str())),
        ),
        ("Silenced", counted(by_silence.iter().map(String::as_str))),
    ];
    let silenced = (!silenced.is_empty()).then_some(("silenced", silenced.len()));
    Some(Draft {
        headline: format!("🔵 info · {} {messages} on {date}", reported.len()),
        fields: kinds
            .into_iter()
            .take(FIELDS - 1)
            .chain(silenced)
            .map(|(kind, count)| (kind.to_owned(), Mrkdwn::new().text(count.to_string())))
            .collect(),
        detail: lists
            .iter()
            .filter(|(_, counts)| !counts.is_empty())
            .map(|(label, counts)| list(label, counts))
            .collect(),
        footnote: Mrkdwn::new().text("What no route took. A day is UTC's."),
        ..Draft::default()
    })
}

/// The most frequent entries, with their counts.
fn list(label: &str, counts: &[(&str, usize)]) -> Mrkdwn {
    let more = counts.len().saturating_sub(NOISIEST);
    let mut lines: Vec<String> = counts
        .iter()
        .take(NOISIEST)
        .map(|(what, count)| format!("{count:>5}  {what}"))
        .collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    Mrkdwn::new().bold(label).text("\n").fence(lines.join("\n"))
}

/// `orders-slow (migration)`
fn silenced_line(note: &Note) -> String {
    let silence = note.silence.as_deref().unwrap_or_default();
    format!("{} ({silence})", note.what)
}

/// How often each comes, the most often first, then by name.
fn counted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_insert(0) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::limits::fit;

    fn note(kind: &str, what: &str) -> Note {
        Note {
            kind: kind.to_owned(),
            what: what.to_owned(),
            silence: None,
        }
    }

    #[test]
    fn what_was_silenced_is_counted_apart_with_its_silence() {
        let silenced = |what: &str| Note {
            silence: Some("migration".to_owned()),
            ..note("alarm", what)
        };
        let notes = [note("text", "hello"), silenced("a"), silenced("a")];
        let date: Date = "2026-11-19".parse().unwrap();
        let payload = fit(draft(date, &notes).unwrap()).to_json();
        for part in [
            "🔵 info · 1 message on 2026-11-19",
            r"*silenced*\n2",
            r"    2  a (migration)",
            r"    1  hello",
        ] {
            assert!(payload.contains(part), "{part} in {payload}");
        }
        let alone = fit(draft(date, &notes[1..]).unwrap()).to_json();
        assert!(
            alone.contains("0 messages on") && !alone.contains("Noisiest"),
            "{alone}"
        );
    }

    #[test]
    fn a_digest_counts_kinds_and_names_the_noisiest() {
        let date: Date = "2026-11-19".parse().unwrap();
        assert_eq!(draft(date, &[]), None);
        let notes = [
            note("alarm", "b"),
            note("alarm", "a"),
            note("text", "hello"),
            note("alarm", "a"),
        ];
        let payload = fit(draft(date, &notes).unwrap()).to_json();
        for part in [
            "🔵 info · 4 messages on 2026-11-19",
            r"*alarm*\n3",
            r"*text*\n1",
            r"    2  a\n    1  b\n    1  hello",
        ] {
            assert!(payload.contains(part), "{part} in {payload}");
        }
    }

    #[test]
    fn a_day_of_very_many_is_still_one_message() {
        let notes: Vec<Note> = (0..50_000)
            .map(|index| note(&format!("kind{}", index % 40), &"<x>&".repeat(index % 30)))
            .collect();
        let payload = fit(draft("2026-11-19".parse().unwrap(), &notes).unwrap());
        assert!(payload.to_json().chars().count() <= crate::draft::limits::PAYLOAD);
    }

    #[test]
    fn only_the_schedule_asks_and_the_day_is_the_last_whole_one() {
        let ask = Body::of_text(r#"{"picket":{"kind":"digest","version":1}}"#);
        let mut message = Message::bare(ask);
        assert!(is_asked(&message));
        message.topic = Some("t".to_owned());
        assert!(!is_asked(&message));
        for other in ["digest", "{}", r#"{"picket":{"kind":"tick"}}"#] {
            assert!(!is_asked(&Message::bare(Body::of_text(other))));
        }
        let now = "2026-03-01T00:00:01Z".parse().unwrap();
        assert_eq!(reported_day(now), "2026-02-28".parse::<Date>().unwrap());
    }
}
