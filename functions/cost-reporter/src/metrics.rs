//! The report as metrics: `DailyCost`, of the account and by service, and `ForecastToBudget`.
//!
//! A datapoint has the time of the report: an alarm sees it on the day on which the cost is known, which is the day
//! after that of the cost.

use jiff::Timestamp;
use picket_cloudwatch::{
    OWN_NAMESPACE,
    datum::{Datum, DatumValues},
    limits::{is_dimension_value, is_value},
    pack::Request,
};
use picket_shared::{fleet::CostReport, series::Statistics};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// The cost of the reported day.
pub const DAILY_COST: &str = "DailyCost";
/// The expected cost of the month, in percent of its budget.
pub const FORECAST_TO_BUDGET: &str = "ForecastToBudget";

/// Services with a series of their own. A series counts in the hours that have a datapoint, so one a day costs a cent a
/// month.
const MOST_SERVICES: usize = 20;

/// The request that publishes a report; `None` where nothing is known. An incomplete amount is not published: an alarm
/// would take it for the cost.
pub(crate) fn request(report: &CostReport, at: Timestamp) -> Option<Request> {
    if report.incomplete().is_some() || report.currency != "USD" {
        return None;
    }
    let stack = ("Stack".to_owned(), report.stack.clone());
    let datum = |name: &str, unit: &str, service: Option<&str>, value: Decimal| {
        let value = value.to_f64().filter(|value| is_value(*value))?;
        let service = service.map(|service| ("Service".to_owned(), service.to_owned()));
        Some(Datum {
            name: name.to_owned(),
            unit: unit.to_owned(),
            dimensions: std::iter::once(stack.clone()).chain(service).collect(),
            at,
            values: DatumValues::Statistics(Statistics::of(value)),
        })
    };
    let mut data = Vec::new();
    data.extend(
        report
            .total
            .and_then(|total| datum(DAILY_COST, "None", None, total)),
    );
    let services = report
        .by_service
        .iter()
        .filter(|service| !service.amount.is_zero() && is_dimension_value(&service.service));
    data.extend(
        services.take(MOST_SERVICES).filter_map(|service| {
            datum(DAILY_COST, "None", Some(&service.service), service.amount)
        }),
    );
    let month = report.analysis.month.as_ref();
    let part = month.and_then(|month| {
        let budget = month.budget.filter(|budget| !budget.is_zero())?;
        month
            .expected()
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(budget)
    });
    data.extend(part.and_then(|part| datum(FORECAST_TO_BUDGET, "Percent", None, part)));
    (!data.is_empty()).then(|| Request {
        namespace: OWN_NAMESPACE.to_owned(),
        data,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use picket_shared::fleet::{CostAnalysis, MonthCost, ServiceCost};

    use super::*;

    fn report() -> CostReport {
        let service = |service: &str, amount: i64| ServiceCost {
            service: service.to_owned(),
            amount: Decimal::from(amount),
            previous: None,
        };
        CostReport {
            stack: "picket-dev".to_owned(),
            account: None,
            date: date(2026, 11, 19),
            currency: "USD".to_owned(),
            estimated: true,
            total: Some(Decimal::from(12)),
            previous_total: None,
            by_service: vec![service("AWS Lambda", 12), service("Amazon S3", 0)],
            absent: Vec::new(),
            by_agent: Vec::new(),
            ai: None,
            token_cost_usd: None,
            caveats: Vec::new(),
            requests: 7,
            analysis: CostAnalysis {
                month: Some(MonthCost {
                    to_date: Decimal::from(240),
                    days: 19,
                    last_month: None,
                    forecast: None,
                    budget: Some(Decimal::from(300)),
                }),
                ..CostAnalysis::default()
            },
        }
    }

    fn values(report: &CostReport) -> Vec<(String, String, f64)> {
        let request = request(report, Timestamp::UNIX_EPOCH);
        let data = request.into_iter().flat_map(|request| request.data);
        data.map(|datum| {
            let DatumValues::Statistics(statistics) = datum.values else {
                panic!("one value")
            };
            let dimensions: Vec<_> = datum
                .dimensions
                .into_iter()
                .map(|(_, value)| value)
                .collect();
            (datum.name, dimensions.join(" "), statistics.sum)
        })
        .collect()
    }

    #[test]
    fn a_report_is_the_cost_of_the_day_and_the_months_part_of_its_budget() {
        let expected = [
            (DAILY_COST, "picket-dev", 12.0),
            (DAILY_COST, "picket-dev AWS Lambda", 12.0),
            (FORECAST_TO_BUDGET, "picket-dev", 80.0),
        ];
        let expected = expected.map(|(name, of, value)| (name.to_owned(), of.to_owned(), value));
        assert_eq!(values(&report()), expected);
    }

    #[test]
    fn an_incomplete_amount_and_one_in_another_currency_are_not_published() {
        let mut incomplete = report();
        incomplete
            .caveats
            .push("incomplete: a page is missing".to_owned());
        let other = CostReport {
            currency: "EUR".to_owned(),
            ..report()
        };
        for report in [incomplete, other] {
            assert!(values(&report).is_empty());
        }
    }

    #[test]
    fn services_beyond_the_limit_have_no_series() {
        let mut report = report();
        let row = report.by_service[0].clone();
        report.by_service = (0..400)
            .map(|number| ServiceCost {
                service: format!("Service {number}"),
                ..row.clone()
            })
            .collect();
        assert_eq!(values(&report).len(), MOST_SERVICES + 2);
    }
}
