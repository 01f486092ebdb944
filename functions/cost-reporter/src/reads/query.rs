//! Queries to Cost Explorer and AWS Budgets, and the parts of the report that rest on each.

use jiff::civil::Date;

/// A part of the report that has a read of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Costs by service and record type, by day: what the report is about.
    Services,
    /// Costs by record type over the month and the month before: the month, and a check of the services.
    Month,
    /// Cost Explorer's forecast.
    Forecast,
    /// Usage types of the services that changed.
    UsageTypes,
    /// Usage by account.
    Accounts,
    /// Usage by region.
    Regions,
    /// AWS's anomalies.
    Anomalies,
    /// Usage by tag and service.
    Tags,
    /// Accounts of the services that changed.
    MoverAccounts,
    /// Regions of the services that changed.
    MoverRegions,
    /// Budgets of AWS Budgets.
    Budgets,
}

/// What costs are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// A dimension.
    Dimension(&'static str),
    /// A cost allocation tag, by its key.
    Tag(String),
}

/// A query of `GetCostAndUsage`, by day, in [`crate::day::METRIC`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CostQuery {
    /// The part.
    pub part: Part,
    /// The first day.
    pub start: Date,
    /// The day after the last.
    pub end: Date,
    /// One or two groupings.
    pub group_by: Vec<Grouping>,
    /// Whether it leaves out what is not usage.
    pub usage_only: bool,
    /// The services it is for; empty is all.
    pub services: Vec<String>,
}

/// A query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// `GetCostAndUsage`.
    Costs(CostQuery),
    /// `GetCostForecast` without credits and refunds, from the first day up to and without the second.
    Forecast(Date, Date),
    /// `GetAnomalies` that ended, or still go on, from the first day to the second.
    Anomalies(Date, Date),
    /// `DescribeBudgets` of an account.
    Budgets(String),
}

impl Query {
    /// The part that rests on it.
    pub fn part(&self) -> Part {
        match self {
            Self::Costs(query) => query.part,
            Self::Forecast(..) => Part::Forecast,
            Self::Anomalies(..) => Part::Anomalies,
            Self::Budgets(_) => Part::Budgets,
        }
    }
}

impl Part {
    /// The part in a sentence: "… is left out".
    pub fn name(self) -> &'static str {
        match self {
            Self::Services => "the cost by service",
            Self::Month => "the month to date",
            Self::Forecast => "the forecast",
            Self::UsageTypes => "the usage types behind the changes",
            Self::Accounts => "the cost by account",
            Self::Regions => "the cost by region",
            Self::Anomalies => "AWS's own anomalies",
            Self::Tags => "the cost by tag",
            Self::MoverAccounts => "the accounts behind the changes",
            Self::MoverRegions => "the regions behind the changes",
            Self::Budgets => "the budgets of AWS Budgets",
        }
    }
}

impl Grouping {
    /// The key of the group definition.
    pub fn key(&self) -> &str {
        match self {
            Self::Dimension(key) => key,
            Self::Tag(key) => key,
        }
    }
}
