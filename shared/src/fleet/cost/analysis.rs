//! What a cost report says beyond the day's amounts: the kinds of charges, comparisons, the month, and causes.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::AwsBudget;

/// The analysis of a day's cost. A part that could not be computed is absent, and a caveat of the report says why.
///
/// "Usage" is everything but one-time and monthly fees, tax, credits and refunds, so that the first of a month is no
/// change and credits hide nothing. Where the answers do not have record types, it is the total.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CostAnalysis {
    /// The day by kind of charge; `None` where Cost Explorer's answer has no record types.
    pub charges: Option<Charges>,
    /// Why the day is not complete in Cost Explorer yet; the comparison is then of the day before.
    pub filling: Option<String>,
    /// The usage of the newest day that has filled, against earlier days.
    pub comparison: Option<Comparison>,
    /// The month up to the day.
    pub month: Option<MonthCost>,
    /// Cost and usage budgets of AWS Budgets, those over their limits first.
    pub budgets: Vec<AwsBudget>,
    /// How many budgets AWS Budgets has beyond these.
    pub more_budgets: usize,
    /// Credits: what they pay, and how long they last.
    pub credits: Option<Credits>,
    /// The services whose usage changed most on the comparison's day, most first.
    pub movers: Vec<Mover>,
    /// Usage by account, most expensive first; empty for a single account.
    pub accounts: Vec<AccountCost>,
    /// Usage without the configured cost allocation tag.
    pub untagged: Option<Untagged>,
    /// Services, accounts and regions with usage on the day and none in the four weeks before.
    pub first_seen: Vec<FirstSeen>,
    /// Anomalies, the largest first.
    pub anomalies: Vec<CostAnomaly>,
    /// Days whose total Cost Explorer changed after it was reported, the oldest first.
    pub restated: Vec<Restated>,
    /// Usage of the last days up to the report's, the oldest first.
    pub trend: Vec<DayCost>,
}

/// A day by kind of charge. The kinds sum to the day's total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charges {
    /// Usage, discounts included.
    pub usage: Decimal,
    /// Fees that are not of a day: support, reservations, upfront payments, domain registrations.
    pub fees: Decimal,
    /// Tax.
    pub tax: Decimal,
    /// Credits, below zero.
    pub credits: Decimal,
    /// Refunds, below zero.
    pub refunds: Decimal,
}

/// Usage of a day against earlier days. An absent amount is unknown, and not zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The compared day.
    pub day: Date,
    /// Its usage.
    pub amount: Decimal,
    /// The day before.
    pub day_before: Option<Decimal>,
    /// The same weekday, one week before.
    pub week_before: Option<Decimal>,
    /// The usual amount of this weekday.
    pub usual: Option<UsualCost>,
}

/// The usual amount of a weekday, of the four weeks before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsualCost {
    /// The median.
    pub median: Decimal,
    /// The median absolute deviation from it.
    pub deviation: Decimal,
    /// How many weeks had the day.
    pub weeks: u8,
}

/// A month up to the report's day, without credits and refunds, as AWS Budgets counts where it leaves them out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthCost {
    /// The sum of its days.
    pub to_date: Decimal,
    /// How many days that is.
    pub days: u8,
    /// The sum of as many days of the month before; `None` where it is unknown.
    pub last_month: Option<Decimal>,
    /// The forecast of the whole month; once it is over, `None`.
    pub forecast: Option<MonthForecast>,
    /// The month's budget.
    pub budget: Option<Decimal>,
}

/// A forecast of a whole month: the days that are over, and Cost Explorer's forecast of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthForecast {
    /// The expected amount.
    pub mean: Decimal,
    /// The lower end of the 80 % prediction interval.
    pub low: Option<Decimal>,
    /// Its upper end.
    pub high: Option<Decimal>,
}

/// Credits of the last seven days, and how long they last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credits {
    /// What credits paid in an average day of the week up to the comparison's day.
    pub per_day: Decimal,
    /// Whether credits paid nothing on the comparison's day, and something on each of the seven days before.
    pub stopped: bool,
    /// The rest of the configured balance.
    pub left: Option<Decimal>,
    /// The day on which the rest is used up at this rate.
    pub last_until: Option<Date>,
}

