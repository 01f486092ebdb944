//! The lines above the table: what the day is compared with, the month, and what the total consists of.

use picket_shared::{
    fleet::{Charges, Comparison, CostReport, MonthCost},
    money::money,
};
use rust_decimal::Decimal;

use super::{
    super::sparkline::bars_from_least,
    change::{difference, percent},
};
use crate::draft::mrkdwn::Mrkdwn;

pub(super) fn summary(report: &CostReport) -> Mrkdwn {
    let analysis = &report.analysis;
    let mut lines = Vec::new();
    lines.extend(analysis.month.as_ref().map(month));
    lines.extend(analysis.charges.as_ref().and_then(charges));
    lines.extend(trend(report));
    let tokens = report.token_cost_usd.map_or_else(
        || "token cost is unknown".to_owned(),
        |cost| format!("tokens {} USD", money(cost)),
    );
    lines.insert(0, format!("; {tokens}."));
    Mrkdwn::new().bold(verdict(report)).text(lines.join("\n"))
}

/// What the day's cost is against other days. None is stated of a day that is incomplete or has not filled.
fn verdict(report: &CostReport) -> String {
    if report.total.is_none() {
        return "Cost Explorer's total is unknown".to_owned();
    }
    if let Some(reason) = report.incomplete() {
        return format!("Incomplete, and not compared: {reason}");
    }
    let analysis = &report.analysis;
    let compared = analysis.comparison.as_ref().map(comparison);
    match (&analysis.filling, compared) {
        (Some(why), Some(compared)) => {
            format!("The day is still filling: {why}. {compared}")
        }
        (Some(why), None) => format!("The day is still filling: {why}"),
        (None, Some(compared)) => compared,
        // A report of the previous version has no comparison.
        (None, None) => match (report.total, report.previous_total) {
            (Some(total), Some(previous)) => {
                format!("{} on the day before", difference(total, previous))
            }
            _ => "The day before is unknown".to_owned(),
        },
    }
}

fn comparison(comparison: &Comparison) -> String {
    let Comparison {
        day,
        amount,
        day_before,
        week_before,
        usual,
    } = comparison;
    let weekday = weekday(*day);
    let parts = [
        day_before.map(|before| format!("{} on the day before", difference(*amount, before))),
        week_before.map(|before| format!("{} on {weekday} last week", difference(*amount, before))),
        usual.map(|usual| {
            let difference = difference(*amount, usual.median);
            format!(
                "{difference} on the usual {weekday} of {} weeks",
                usual.weeks
            )
        }),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let parts = if parts.is_empty() {
        "no earlier day is known".to_owned()
    } else {
        parts.join(", ")
    };
    format!("Usage of {day} {}: {parts}", money(*amount))
}

fn weekday(day: jiff::civil::Date) -> &'static str {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match day.weekday() {
        Monday => "Monday",
        Tuesday => "Tuesday",
        Wednesday => "Wednesday",
        Thursday => "Thursday",
        Friday => "Friday",
        Saturday => "Saturday",
        Sunday => "Sunday",
    }
}

/// `Month 310.20 of 500.00 (62 %), forecast 480.00 (440.00 to 520.00); +12 % on the first 19 days of last month`
fn month(month: &MonthCost) -> String {
    let MonthCost {
        to_date,
        days,
        last_month,
        forecast,
        budget,
    } = month;
    let budget = budget.map(|budget| format!(" of {}{}", money(budget), part(*to_date, budget)));
    let expected = forecast.map(|forecast| {
        let interval = forecast.low.zip(forecast.high);
        let interval = interval.map_or_else(String::new, |(low, high)| {
            format!(" ({} to {})", money(low), money(high))
        });
        format!(", forecast {}{interval}", money(forecast.mean))
    });
    let over = month.is_over_budget().then(|| ": over budget".to_owned());
    let last = last_month.and_then(|last| {
        let change = percent(to_date.checked_sub(last)?, last)?;
        Some(format!("; {change} on the first {days} days of last month"))
    });
    let parts = [
        Some(format!("Month {}", money(*to_date))),
        budget,
        expected,
        over,
        last,
    ];
    parts.into_iter().flatten().collect()
}

pub(super) fn part(amount: Decimal, of: Decimal) -> String {
    let percent = amount
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|hundredfold| hundredfold.checked_div(of));
    percent.map_or_else(String::new, |percent| {
        format!(" ({} %)", percent.round().normalize())
    })
}

/// `Usage 33.86, credits -33.86, net 0.00`; nothing where all is usage.
fn charges(charges: &Charges) -> Option<String> {
    let others = charges.named();
    let others: Vec<_> = others
        .iter()
        .skip(1)
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(name, amount)| format!("{name} {}", money(*amount)))
        .collect();
    let sum = charges
        .named()
        .iter()
        .try_fold(Decimal::ZERO, |sum, (_, amount)| sum.checked_add(*amount))?;
    (!others.is_empty()).then(|| {
        format!(
            "Usage {}, {}, net {}",
            money(charges.usage),
            others.join(", "),
            money(sum)
        )
    })
}

fn trend(report: &CostReport) -> Option<String> {
    let amounts: Vec<_> = report.analysis.trend.iter().map(|day| day.amount).collect();
    let (least, most) = (amounts.iter().min()?, amounts.iter().max()?);
    (amounts.len() > 1).then(|| {
        format!(
            "{} {} days, {} to {}",
            bars_from_least(&amounts),
            amounts.len(),
            money(*least),
            money(*most)
        )
    })
}
