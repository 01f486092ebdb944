//! Text in columns, for a code fence.

/// A line's length, in characters: a longer one wraps in Slack's column, and the table is none any more.
pub(super) const WIDTH: usize = 56;
/// The gap between two columns.
const GAP: &str = "  ";

/// Rows in columns: the first columns to the left, the last `numbers` of them to the right. Where a line would be
/// longer than [`WIDTH`], the widest columns are shortened in the middle: models and services differ at both ends.
pub(super) fn aligned<const N: usize>(rows: &[[String; N]], numbers: usize) -> String {
    aligned_within(rows, numbers, WIDTH)
}

/// The same, for a line of at most `width` characters.
pub(super) fn aligned_within<const N: usize>(
    rows: &[[String; N]],
    numbers: usize,
    width: usize,
) -> String {
    let widths = widths(rows, width);
    let fitted = |row: &[String; N]| -> [String; N] {
        std::array::from_fn(|column| shortened(&row[column], widths[column]))
    };
    let rows: Vec<[String; N]> = rows.iter().map(fitted).collect();
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let width = widths[column];
                if column + numbers >= N {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            })
            .collect();
        cells.join(GAP).trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The columns' widths: each as wide as its widest cell, the widest cut down until a line fits.
fn widths<const N: usize>(rows: &[[String; N]], width: usize) -> [usize; N] {
    let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let mut widths: [usize; N] = std::array::from_fn(|column| widest(column).unwrap_or(0));
    let room = width.saturating_sub(GAP.len() * N.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max() else {
            break;
        };
        *widest -= 1;
    }
    widths
}

/// The cell in at most `width` characters: its beginning and its end.
fn shortened(cell: &str, width: usize) -> String {
    let characters: Vec<char> = cell.chars().collect();
    if characters.len() <= width {
        return cell.to_owned();
    }
    let Some(kept) = width.checked_sub(1) else {
        return String::new();
    };
    let tail = kept / 2;
    let head = characters.iter().take(kept - tail);
    let last = characters.iter().skip(characters.len() - tail);
    head.chain(['…'].iter()).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_column(rows in proptest::collection::vec(proptest::array::uniform5("[ -~é]{0,60}"), 0..6), numbers in 0_usize..6) {
            for line in aligned(&rows, numbers).lines() {
                prop_assert!(line.chars().count() <= WIDTH, "{line}");
            }
            for line in aligned_within(&rows, numbers, 40).lines() {
                prop_assert!(line.chars().count() <= 40, "{line}");
            }
        }
    }

    #[test]
    fn a_long_name_is_shortened_in_the_middle() {
        let row = |name: &str| [name.to_owned(), "1.92 M".to_owned(), "12.50".to_owned()];
        let table = aligned(
            &[row("eu.anthropic.claude-sonnet-4-5-20250929-v1:0-and-more")],
            2,
        );
        assert_eq!(
            table,
            "eu.anthropic.claude-…250929-v1:0-and-more  1.92 M  12.50"
        );
    }

    #[test]
    fn words_stand_to_the_left_and_numbers_to_the_right() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let table = aligned(
            &[
                row("EC2", "12.00"),
                row("Überwachung", "1,234.50"),
                row(&"x".repeat(40), ""),
            ],
            1,
        );
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines[0], format!("EC2{}12.00", " ".repeat(42)));
        assert_eq!(lines[1], format!("Überwachung{}1,234.50", " ".repeat(31)));
        assert_eq!(lines[2], "x".repeat(40));
    }
}
