//! The tokens of a case, one a period, parted by spaces.
//!
//! | token | meaning |
//! |---|---|
//! | `7` | one value |
//! | `120*95+900*5` | 95 values of 120 and five of 900 |
//! | `_` | nothing |
//! | `40+5@90` | 40 at the end of the period, and 5 that arrives 90 seconds later |
//! | `OK`, `ALARM`, `INSUFFICIENT_DATA` | a state |
//! | `0x5` | the token before the `x`, five times |

use picket_shared::alarm::State;

use crate::Sample;

/// Values that arrive together, and the seconds after the end of their period.
pub type Arrival = (Sample, u32);

/// The reason why a text is not tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a token: expected {1}")]
pub struct InvalidTokens(String, &'static str);

/// A period's arrivals; none is nothing.
pub fn samples(text: &str) -> Result<Vec<Vec<Arrival>>, InvalidTokens> {
    read(text, |token| {
        if token == "_" {
            return Some(Vec::new());
        }
        let mut arrivals: Vec<(Vec<(f64, f64)>, u32)> = Vec::new();
        for part in token.split('+') {
            let (values, delay) = part.split_once('@').unwrap_or((part, "0"));
            let (value, delay) = (value(values)?, delay.parse().ok()?);
            match arrivals.iter_mut().find(|(_, other)| *other == delay) {
                Some((values, _)) => values.push(value),
                None => arrivals.push((vec![value], delay)),
            }
        }
        Some(
            arrivals
                .into_iter()
                .map(|(values, delay)| (Sample::Values(values), delay))
                .collect(),
        )
    })
    .map_err(|token| {
        InvalidTokens(
            token,
            "a number, count such as 120*95+900*5, a late one such as 5@90, or _ for nothing",
        )
    })
}

/// The tokens as they are written, one a period.
pub fn texts(text: &str) -> Vec<String> {
    read(text, |token| Some(token.to_owned())).unwrap_or_default()
}

/// What is expected of the actions: a state whose actions are taken, or `-`.
pub fn actions(text: &str) -> Result<Vec<Option<State>>, InvalidTokens> {
    let expected = "OK, ALARM, INSUFFICIENT_DATA or - for no actions";
    optional(text).map_err(|token| InvalidTokens(token, expected))
}

/// What is expected of a contributor: its state, or `-` where the query does not return it.
pub fn contributor(text: &str) -> Result<Vec<Option<State>>, InvalidTokens> {
    let expected = "OK, ALARM or - where the query does not return it";
    optional(text).map_err(|token| InvalidTokens(token, expected))
}

fn optional(text: &str) -> Result<Vec<Option<State>>, String> {
    read(text, |token| match token {
        "-" => Some(None),
        state => state.parse().ok().map(Some),
    })
}

/// States.
pub fn states(text: &str) -> Result<Vec<State>, InvalidTokens> {
    read(text, |token| token.parse().ok())
        .map_err(|token| InvalidTokens(token, "OK, ALARM or INSUFFICIENT_DATA"))
}

fn value(text: &str) -> Option<(f64, f64)> {
    let (value, count) = text.split_once('*').unwrap_or((text, "1"));
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    Some((number(value)?, number(count).filter(|&count| count > 0.0)?))
}

fn read<T: Clone>(text: &str, one: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    let mut list = Vec::new();
    for token in text.split_whitespace() {
        let repeated = token
            .rsplit_once('x')
            .and_then(|(token, times)| Some((token, times.parse().ok()?)));
        let (single, times): (&str, usize) = repeated.unwrap_or((token, 1));
        let item = one(single).ok_or_else(|| token.to_owned())?;
        list.extend(std::iter::repeat_n(item, times));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_values_counts_and_gaps() {
        let of = |pairs: &[(f64, f64)]| vec![(Sample::Values(pairs.to_vec()), 0)];
        assert_eq!(
            samples("7 _x2 120*95+900*5 -1.5").unwrap(),
            [
                of(&[(7.0, 1.0)]),
                vec![],
                vec![],
                of(&[(120.0, 95.0), (900.0, 5.0)]),
                of(&[(-1.5, 1.0)])
            ]
        );
        assert_eq!(
            samples("40+5@90+6@90x1").unwrap(),
            [vec![
                (Sample::Values(vec![(40.0, 1.0)]), 0),
                (Sample::Values(vec![(5.0, 1.0), (6.0, 1.0)]), 90)
            ]]
        );
        assert_eq!(
            actions("-x2 ALARM").unwrap(),
            [None, None, Some(State::Alarm)]
        );
        assert_eq!(
            states("OKx2 ALARM").unwrap(),
            [State::Ok, State::Ok, State::Alarm]
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "seven", "7*", "7*0", "inf", "1++2", "x3", "7@", "7@-1", "@9",
        ] {
            assert!(samples(text).is_err(), "{text}");
        }
        assert_eq!(
            states("WELL").unwrap_err().to_string(),
            "\"WELL\" is not a token: expected OK, ALARM or INSUFFICIENT_DATA"
        );
    }
}
