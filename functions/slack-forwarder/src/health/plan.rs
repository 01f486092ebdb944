//! The queries of a workload's checks, and the report of their answers.

use jiff::Timestamp;
use picket_rules::health::{Check, DimensionValue, Health, Period as Length, Query, Statistic};
use picket_shared::fleet::{HealthCheck, HealthReport};

use super::{
    targets::Targets,
    window::{Period, Window},
};

/// The values of a metric, each with the beginning of its period.
pub type Series = Vec<(Timestamp, f64)>;

/// A query of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// The namespace.
    pub namespace: String,
    /// The metric.
    pub name: String,
    /// The statistic, which adds up over periods.
    pub statistic: Statistic,
    /// The dimensions.
    pub dimensions: Vec<(String, String)>,
    /// The minutes of a period.
    pub period_minutes: u32,
}

/// The stack that checks.
#[derive(Debug, Clone, Copy)]
pub struct Stack<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its environment.
    pub environment: &'a str,
}

/// The checks of a workload that is on, with their queries.
#[derive(Debug)]
pub struct Plan<'a> {
    stack: Stack<'a>,
    health: &'a Health,
    checks: Vec<Planned<'a>>,
    /// The queries: a request to CloudWatch, whose answers come in this order.
    pub queries: Vec<MetricQuery>,
}

/// A check, and where its queries are.
#[derive(Debug)]
struct Planned<'a> {
    check: &'a Check,
    metric: Place,
    of: Option<Place>,
    zero_while: Vec<Place>,
}

/// Where the queries of a metric are: an average needs two.
#[derive(Debug, Clone, Copy)]
struct Place {
    statistic: Statistic,
    values: usize,
    counts: usize,
}

impl<'a> Plan<'a> {
    /// The plan of a workload; `None` where it is off, or none of its checks has its targets.
    pub fn new(health: &'a Health, targets: &Targets, stack: Stack<'a>) -> Option<Self> {
        if !targets.has(&health.workload) {
            return None;
        }
        let mut plan = Self {
            stack,
            health,
            checks: Vec::new(),
            queries: Vec::new(),
        };
        for check in &health.checks {
            if targets.has_all(&health.workload, check) {
                plan.add(check, targets);
            }
        }
        (!plan.checks.is_empty()).then_some(plan)
    }

    /// The workload.
    pub fn workload(&self) -> &str {
        self.health.workload.as_str()
    }

    fn add(&mut self, check: &'a Check, targets: &Targets) {
        let minutes = check.period.min(Length::HOUR).minutes();
        let mut place = |query: &Query| self.place(query, minutes, targets);
        let planned = Planned {
            check,
            metric: place(&check.metric),
            of: check.of.as_ref().map(&mut place),
            zero_while: check.zero_while.iter().map(place).collect(),
        };
        self.checks.push(planned);
    }

    /// Adds the queries of a metric.
    fn place(&mut self, query: &Query, minutes: u32, targets: &Targets) -> Place {
        let mut add = |statistic| {
            self.queries.push(MetricQuery {
                namespace: query.namespace.clone(),
                name: query.name.as_str().to_owned(),
                statistic,
                dimensions: self.dimensions(query, targets),
                period_minutes: minutes,
            });
            self.queries.len() - 1
        };
        let (values, counts) = if query.statistic == Statistic::Average {
            (add(Statistic::Sum), add(Statistic::SampleCount))
        } else {
            let place = add(query.statistic);
            (place, place)
        };
        Place {
            statistic: query.statistic,
            values,
            counts,
        }
    }

    fn dimensions(&self, query: &Query, targets: &Targets) -> Vec<(String, String)> {
        let value = |value: &DimensionValue| match value {
            DimensionValue::Text(text) => text.clone(),
            DimensionValue::Environment => self.stack.environment.to_owned(),
            DimensionValue::Stack => self.stack.name.to_owned(),
            DimensionValue::Target(name) => targets
                .value(&self.health.workload, name)
                .unwrap_or_default()
                .to_owned(),
        };
        let dimensions = query.dimensions.iter();
        dimensions
            .map(|(name, written)| (name.clone(), value(written)))
            .collect()
    }

    /// The report of the answers to the queries. An answer that is not there has no data. A check none of whose periods is
    /// active in the window is left out.
    pub fn report(&self, answers: &[Series], window: Window) -> HealthReport {
        let checks = self.checks.iter();
        HealthReport {
            stack: self.stack.name.to_owned(),
            environment: self.stack.environment.to_owned(),
            workload: self.workload().to_owned(),
            from: window.from,
            to: window.to,
            checks: checks
                .map(|planned| planned.checked(answers, window))
                .filter(|check| check.periods > 0)
                .collect(),
        }
    }
}

impl Planned<'_> {
    fn checked(&self, answers: &[Series], window: Window) -> HealthCheck {
        let check = self.check;
        let minutes = check.period.minutes();
        let is_active = |period: &Period| {
            let (hours, days) = (check.hours, check.days);
            hours.is_none_or(|hours| hours.contains(period.minute_of_day()))
                && days.is_none_or(|days| days.contains(period.day_of_week()))
        };
        let periods = window.periods(minutes).filter(is_active);
        let values: Vec<Option<f64>> = periods.map(|period| self.value(answers, period)).collect();
        let known = || values.iter().copied().flatten();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let worst = known().max_by(|one, other| {
            let badness = |value: f64| check.expect.badness(value);
            badness(*one).total_cmp(&badness(*other))
        });
        HealthCheck {
            name: check.name.clone(),
            expected: check.expect.to_string(),
            unit: check.unit.clone(),
            value: worst,
            period_minutes: minutes,
            hours: active(check),
            periods: count(values.len()),
            missed: count(known().filter(|value| !check.expect.is_met(*value)).count()),
            without_data: count(values.len() - known().count()),
        }
    }

    /// The value of a period; `None` without data.
    fn value(&self, answers: &[Series], period: Period) -> Option<f64> {
        let own = self.metric.value(answers, period);
        let Some(of) = &self.of else {
            let is_zero = || {
                let mut others = self.zero_while.iter();
                others.any(|other| other.value(answers, period).is_some())
            };
            return own.or_else(|| is_zero().then_some(0.0));
        };
        // A part of nothing is no percentage.
        let whole = of.value(answers, period).filter(|whole| *whole > 0.0)?;
        let part = 100.0 * own.unwrap_or(0.0) / whole;
        Some(if self.check.rest { 100.0 - part } else { part })
    }
}

/// `Mon-Fri 08:00-18:00`; `None` is always.
fn active(check: &Check) -> Option<String> {
    let days = check.days.as_ref().map(ToString::to_string);
    let hours = check.hours.as_ref().map(ToString::to_string);
    match (days, hours) {
        (Some(days), Some(hours)) => Some(format!("{days} {hours}")),
        (days, hours) => days.or(hours),
    }
}

impl Place {
    fn value(self, answers: &[Series], period: Period) -> Option<f64> {
        let values = |place: usize| {
            let series = answers.get(place).into_iter().flatten();
            series
                .filter(move |(at, _)| period.contains(*at))
                .map(|(_, value)| *value)
        };
        let found = || values(self.values);
        found().next()?;
        match self.statistic {
            Statistic::Sum | Statistic::SampleCount => Some(found().sum()),
            Statistic::Minimum => found().reduce(f64::min),
            Statistic::Maximum => found().reduce(f64::max),
            Statistic::Average => {
                let count: f64 = values(self.counts).sum();
                (count > 0.0).then(|| found().sum::<f64>() / count)
            }
        }
    }
}
