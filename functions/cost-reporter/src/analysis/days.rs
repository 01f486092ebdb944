//! The days of a report, and which of them can be compared.

use jiff::{ToSpan, civil::Date};
use rust_decimal::Decimal;

use crate::{
    amount,
    day::{Day, History},
};

/// The days up to the report's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days<'a> {
    /// The report's day.
    pub(crate) date: Date,
    /// The present day, UTC; `None` for recorded answers, of which it is unknown.
    pub(crate) today: Option<Date>,
    /// The days that were read.
    pub(crate) history: &'a History,
    /// Whether every page was read. Where one is missing, any day may lack amounts.
    pub(crate) is_complete: bool,
}

impl<'a> Days<'a> {
    /// The report's day.
    pub(crate) fn day(&self) -> Option<&'a Day> {
        self.history.day(self.date)
    }

    /// Its currency; empty where nothing cost anything.
    pub(crate) fn currency(&self) -> &'a str {
        self.day().map_or("", |day| day.currency.as_str())
    }

    /// A day whose amounts are all there and add up.
    pub(crate) fn whole(&self, date: Date) -> Option<&'a Day> {
        self.history.whole(date).filter(|_| self.is_complete)
    }

    /// The day `days` before `date`, where it is whole.
    pub(crate) fn before(&self, date: Date, days: i32) -> Option<(Date, &'a Day)> {
        let date = date.checked_sub(days.days()).ok()?;
        Some((date, self.whole(date)?))
    }

    /// The whole days from `first` to `last`.
    pub(crate) fn between(
        &self,
        first: Date,
        last: Date,
    ) -> impl Iterator<Item = (Date, &'a Day)> + use<'a> {
        let is_complete = self.is_complete;
        self.history
            .between(first, last)
            .filter(move |_| is_complete)
    }

    /// The newest whole day up to the report's that has filled: a verdict on a day that has not would be wrong.
    pub(crate) fn compared(&self) -> Option<Date> {
        let day = if self.filling().is_some() {
            self.date.yesterday().ok()?
        } else {
            self.date
        };
        self.whole(day).map(|_| day)
    }

    /// Why the day has not filled in Cost Explorer yet.
    ///
    /// Cost Explorer calls every day of an open month estimated, so that alone says nothing. A day has not filled if it
    /// is not over, or if it is the newest and lacks what every day before had: services that make up a tenth of the
    /// day before, or half of the least that any day of the week before cost.
    pub(crate) fn filling(&self) -> Option<String> {
        let day = self.day()?;
        if self.today.is_some_and(|today| self.date >= today) {
            return Some("the day is not over".to_owned());
        }
        let is_newest = self
            .today
            .is_none_or(|today| self.date.tomorrow().is_ok_and(|next| next == today));
        if !day.estimated || !is_newest {
            return None;
        }
        let week: Vec<_> = (1..=7)
            .map_while(|days| self.before(self.date, days))
            .map(|(_, day)| day)
            .collect();
        let [before, ..] = week.as_slice() else {
            return None;
        };
        if week.len() < 7 {
            return None;
        }
        lacking_services(day, before, &week).or_else(|| lacking_usage(day, &week))
    }
}

fn lacking_services(day: &Day, before: &Day, week: &[&Day]) -> Option<String> {
    let costs = |day: &Day, service: &String| {
        day.usage
            .get(service)
            .is_some_and(|amount| !amount.is_zero())
    };
    let regular = before
        .usage
        .iter()
        .filter(|(service, _)| week.iter().all(|day| costs(day, service)));
    let lacking: Vec<_> = regular
        .filter(|(service, _)| !day.usage.contains_key(*service))
        .collect();
    let sum = amount::sum(lacking.iter().map(|(_, amount)| **amount))?;
    let tenth = before.charges.usage.checked_div(Decimal::TEN)?;
    (!lacking.is_empty() && sum > tenth).then(|| {
        let (count, before) = (lacking.len(), picket_shared::money::money(sum));
        format!("{count} services that cost {before} the day before have no data yet")
    })
}

fn lacking_usage(day: &Day, week: &[&Day]) -> Option<String> {
    let least = week.iter().map(|day| day.charges.usage).min()?;
    let half = least.checked_div(Decimal::TWO)?;
    (least > Decimal::ZERO && day.charges.usage < half).then(|| {
        let least = picket_shared::money::money(least);
        format!("its usage is less than half of {least}, the least of the week before")
    })
}
