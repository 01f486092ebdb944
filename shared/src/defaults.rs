//! Default values: what a metric reports for a minute in which events came and none matched its rule.
//!
//! CloudWatch Logs reports a metric filter's `defaultValue` "during a period when logs are ingested but no matching
//! logs are found", and nothing for a minute without logs (CloudWatch Logs User Guide, "Creating metrics from log
//! events using filters"). No slice can know that of a whole minute, so each says what it saw ([`DefaultMinute`]), and
//! the metrics publisher adds the value once all have (docs/decisions/0017).

use std::collections::BTreeMap;

use crate::series::{Aggregate, SeriesKey, SeriesMinute};

/// A metric with a default value, in a minute whose events were held against its rule.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultMinute {
    /// The datapoint of the minute where no event matches.
    pub series: SeriesMinute,
    /// Whether an event matched.
    pub matched: bool,
}

/// Default values by minute and metric, merged: a minute in which one part matched has matched.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Defaults(BTreeMap<i64, BTreeMap<SeriesKey, (Aggregate, bool)>>);

impl Defaults {
    /// Adds what a part of the events says of a minute. Parts may come in any order and any number of times; of two
    /// default values of one metric the first that came is kept.
    pub fn add(&mut self, minute: DefaultMinute) {
        let DefaultMinute { series, matched } = minute;
        let metrics = self.0.entry(series.minute).or_default();
        let (_, known) = metrics
            .entry(series.key)
            .or_insert((series.aggregate, false));
        *known |= matched;
    }

    /// Removes the minutes up to and including `newest` (in minutes since 1970), and returns the datapoints of those in
    /// which nothing matched, by minute and series.
    pub fn close(&mut self, newest: i64) -> Vec<SeriesMinute> {
        let open = self.0.split_off(&newest.saturating_add(1));
        let closed = Self(std::mem::replace(&mut self.0, open));
        closed
            .to_vec()
            .into_iter()
            .filter(|minute| !minute.matched)
            .map(|minute| minute.series)
            .collect()
    }

    /// All of them, by minute and series.
    pub fn to_vec(&self) -> Vec<DefaultMinute> {
        let minutes = self.0.iter();
        let all = minutes
            .flat_map(|(minute, metrics)| metrics.iter().map(move |metric| (*minute, metric)));
        all.map(|(minute, (key, (aggregate, matched)))| DefaultMinute {
            series: SeriesMinute {
                key: key.clone(),
                minute,
                aggregate: aggregate.clone(),
            },
            matched: *matched,
        })
        .collect()
    }
}

impl Extend<DefaultMinute> for Defaults {
    fn extend<I: IntoIterator<Item = DefaultMinute>>(&mut self, minutes: I) {
        minutes.into_iter().for_each(|minute| self.add(minute));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::Statistics;

    fn minute(name: &str, minute: i64, matched: bool) -> DefaultMinute {
        DefaultMinute {
            series: SeriesMinute {
                key: SeriesKey {
                    namespace: "Shop".into(),
                    name: name.into(),
                    unit: "Count".into(),
                    dimensions: vec![("Environment".into(), "dev".into())],
                },
                minute,
                aggregate: Aggregate::Sum(Statistics::of(1.0)),
            },
            matched,
        }
    }

    #[test]
    fn a_minute_has_its_default_once_and_only_where_no_part_matched() {
        let parts = [
            minute("A", 7, false),
            minute("A", 7, false),
            minute("A", 8, false),
            minute("A", 8, true),
            minute("A", 8, false),
            minute("B", 8, false),
            minute("A", 9, false),
        ];
        for parts in [parts.to_vec(), parts.iter().rev().cloned().collect()] {
            let mut defaults = Defaults::default();
            defaults.extend(parts.clone());
            defaults.extend(parts);
            assert_eq!(defaults.close(6), []);
            let expected = [minute("A", 7, false), minute("B", 8, false)];
            assert_eq!(defaults.close(8), expected.map(|minute| minute.series));
            assert_eq!(defaults.to_vec(), [minute("A", 9, false)]);
        }
    }
}
