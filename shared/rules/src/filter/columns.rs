//! The columns of a space-delimited line.

/// The position of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// From the start, 0 being the first.
    FromStart(usize),
    /// From the start to the end of the line.
    Rest(usize),
    /// From the end, 0 being the last.
    FromEnd(usize),
}

impl Column {
    /// The column's text. `None` where the line has no such column.
    pub fn text<'t>(&self, line: &'t str) -> Option<&'t str> {
        let most = if let Self::Rest(index) = self {
            index + 1
        } else {
            usize::MAX
        };
        self.of(&split(line, most))
    }

    pub(super) fn of<'t>(self, columns: &[&'t str]) -> Option<&'t str> {
        match self {
            Self::FromStart(index) | Self::Rest(index) => columns.get(index).copied(),
            Self::FromEnd(index) => columns.iter().rev().nth(index).copied(),
        }
    }

    /// Whether it is the column at this place of so many.
    pub(super) fn is_at(self, index: usize, count: usize) -> bool {
        match self {
            Self::FromStart(place) | Self::Rest(place) => place == index,
            Self::FromEnd(place) => place + index + 1 == count,
        }
    }
}

/// The columns: runs without spaces, and the text between `"` and `"` or `[` and `]`, without those. The last of
/// `most` takes the rest of the line.
pub(super) fn split(line: &str, most: usize) -> Vec<&str> {
    let mut columns = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (column, after) = first_column(rest);
        if columns.len() + 1 == most && !after.is_empty() {
            columns.push(rest);
            break;
        }
        columns.push(column);
        rest = after;
    }
    columns
}

/// The first column, and the text after it.
fn first_column(line: &str) -> (&str, &str) {
    let closing = match line.as_bytes().first() {
        Some(b'"') => Some('"'),
        Some(b'[') => Some(']'),
        _ => None,
    };
    let (column, after) = closing
        .and_then(|closing| line[1..].split_once(closing))
        .or_else(|| line.split_once(char::is_whitespace))
        .unwrap_or((line, ""));
    (column, after.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_quotes_hold_a_column_together() {
        let line =
            r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
        assert_eq!(
            split(line, usize::MAX),
            [
                "127.0.0.1",
                "-",
                "frank",
                "10/Oct/2000:13:25:15 -0700",
                "GET /index.html HTTP/1.0",
                "404",
                "1534"
            ]
        );
        assert_eq!(split("  a  b ", 2), ["a", "b"]);
        assert_eq!(split("[open \"quote", 9), ["[open", "\"quote"]);
        assert_eq!(split("a [b] c ", 2), ["a", "[b] c"]);
        assert_eq!(split("a [b c]", 2), ["a", "b c"]);
        assert!(split(" ", 1).is_empty());
    }
}
