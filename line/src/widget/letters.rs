//! The figures of a chart's axes, three dots wide and five high: a font would be more than the chart.

/// From one figure to the next.
pub(super) const ADVANCE: i64 = 4;

/// Rows of three bits each.
const SHAPES: [(char, [u8; 5]); 17] = [
    ('0', [7, 5, 5, 5, 7]),
    ('1', [2, 6, 2, 2, 7]),
    ('2', [7, 1, 7, 4, 7]),
    ('3', [7, 1, 7, 1, 7]),
    ('4', [5, 5, 7, 1, 1]),
    ('5', [7, 4, 7, 1, 7]),
    ('6', [7, 4, 7, 5, 7]),
    ('7', [7, 1, 1, 1, 1]),
    ('8', [7, 5, 7, 5, 7]),
    ('9', [7, 5, 7, 1, 7]),
    (':', [0, 2, 0, 2, 0]),
    ('.', [0, 0, 0, 0, 2]),
    ('-', [0, 0, 7, 0, 0]),
    ('k', [4, 5, 6, 5, 5]),
    ('M', [5, 7, 7, 5, 5]),
    ('G', [7, 4, 5, 5, 7]),
    ('m', [0, 0, 7, 7, 5]),
];

/// The dots of a figure; none where it has no shape.
pub(super) fn dots(letter: char) -> impl Iterator<Item = (i64, i64)> {
    let shape = SHAPES.iter().find(|(known, _)| *known == letter);
    let rows = shape.map_or([0; 5], |(_, rows)| *rows);
    (0_u8..5).flat_map(move |y| {
        let row = rows[usize::from(y)];
        (0_u8..3)
            .filter(move |x| row & (4 >> x) != 0)
            .map(move |x| (i64::from(x), i64::from(y)))
    })
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
            assert!(
                text.chars().all(|letter| dots(letter).count() > 0),
                "{text}"
            );
        }
    }
}
