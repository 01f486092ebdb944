//! Lines over time, the threshold, and the moment of the change.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    canvas::{Canvas, Colour},
    letters, ticks,
};

/// A series: seconds since 1970 and values, oldest first.
pub(super) type Series = Vec<(i64, f64)>;

/// The area of a chart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Seconds since 1970.
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) threshold: Option<f64>,
    /// When the alarm changed.
    pub(super) change: Option<i64>,
}

// CloudWatch's own colours, on white.
const GROUND: Colour = [255, 255, 255];
const GRID: Colour = [228, 232, 236];
const INK: Colour = [84, 91, 100];
const RED: Colour = [214, 39, 40];
const LINES: [Colour; 4] = [
    [31, 119, 180],
    [255, 127, 14],
    [44, 160, 44],
    [148, 103, 189],
];

/// Pixels around the plot: figures left and below.
const LEFT: i64 = 62;
const RIGHT: i64 = 14;
const TOP: i64 = 14;
const BOTTOM: i64 = 30;
/// Between an axis and its figures.
const GAP: i64 = 8;

/// Where values and times lie in the picture.
struct Scale {
    frame: Frame,
    /// Round values, lowest first: those of the marks.
    ticks: Vec<f64>,
}

impl Scale {
    /// From nothing, or from below where values are, to a round value above the highest of values and threshold.
    fn of(frame: &Frame, series: &[Series]) -> Self {
        let values = series.iter().flatten().map(|(_, value)| *value);
        let all = values.chain(frame.threshold);
        let (lowest, highest) = all.fold((0.0_f64, 0.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        Self {
            frame: *frame,
            ticks: ticks::values(lowest, highest),
        }
    }

    fn bottom(&self) -> i64 {
        i64::from(self.frame.height) - BOTTOM
    }

    fn right(&self) -> i64 {
        i64::from(self.frame.width) - RIGHT
    }

    fn x(&self, at: i64) -> i64 {
        let span = (self.frame.end - self.frame.start).max(1);
        LEFT + (at - self.frame.start) * (self.right() - LEFT) / span
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a share of a few hundred pixels"
    )]
    fn y(&self, value: f64) -> i64 {
        let (lowest, highest) = (self.ticks[0], self.ticks[self.ticks.len() - 1]);
        let share = (value - lowest) / (highest - lowest);
        self.bottom() - (share * (self.bottom() - TOP) as f64).round() as i64
    }
}

/// The chart.
pub(super) fn plot(frame: &Frame, series: &[Series]) -> Canvas {
    let scale = Scale::of(frame, series);
    let mut canvas = Canvas::new(frame.width, frame.height, GROUND);
    axes(&mut canvas, &scale);
    if let Some(at) = frame.change {
        canvas.fill(
            (scale.x(at), TOP),
            (scale.x(at) + 2, scale.bottom()),
            INK,
            150,
        );
    }
    for (points, colour) in series.iter().zip(LINES.iter().cycle()) {
        curve(&mut canvas, &scale, points, *colour);
    }
    if let Some(threshold) = frame.threshold {
        let y = scale.y(threshold);
        canvas.fill((LEFT, y), (scale.right(), y + 2), RED, 255);
    }
    canvas
}

fn axes(canvas: &mut Canvas, scale: &Scale) {
    for value in &scale.ticks {
        let y = scale.y(*value);
        canvas.fill((LEFT, y), (scale.right(), y + 1), GRID, 255);
        let text = letters::short(*value);
        let left = LEFT - GAP - Canvas::text_width(&text);
        canvas.text((left, y - Canvas::TEXT_HEIGHT / 2), &text, INK);
    }
    for at in ticks::times(scale.frame.start, scale.frame.end) {
        let x = scale.x(at);
        canvas.fill((x, scale.bottom()), (x + 1, scale.bottom() + 4), INK, 255);
        let text = clock(at);
        let width = Canvas::text_width(&text);
        // The figures of a time at an edge keep inside the picture.
        let left = (x - width / 2).min(i64::from(scale.frame.width) - width - 2);
        canvas.text((left, scale.bottom() + GAP), &text, INK);
    }
}

/// A line with a shade below; one point is a dot.
fn curve(canvas: &mut Canvas, scale: &Scale, points: &[(i64, f64)], colour: Colour) {
    let places: Vec<_> = points
        .iter()
        .map(|(at, value)| (scale.x(*at), scale.y(*value)))
        .collect();
    for pair in places.windows(2) {
        let ((left, from), (right, to)) = (pair[0], pair[1]);
        for x in left..right {
            let y = from + (to - from) * (x - left) / (right - left).max(1);
            canvas.fill((x, y), (x + 1, scale.bottom()), colour, 28);
        }
        canvas.line(pair[0], pair[1], colour);
    }
    if let [only] = places[..] {
        canvas.fill(only, (only.0 + 4, only.1 + 4), colour, 255);
    }
}

fn clock(second: i64) -> String {
    Timestamp::from_second(second)
        .map(|at| at.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame {
            width: 200,
            height: 100,
            start: 0,
            end: 600,
            threshold: Some(5.0),
            change: Some(300),
        }
    }

    #[test]
    fn values_and_threshold_are_inside_the_plot() {
        let scale = Scale::of(&frame(), &[vec![(0, 10.0), (60, -2.0)]]);
        assert!(scale.y(10.0) >= TOP);
        assert!(scale.y(-2.0) <= scale.bottom() && scale.y(-2.0) > scale.y(0.0));
        assert_eq!((scale.x(0), scale.x(600)), (LEFT, scale.right()));
        let flat = Scale::of(
            &Frame {
                threshold: None,
                ..frame()
            },
            &[vec![(0, 0.0)]],
        );
        assert_eq!(flat.y(0.0), flat.bottom());
    }

    #[test]
    fn any_series_becomes_a_png() {
        for series in [
            vec![],
            vec![vec![]],
            vec![vec![(300, 5.0)]],
            vec![vec![(0, 1.0), (0, 2.0), (600, 1e12)], vec![(9_999, 3.0)]],
        ] {
            let png = plot(&frame(), &series).png().unwrap();
            assert!(png.starts_with(b"\x89PNG"), "{series:?}");
        }
    }
}
