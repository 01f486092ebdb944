use crate::position::Position;

/// Attempts to read one record that may be killing the process: the record, and how many processes have begun on it and
/// not reported that they survived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The first event of the record that is not counted yet.
    pub position: Position,
    /// 1 is the first attempt; 0 is a record that was decoded.
    pub number: u32,
}

/// Once may be chance, an execution environment that is shut down, say. Twice in a row, the second time while reading,
/// is the record.
const LAST: u32 = 3;

impl Attempt {
    /// The attempt after the one last noted for the shard.
    pub fn after(last: Option<&Self>, position: &Position) -> Self {
        let before = last.filter(|last| last.position == *position);
        Self {
            position: position.clone(),
            number: before.map_or(0, |last| last.number) + 1,
        }
    }

    /// Returns the attempt after the record was decoded.
    #[must_use]
    pub fn survived(&self) -> Self {
        Self {
            position: self.position.clone(),
            number: 0,
        }
    }

    /// Whether a process has begun on the record before.
    pub fn is_repeated(&self) -> bool {
        self.number > 1
    }

    /// Whether enough processes have died: the record is not to be read again.
    pub fn is_last(&self) -> bool {
        self.number >= LAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(number: &str) -> Position {
        Position::new(number, 0).unwrap()
    }

    #[test]
    fn the_third_attempt_on_one_record_is_the_last() {
        let first = Attempt::after(None, &position("7"));
        let second = Attempt::after(Some(&first), &position("7"));
        let third = Attempt::after(Some(&second), &position("7"));
        assert_eq!(
            [&first, &second, &third].map(Attempt::is_last),
            [false, false, true]
        );
        assert_eq!([&first, &second].map(Attempt::is_repeated), [false, true]);
    }

    #[test]
    fn another_record_or_one_that_was_read_begins_anew() {
        let second = Attempt {
            position: position("7"),
            number: 2,
        };
        assert_eq!(Attempt::after(Some(&second), &position("8")).number, 1);
        assert_eq!(
            Attempt::after(Some(&second.survived()), &position("7")).number,
            1
        );
    }
}
