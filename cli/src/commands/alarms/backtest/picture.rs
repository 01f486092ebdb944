//! The past of alarms as an SVG: series, threshold or band, and times in ALARM.

mod axis;

use std::fmt::Write;

use jiff::Timestamp;
use picket_alarms::backtest::{Evaluated, Firing};

use self::axis::{Axis, ticks, time_ticks};
use super::past::{Known, Past};

const WIDTH: f64 = 960.0;
/// The height of an alarm's panel.
const PANEL: f64 = 240.0;
/// Space beside the plot of a panel.
const LEFT: f64 = 80.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 30.0;

/// The style of thresholds and bands.
const LIMIT: &str = "stroke=\"#d62728\" stroke-dasharray=\"6 3\"";

/// The picture: a panel for each alarm that was evaluated, all over the same time.
pub(super) fn svg(pasts: &[Past]) -> String {
    let evaluated = pasts
        .iter()
        .filter_map(|past| Some((past, past.known.as_ref()?)));
    let panels: Vec<(&Past, &Known)> = evaluated
        .filter(|(_, known)| known.from.is_some())
        .collect();
    let from = panels.iter().filter_map(|(_, known)| known.from).min();
    let to = panels.iter().filter_map(|(_, known)| known.to).max();
    let mut body = String::new();
    let mut top = 0.0;
    for ((past, known), time) in panels.into_iter().zip(std::iter::repeat(from.zip(to))) {
        if let Some(time) = time {
            body += &panel(past, known, time, top);
            top += PANEL;
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {top}\" width=\"{WIDTH}\" height=\"{top}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"{WIDTH}\" height=\"{top}\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

/// The plot of a panel.
struct Plot {
    x: Axis,
    /// `None` of an alarm without values.
    y: Option<Axis>,
}

fn panel(past: &Past, known: &Known, (from, to): (Timestamp, Timestamp), top: f64) -> String {
    let evaluations = &known.backtest.evaluations;
    let plot = Plot {
        x: Axis::new(seconds(from), seconds(to), LEFT, WIDTH - RIGHT),
        y: vertical(evaluations, top),
    };
    let mut out = String::new();
    let title = format!("{} {}", past.name, known.condition);
    text(&mut out, LEFT, top + 16.0, "start", "#111", &title);
    text(
        &mut out,
        LEFT,
        top + 31.0,
        "start",
        "#666",
        &known.counts.to_string(),
    );
    for firing in &known.backtest.firings {
        shade(&mut out, &plot, firing, known.to.unwrap_or(to), top);
    }
    for (at, label) in time_ticks(from.as_second(), to.as_second()) {
        text(
            &mut out,
            plot.x.place(at),
            top + PANEL - 12.0,
            "middle",
            "#444",
            &label,
        );
    }
    let Some(y) = &plot.y else {
        return out;
    };
    horizontal_lines(&mut out, y);
    let mut draw = |value: &dyn Fn(&Evaluated) -> Option<f64>, style: &str| {
        line(&mut out, &plot.x, y, evaluations, value, style);
    };
    draw(&|one| one.value, "stroke=\"#1f77b4\"");
    draw(&|one| one.bounds.map(|bounds| bounds.upper), LIMIT);
    let is_band = |one: &Evaluated| one.bounds.is_some_and(|bounds| bounds.lower < bounds.upper);
    if evaluations.iter().any(is_band) {
        draw(&|one| one.bounds.map(|bounds| bounds.lower), LIMIT);
    }
    out
}

/// The axis of the values and limits.
fn vertical(evaluations: &[Evaluated], top: f64) -> Option<Axis> {
    let limits = evaluations.iter().filter_map(|one| one.bounds);
    let limits = limits.flat_map(|bounds| [bounds.lower, bounds.upper]);
    let all: Vec<f64> = evaluations
        .iter()
        .filter_map(|one| one.value)
        .chain(limits)
        .collect();
    let least = all.iter().copied().fold(0.0, f64::min);
    let most = all.iter().copied().reduce(f64::max)?.max(least);
    let room = if most > least {
        (most - least) * 0.05
    } else {
        1.0
    };
    Some(Axis::new(
        least,
        most + room,
        top + PANEL - BOTTOM,
        top + TOP,
    ))
}

/// A time in ALARM; at least a pixel wide, so that a short one is seen.
fn shade(out: &mut String, plot: &Plot, firing: &Firing, end: Timestamp, top: f64) {
    let from = plot.x.place(seconds(firing.from));
    let until = plot.x.place(seconds(firing.until.unwrap_or(end)));
    let width = (until - from).max(1.0);
    let opacity = if firing.flap { "0.12" } else { "0.25" };
    let height = PANEL - TOP - BOTTOM;
    let _ = writeln!(
        out,
        "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#d62728\" \
         fill-opacity=\"{opacity}\"/>",
        top + TOP
    );
}

fn horizontal_lines(out: &mut String, axis: &Axis) {
    for value in ticks(axis.first, axis.last) {
        let y = axis.place(value);
        let _ = writeln!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#ddd\"/>",
            WIDTH - RIGHT
        );
        text(out, LEFT - 6.0, y + 4.0, "end", "#444", &value.to_string());
    }
}

/// A line with gaps where there is no value. Of the points of a pixel the lowest and the highest are drawn.
fn line(
    out: &mut String,
    horizontal: &Axis,
    vertical: &Axis,
    evaluations: &[Evaluated],
    value: &dyn Fn(&Evaluated) -> Option<f64>,
    style: &str,
) {
    let mut path = String::new();
    let mut pen_down = false;
    let mut column: Option<(i64, f64, f64)> = None;
    let mut draw = |(x, low, high): (i64, f64, f64), pen_down: &mut bool| {
        let command = if *pen_down { 'L' } else { 'M' };
        *pen_down = true;
        let _ = write!(path, "{command}{x} {low:.1}");
        // A point alone would not be seen.
        let high = if (low - high).abs() < 0.1 {
            high - 0.5
        } else {
            high
        };
        let _ = write!(path, "L{x} {high:.1}");
    };
    for one in evaluations {
        let Some(value) = value(one) else {
            if let Some(done) = column.take() {
                draw(done, &mut pen_down);
            }
            pen_down = false;
            continue;
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a place within the picture"
        )]
        let x = horizontal.place(seconds(one.at)).round() as i64;
        let y = vertical.place(value);
        column = match column.take() {
            Some((same, low, high)) if same == x => Some((x, low.max(y), high.min(y))),
            Some(done) => {
                draw(done, &mut pen_down);
                Some((x, y, y))
            }
            None => Some((x, y, y)),
        };
    }
    if let Some(done) = column {
        draw(done, &mut pen_down);
    }
    let _ = writeln!(out, "<path d=\"{path}\" fill=\"none\" {style}/>");
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, colour: &str, content: &str) {
    let content = escaped(content);
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{content}</text>"
    );
}

/// A text in XML, without the characters that XML does not have.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control()) {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of our time are far below 2^52"
)]
fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}
