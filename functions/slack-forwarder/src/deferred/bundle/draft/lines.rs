//! The lines of a bundle's alerts, worst first, in the room that a Slack message has.

use jiff::tz::TimeZone;
use picket_shared::{Severity, alarm::State};

use crate::{
    deferred::bundle::HeldMessage,
    draft::{
        Draft,
        limits::{self, PAYLOAD},
        mrkdwn::{Link, Mrkdwn},
    },
};

/// Characters of one section as JSON; Slack takes 3,000 of text ([`limits::SECTION`]), and JSON is longer.
const SECTION: usize = 2_900;
/// Characters of the lines' sections beside their text, and of the field that counts what is not listed.
const MARGIN: usize = 500;
/// Alerts that have a line with time and link each where not all can: those that a reader opens first. The others are
/// named.
const LINKED: usize = 10;
/// The heading of the alarms that were in ALARM and are OK again.
const OVER: &str = "OK again";

/// Characters that the lines may take as JSON, beside everything else of the message.
pub(super) fn room(draft: &Draft) -> usize {
    let rest = limits::fit(draft.clone()).to_json().chars().count();
    PAYLOAD.saturating_sub(rest + MARGIN)
}

/// The sections of lines, and the number of alerts of `last` in them. The names of those that are `over` fill the rest
/// of the room.
pub(super) fn lines(
    last: &[&HeldMessage],
    over: &[&HeldMessage],
    room: usize,
) -> (Vec<Mrkdwn>, usize) {
    let mut page = Page::new(room);
    let fit_all = last
        .iter()
        .all(|held| page.push(&Mrkdwn::new(), line(held)));
    let listed = if fit_all {
        last.len()
    } else {
        page = Page::new(room);
        page.list(last)
    };
    let mut separator = Mrkdwn::new().text(if listed > LINKED && !fit_all {
        "\n"
    } else {
        ""
    });
    let mut heading = Mrkdwn::new().bold(OVER).text(" ");
    for held in over {
        if !page.push(&separator, heading.append(name(held))) {
            break;
        }
        (separator, heading) = (Mrkdwn::new().text(", "), Mrkdwn::new());
    }
    (page.sections, listed)
}

/// Sections that are being filled.
struct Page {
    sections: Vec<Mrkdwn>,
    room: usize,
    /// Characters of the last section.
    here: usize,
}

impl Page {
    fn new(room: usize) -> Self {
        Self {
            sections: vec![Mrkdwn::new()],
            room,
            here: 0,
        }
    }

    /// Adds a line for the first [`LINKED`] and the names of the others, as far as there is room; returns how many.
    fn list(&mut self, last: &[&HeldMessage]) -> usize {
        let mut listed = 0;
        let mut named = None;
        for held in last {
            let kind = (held.state, held.severity);
            let fits = if listed < LINKED {
                self.push(&Mrkdwn::new(), line(held))
            } else if named == Some(kind) {
                self.push(&Mrkdwn::new().text(", "), name(held))
            } else {
                let end = if named.is_some() { "\n" } else { "" };
                self.push(&Mrkdwn::new().text(end), heading(kind).append(name(held)))
            };
            if !fits {
                break;
            }
            named = (listed >= LINKED).then_some(kind);
            listed += 1;
        }
        listed
    }

    /// Adds a text, after a separator where it does not begin a section; whether there was room.
    fn push(&mut self, separator: &Mrkdwn, text: Mrkdwn) -> bool {
        let (gap, width) = (width(separator), width(&text));
        if gap + width > self.room {
            return false;
        }
        if self.here + gap + width > SECTION && self.here > 0 {
            self.sections.push(Mrkdwn::new());
            self.here = 0;
        }
        let section = self.sections.pop().unwrap_or_default();
        let section = if self.here > 0 {
            section.append(separator.clone())
        } else {
            section
        };
        self.sections.push(section.append(text));
        self.here += gap + width;
        self.room -= gap + width;
        true
    }
}

/// Characters as JSON, without the quotes.
fn width(text: &Mrkdwn) -> usize {
    let json = serde_json::to_string(&text.write(usize::MAX));
    json.map_or(usize::MAX / 4, |json| json.chars().count() - 2)
}

/// One alert with its time and its link.
fn line(held: &HeldMessage) -> Mrkdwn {
    let time = held
        .at
        .to_zoned(TimeZone::UTC)
        .strftime("%H:%M:%S ")
        .to_string();
    let open = held
        .link
        .as_deref()
        .and_then(|url| Link::foreign("Open", url));
    let words = Mrkdwn::new().text(time).text(one_line(&held.headline));
    let whole = match open {
        Some(link) => words.text(" ").link(link),
        None => words,
    };
    whole.text("\n")
}

/// The heading that the alerts below it share.
fn heading((state, severity): (Option<State>, Severity)) -> Mrkdwn {
    let state = state.map_or("Other", State::as_str);
    Mrkdwn::new()
        .bold(format!("{state} · {severity}"))
        .text(" ")
}

/// An alarm's name out of its ARN, or what the message says.
fn name(held: &HeldMessage) -> Mrkdwn {
    let name = held.alert.split_once(":alarm:").map(|(_, name)| name);
    Mrkdwn::new().text(one_line(name.unwrap_or(&held.headline)))
}

/// A line is one line, whatever is in it.
fn one_line(text: &str) -> String {
    let letters = text.chars();
    letters
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
