//! The month up to the day, against the month before, the forecast and the budget.

use jiff::{ToSpan, civil::Date};
use picket_shared::fleet::{MonthCost, MonthForecast};
use rust_decimal::Decimal;

use super::{Days, Settings};
use crate::{
    amount,
    answer::ForecastAnswer,
    day::record::RecordKind,
    reads::{Part, Reads, table::Table},
};

/// The month, without credits and refunds; `None` where a day of it is unknown.
pub(super) fn month(
    days: &Days<'_>,
    reads: &Reads,
    settings: &Settings,
    caveats: &mut Vec<String>,
) -> Option<MonthCost> {
    let table = reads.table(Part::Month, days.currency());
    let source = Source {
        days,
        table: table.as_ref(),
    };
    let first = days.date.first_of_month();
    let Some(to_date) = source.sum(first, days.date) else {
        if table.is_some() {
            let month = Part::Month.name();
            caveats.push(format!("without {month}: the answer lacks days of it"));
        }
        return None;
    };
    let before = first.saturating_sub(1.month());
    let as_many = before.saturating_add(i32::from(days.date.day() - 1).days());
    let last_month = source.sum(before, as_many.min(before.last_of_month()));
    let forecast = reads
        .forecast
        .as_ref()
        .and_then(|forecast| continued(forecast, to_date, days, caveats));
    Some(MonthCost {
        to_date,
        days: u8::try_from(days.date.day()).ok()?,
        // A month in which nothing cost anything is one before the account was used.
        last_month: last_month.filter(|sum| !sum.is_zero()),
        forecast,
        budget: budget(days, settings, caveats),
    })
}

/// The days' charges: from the read by record type, or from the services where that is not there.
struct Source<'a> {
    days: &'a Days<'a>,
    table: Option<&'a Table>,
}

impl Source<'_> {
    /// The sum of all days from `first` to `last`; `None` where one is unknown.
    fn sum(&self, first: Date, last: Date) -> Option<Decimal> {
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let amounts: Option<Vec<_>> = days.map(|day| self.charges(day)).collect();
        amount::sum(amounts?)
    }

    fn charges(&self, date: Date) -> Option<Decimal> {
        if let Some(table) = self.table {
            return table.sum(date, |keys| {
                keys.iter().all(|key| !RecordKind::of(key).is_credit())
            });
        }
        let day = self.days.whole(date)?;
        let charges = &day.charges;
        amount::sum([charges.usage, charges.fees, charges.tax])
    }
}

/// The month's days so far, and the forecast of the others, which must begin on the day after.
fn continued(
    forecast: &ForecastAnswer,
    to_date: Decimal,
    days: &Days<'_>,
    caveats: &mut Vec<String>,
) -> Option<MonthForecast> {
    let total = forecast.total.as_ref()?;
    let first = forecast.forecast_results_by_time.first();
    let start: Option<Date> = first.and_then(|result| result.time_period.start.parse().ok());
    let follows = start.is_none_or(|start| days.date.tomorrow().is_ok_and(|next| next == start));
    let Some(mean) = amount::exact(&total.amount).filter(|_| total.unit == days.currency()) else {
        caveats.push(format!(
            "without {}: it is {:?} {}",
            Part::Forecast.name(),
            total.amount,
            total.unit
        ));
        return None;
    };
    if !follows {
        return None;
    }
    let bound = |of: fn(&crate::answer::ForecastResult) -> Option<&String>| {
        let [only] = forecast.forecast_results_by_time.as_slice() else {
            return None;
        };
        amount::add(to_date, amount::exact(of(only)?)?)
    };
    Some(MonthForecast {
        mean: amount::add(to_date, mean)?,
        low: bound(|result| result.prediction_interval_lower_bound.as_ref()),
        high: bound(|result| result.prediction_interval_upper_bound.as_ref()),
    })
}

fn budget(days: &Days<'_>, settings: &Settings, caveats: &mut Vec<String>) -> Option<Decimal> {
    let budget = settings.budget.as_ref()?;
    let currency = budget.currency.as_deref();
    if currency.is_some_and(|currency| currency != days.currency() && !days.currency().is_empty()) {
        caveats.push(format!(
            "without the budget: it is in {}, and the costs are in {}",
            currency.unwrap_or_default(),
            days.currency()
        ));
        return None;
    }
    Some(budget.amount)
}
