//! The figures of a chart's axes, as strokes: a font file would be larger than the program that draws the chart.

/// A point of a stroke: 70 units are the height of a figure, downward.
pub(super) type Dot = (i32, i32);

/// Between two figures, in units.
const GAP: i32 = 16;
/// The width of what has no shape, in units.
const SPACE: i32 = 24;

/// A figure: its width and its strokes.
struct Shape(char, i32, &'static [&'static [Dot]]);

#[rustfmt::skip]
const SHAPES: [Shape; 16] = [
    Shape('0', 40, &[&[(20, 0), (30, 4), (37, 15), (40, 35), (37, 55), (30, 66), (20, 70), (10, 66), (3, 55), (0, 35),
        (3, 15), (10, 4), (20, 0)]]),
    Shape('1', 34, &[&[(6, 13), (22, 0), (22, 70)]]),
    Shape('2', 40, &[&[(2, 17), (5, 7), (13, 0), (26, 0), (35, 6), (38, 17), (35, 28), (1, 70), (40, 70)]]),
    Shape('3', 40, &[&[(3, 8), (12, 0), (26, 0), (35, 6), (38, 16), (35, 26), (26, 32), (15, 33)],
        &[(26, 32), (36, 40), (40, 51), (36, 62), (27, 70), (12, 70), (1, 62)]]),
    Shape('4', 42, &[&[(31, 70), (31, 0), (0, 49), (42, 49)]]),
    Shape('5', 40, &[&[(36, 0), (7, 0), (4, 31), (14, 26), (26, 26), (36, 34), (40, 47), (36, 61), (26, 70), (11, 70),
        (1, 62)]]),
    Shape('6', 40, &[&[(36, 7), (28, 0), (16, 1), (6, 11), (1, 28), (1, 48), (5, 61), (14, 70), (26, 70), (36, 62),
        (40, 48), (36, 34), (26, 27), (14, 28), (5, 35), (1, 46)]]),
    Shape('7', 40, &[&[(0, 0), (40, 0), (14, 70)]]),
    Shape('8', 40, &[&[(20, 32), (9, 28), (4, 17), (8, 5), (20, 0), (32, 5), (36, 17), (31, 28), (20, 32), (8, 37),
        (1, 50), (6, 64), (20, 70), (34, 64), (39, 50), (32, 37), (20, 32)]]),
    Shape('9', 40, &[&[(4, 63), (12, 70), (24, 69), (34, 59), (39, 42), (39, 22), (35, 9), (26, 0), (14, 0), (4, 8),
        (0, 22), (4, 36), (14, 43), (26, 42), (35, 35), (39, 24)]]),
    Shape(':', 12, &[&[(6, 24), (6, 25)], &[(6, 66), (6, 67)]]),
    Shape('.', 12, &[&[(6, 68), (6, 69)]]),
    Shape('-', 32, &[&[(2, 40), (30, 40)]]),
    Shape('k', 36, &[&[(2, 0), (2, 70)], &[(33, 24), (2, 52)], &[(14, 42), (36, 70)]]),
    Shape('M', 48, &[&[(2, 70), (2, 0), (24, 46), (46, 0), (46, 70)]]),
    Shape('G', 42, &[&[(38, 12), (30, 3), (20, 0), (9, 4), (2, 17), (0, 35), (2, 53), (9, 66), (20, 70), (31, 66),
        (40, 56), (40, 38), (24, 38)]]),
];

/// The width of a text, in units.
pub(super) fn width(text: &str) -> i32 {
    let widths = text.chars().map(|letter| {
        let shape = SHAPES.iter().find(|shape| shape.0 == letter);
        shape.map_or(SPACE, |shape| shape.1) + GAP
    });
    widths.sum::<i32>() - GAP
}

/// The strokes of a text, from its upper left corner on. What has no shape is a gap.
pub(super) fn strokes(text: &str) -> Vec<Vec<Dot>> {
    let mut strokes = Vec::new();
    let mut left = 0;
    for letter in text.chars() {
        if let Some(shape) = SHAPES.iter().find(|shape| shape.0 == letter) {
            let moved = |stroke: &&[Dot]| stroke.iter().map(|(x, y)| (x + left, *y)).collect();
            strokes.extend(shape.2.iter().map(moved));
        }
        left += width(&letter.to_string()) + GAP;
    }
    strokes
}

/// A value in a few figures: `950`, `5.2k`, `0.25`.
pub(super) fn short(value: f64) -> String {
    let size = value.abs();
    for (unit, name) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] {
        if size >= unit {
            return format!("{}{name}", trimmed(value / unit));
        }
    }
    trimmed(value)
}

fn trimmed(value: f64) -> String {
    let places = usize::from(value.abs() < 100.0) + usize::from(value.abs() < 1.0);
    let text = format!("{value:.places$}");
    if places == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEIGHT: i32 = 70;

    #[test]
    fn values_are_written_in_figures_that_have_a_shape() {
        for (value, expected) in [
            (0.0, "0"),
            (0.254, "0.25"),
            (5.0, "5"),
            (12.34, "12.3"),
            (100.0, "100"),
            (950.4, "950"),
            (5_230.0, "5.2k"),
            (2_000_000.0, "2M"),
            (-7.0, "-7"),
        ] {
            let text = short(value);
            assert_eq!(text, expected);
            for letter in text.chars() {
                assert!(!strokes(&letter.to_string()).is_empty(), "{text}");
            }
        }
    }

    #[test]
    fn every_stroke_is_inside_its_figure() {
        for Shape(letter, width, strokes) in &SHAPES {
            for (x, y) in strokes.iter().copied().flatten() {
                assert!(
                    (0..=*width).contains(x) && (0..=HEIGHT).contains(y),
                    "{letter}"
                );
            }
        }
        assert_eq!(width("1:0"), 34 + GAP + 12 + GAP + 40);
        assert_eq!(strokes("1:0")[3][0], (20 + 34 + 12 + 2 * GAP, 0));
    }
}
