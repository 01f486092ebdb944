//! Text in columns, for a code fence.

/// A column's longest cell, in characters: three of them fit the width of Slack's window.
const LONGEST_CELL: usize = 34;

/// Rows in columns: the first columns to the left, the last `numbers` of them to the right.
pub(super) fn aligned<const N: usize>(rows: &[[String; N]], numbers: usize) -> String {
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.clone().map(shortened)).collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
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
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn shortened(cell: String) -> String {
    if cell.chars().count() <= LONGEST_CELL {
        return cell;
    }
    let kept: String = cell.chars().take(LONGEST_CELL - 1).collect();
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(lines[0], format!("EC2{}12.00", " ".repeat(36)));
        assert_eq!(lines[1], format!("Überwachung{}1,234.50", " ".repeat(25)));
        assert_eq!(lines[2], format!("{}…", "x".repeat(33)));
    }
}
