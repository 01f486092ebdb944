//! The past of an alarm for people.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::{
    contributors::Contributors,
    counts::{Counts, Shown},
    lasted,
    past::{Known, Past, Row},
};
use crate::{
    style::{BAD, BOLD, FAINT, GOOD, RESET},
    terminal::Value,
};

/// Firings that are listed; `--json` has all.
const MOST_FIRINGS: usize = 20;

impl fmt::Display for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BOLD}{}{RESET}", Value(&self.name))?;
        if let Some(known) = self
            .known
            .as_ref()
            .filter(|known| !known.condition.is_empty())
        {
            write!(f, " {}", Value(&known.condition))?;
        }
        if let Some(error) = &self.error {
            write!(f, "\n  {BAD}not evaluated{RESET}: {}", Value(error))?;
        }
        match &self.known {
            Some(known) => known.write(f),
            None => Ok(()),
        }
    }
}

impl Known {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(from), Some(to)) = (self.from, self.to) else {
            return write!(
                f,
                "\n  {BAD}not evaluated{RESET}: the metrics are shorter than its evaluation range"
            );
        };
        write!(f, "\n  {FAINT}evaluated{RESET} from {from} to {to}")?;
        if let Some(seconds) = self.datapoint_seconds {
            write!(f, ", datapoints of {seconds} s")?;
        }
        for note in &self.notes {
            write!(f, "\n  {FAINT}note{RESET} {}", Value(note))?;
        }
        let style = if self.counts.pages == 0 { GOOD } else { BAD };
        let of = match self.contributors {
            Some(_) => "the alarm itself: ",
            None => "",
        };
        write!(f, "\n  {of}{style}{}{RESET}", self.counts)?;
        for firing in self.firings.iter().take(MOST_FIRINGS) {
            write!(f, "\n    ")?;
            firing.write(f, to)?;
        }
        if self.firings.len() > MOST_FIRINGS {
            write!(f, "\n    and {} more", self.firings.len() - MOST_FIRINGS)?;
        }
        if let Some(contributors) = &self.contributors {
            contributors.write(f, to)?;
        }
        self.write_thresholds(f)
    }

    fn write_thresholds(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(own) = self.threshold.filter(|_| self.thresholds.len() > 1) else {
            return Ok(());
        };
        let what = match self.contributors {
            Some(_) => "  pages and flaps of contributors, and the alarm's time in ALARM",
            None => "",
        };
        write!(
            f,
            "\n  {FAINT}{:>12}  pages  flaps  in ALARM{what}{RESET}",
            "threshold"
        )?;
        for row in &self.thresholds {
            let text = row.threshold.to_string();
            let mark = if row.threshold.total_cmp(&own).is_eq() {
                "*"
            } else {
                " "
            };
            let time = lasted(SignedDuration::from_secs(row.counts.seconds_in_alarm));
            let Counts { pages, flaps, .. } = row.notified();
            write!(f, "\n {mark}{text:>12}  {pages:>5}  {flaps:>5}  {time}")?;
        }
        if let Some(other) = self.quieter(own) {
            let (at, there) = (times(self.notified().pages), times(other.notified().pages));
            write!(
                f,
                "\n  at {own} this would have paged {at}, at {} {there}",
                other.threshold
            )?;
        }
        Ok(())
    }

    /// The counts of what people are notified of.
    fn notified(&self) -> Counts {
        let contributors = self.contributors.as_ref();
        contributors.map_or(self.counts, Contributors::counts)
    }

    /// The threshold nearest to the alarm's own that pages at most half as often.
    fn quieter(&self, own: f64) -> Option<&Row> {
        let distance = |row: &&Row| (row.threshold - own).abs();
        let quieter = self
            .thresholds
            .iter()
            .filter(|row| row.notified().pages * 2 <= self.notified().pages);
        let other = quieter.filter(|_| self.notified().pages > 0);
        other.min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.pages == 1 { "page" } else { "pages" };
        let time = lasted(SignedDuration::from_secs(self.seconds_in_alarm));
        write!(
            f,
            "{} {plural}, {} of them flaps, {time} in ALARM",
            self.pages, self.flaps
        )
    }
}

impl Shown {
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, end: Timestamp) -> fmt::Result {
        let time = lasted(self.until.unwrap_or(end).duration_since(self.from));
        match self.until {
            Some(until) => write!(f, "{} to {until}  {time}", self.from)?,
            None => write!(f, "{} and still in ALARM  {time}", self.from)?,
        }
        for (is, what) in [
            (
                self.already,
                "  in ALARM from the first evaluation on: no page",
            ),
            (self.flap, "  flap"),
            (self.uncertain, "  hangs on what AWS does not publish"),
        ] {
            if is {
                write!(f, "{FAINT}{what}{RESET}")?;
            }
        }
        Ok(())
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}
