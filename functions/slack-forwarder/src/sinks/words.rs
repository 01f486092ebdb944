//! What an incident adds to a message: how long it lasted, or that it is over.

use jiff::Timestamp;

use super::Notification;
use crate::{
    draft::{Draft, mrkdwn::Mrkdwn, time::utc},
    incident::{FLAPPING, Step, WINDOW},
};

/// The draft with what the incident knows.
pub(super) fn with_times(notification: &Notification<'_>) -> Draft {
    let mut draft = notification.draft.clone();
    let field = match (notification.step, notification.at) {
        // The same moment: when it began is not known.
        (Step::Resolve { opened, .. } | Step::EndEarlier { opened }, Some(at)) if opened < at => {
            Some(("Lasted", lasted(opened, at)))
        }
        (Step::Flap, _) => Some(("Flapping", flapping())),
        (Step::Late { closed }, _) => Some(("Over since", utc(closed))),
        _ => None,
    };
    if let Some((label, value)) = field {
        draft
            .fields
            .insert(0, (label.to_owned(), Mrkdwn::new().text(value)));
    }
    draft
}

/// The text of a reply under a message that shows the rest.
pub(super) fn reply(draft: &Draft) -> Draft {
    Draft {
        headline: draft.headline.clone(),
        reason: draft.reason.clone(),
        ..Draft::default()
    }
}

fn flapping() -> String {
    let minutes = WINDOW.as_secs() / 60;
    format!(
        "{FLAPPING} times within {minutes} min. Nothing more is posted here until it begins again after a quiet time, or stays in ALARM for {minutes} min: look at the alarm."
    )
}

/// `45 s`, `14 min`, `2 h 5 min`.
fn lasted(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().max(0);
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min"),
        (_, 0) => format!("{hours} h"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_the_two_units_that_matter() {
        for (seconds, expected) in [
            (-5, "0 s"),
            (45, "45 s"),
            (60, "1 min"),
            (899, "14 min"),
            (3_600, "1 h"),
            (7_500, "2 h 5 min"),
            (360_000, "100 h"),
        ] {
            let from = Timestamp::UNIX_EPOCH;
            let to = Timestamp::from_second(seconds).unwrap();
            assert_eq!(lasted(from, to), expected);
        }
    }
}