/// A service whose usage changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mover {
    /// Cost Explorer's name of it.
    pub service: String,
    /// Usage of the comparison's day.
    pub amount: Decimal,
    /// The day that it is compared with.
    pub against: Date,
    /// Usage of that day.
    pub before: Decimal,
    /// What is behind the change, by usage type, account, region and tag.
    pub causes: Vec<Cause>,
}

/// A part of a service's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The dimension: `usage type`, `account`, `region`, or a tag's key.
    pub by: String,
    /// The value there.
    pub name: String,
    /// Its change.
    pub change: Decimal,
}

/// Usage of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountCost {
    /// The account.
    pub account: String,
    /// Usage of the day.
    pub amount: Decimal,
    /// Usage of the same weekday, one week before, where known.
    pub week_before: Option<Decimal>,
}

/// Usage that has no value of a cost allocation tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untagged {
    /// The tag's key.
    pub tag: String,
    /// Usage without it.
    pub amount: Decimal,
    /// All usage.
    pub of: Decimal,
}

/// A dimension of first appearances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Appearance {
    /// A service.
    Service,
    /// An account.
    Account,
    /// A region.
    Region,
    /// One that a newer build added.
    #[serde(other)]
    Other,
}

/// A service, account or region with usage on the day and none in the four weeks before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeen {
    /// Its dimension.
    pub what: Appearance,
    /// Its name.
    pub name: String,
    /// Usage of the day.
    pub amount: Decimal,
}

/// An unusual cost of a service: by the weekday's median, by AWS Cost Anomaly Detection, or by both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostAnomaly {
    /// The service; AWS's name of its dimension where it names no service.
    pub service: String,
    /// The usage of the comparison's day, where it is far from usual.
    pub amount: Option<Decimal>,
    /// The usual amount of that weekday.
    pub usual: Option<Decimal>,
    /// What AWS found there, one entry an anomaly.
    pub aws: Vec<AwsAnomaly>,
}

/// An anomaly that AWS Cost Anomaly Detection found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsAnomaly {
    /// AWS's id of it.
    pub id: String,
    /// Dollars above what was expected, so far.
    pub impact: Decimal,
    /// Its first day, as AWS writes it.
    pub start: String,
    /// Its last day so far.
    pub end: Option<String>,
    /// Usage type, region and account of its largest root cause.
    pub cause: Option<String>,
}

/// A day whose total changed after it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restated {
    /// The day.
    pub date: Date,
    /// The reported total.
    pub reported: Decimal,
    /// The total now.
    pub now: Decimal,
}

/// Usage of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCost {
    /// The day.
    pub date: Date,
    /// Its usage.
    pub amount: Decimal,
}

impl CostAnalysis {
    /// Whether the account exceeds a budget, by what is spent or by a forecast: that of the stack, or one of AWS
    /// Budgets that is of the account's whole cost. A budget of a part of the account says nothing of the account.
    pub fn is_over_budget(&self) -> bool {
        let of_account = self.budgets.iter().filter(|budget| budget.is_of_account());
        self.month.as_ref().is_some_and(MonthCost::is_over_budget)
            || of_account.into_iter().any(AwsBudget::is_over)
    }
}

impl Charges {
    /// The kinds in their order, with their names.
    pub fn named(&self) -> [(&'static str, Decimal); 5] {
        [
            ("usage", self.usage),
            ("fees", self.fees),
            ("tax", self.tax),
            ("credits", self.credits),
            ("refunds", self.refunds),
        ]
    }
}

impl MonthCost {
    /// The expected amount of the whole month: the forecast, or what is spent already.
    pub fn expected(&self) -> Decimal {
        self.forecast
            .map_or(self.to_date, |forecast| forecast.mean.max(self.to_date))
    }

    /// Whether the month has a budget and exceeds it, by what is spent or by the forecast.
    pub fn is_over_budget(&self) -> bool {
        self.budget.is_some_and(|budget| self.expected() > budget)
    }
}
