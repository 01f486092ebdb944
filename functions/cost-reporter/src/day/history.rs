//! The days of Cost Explorer's answers by service.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Day;
use crate::answer::Answer;

/// All days that the answers have, in the currency of the report's day.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    days: BTreeMap<Date, Day>,
}

impl History {
    /// Collects the days. A day in another currency than that of `date` is none.
    pub(crate) fn from_answers(date: Date, answers: &[Answer]) -> Self {
        let results = answers.iter().flat_map(|answer| &answer.results_by_time);
        let mut dates: Vec<_> = results
            .filter_map(|result| result.time_period.day())
            .collect();
        dates.sort_unstable();
        dates.dedup();
        let mut days: BTreeMap<_, _> = dates
            .into_iter()
            .filter_map(|date| Some((date, Day::from_answers(date, answers)?)))
            .collect();
        let currency = days
            .get(&date)
            .map(|day| day.currency.clone())
            .unwrap_or_default();
        days.retain(|_, day| {
            currency.is_empty() || day.currency.is_empty() || day.currency == currency
        });
        Self { days }
    }

    /// A day, where the answers have it.
    pub(crate) fn day(&self, date: Date) -> Option<&Day> {
        self.days.get(&date)
    }

    /// A day whose amounts are all there and add up, and which has any.
    pub(crate) fn whole(&self, date: Date) -> Option<&Day> {
        self.day(date)
            .filter(|day| !day.services.is_empty() && !day.is_incomplete())
    }

    /// The whole days from `first` to `last`.
    pub(crate) fn between(&self, first: Date, last: Date) -> impl Iterator<Item = (Date, &Day)> {
        self.days
            .range(first..=last)
            .map(|(date, day)| (*date, day))
            .filter(|(date, _)| self.whole(*date).is_some())
    }
}

impl Day {
    /// Whether amounts are missing or do not add up.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.caveats
            .iter()
            .any(|caveat| caveat.starts_with(picket_shared::fleet::INCOMPLETE))
    }
}
