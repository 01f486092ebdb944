//! The query plan: which queries the reports of some days take, in the order of their worth.

use jiff::{ToSpan, civil::Date};

use super::query::{CostQuery, Grouping, Part, Query};

/// Weeks of history for the usual amount of a weekday, and for what is new.
pub(crate) const WEEKS: i32 = 4;
/// Days of history.
pub(crate) const HISTORY_DAYS: i32 = 7 * WEEKS;
/// Services whose causes are read.
pub(crate) const MOST_MOVERS: usize = 3;

/// The days to report, and what the plan depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFor<'a> {
    /// The first day to report.
    pub first: Date,
    /// The last.
    pub last: Date,
    /// The present day, UTC.
    pub today: Date,
    /// The cost allocation tag, where one is configured.
    pub tag: Option<&'a str>,
    /// Whether costs are read by region.
    pub regions: bool,
    /// The account whose budgets are read, where known.
    pub account: Option<&'a str>,
}

/// The queries that do not depend on an answer, the most important first.
///
/// Each is one page for most accounts. The 29 days by service and record type are the largest: a median of the same
/// weekday needs four weeks. The months need 62 days, and are read by record type alone, which has few rows; that read
/// is a check of the services' sum as well, since Cost Explorer answers it apart.
pub fn first(plan: &PlanFor<'_>) -> Vec<Query> {
    let dimensions = |part, keys: &[&'static str], start, usage_only| {
        let group_by = keys.iter().map(|key| Grouping::Dimension(key)).collect();
        costs(part, plan, start, group_by, usage_only)
    };
    let history = plan.first.saturating_sub(HISTORY_DAYS.days());
    let months = plan.first.first_of_month().saturating_sub(1.month());
    let mut queries = vec![
        dimensions(Part::Services, &["SERVICE", "RECORD_TYPE"], history, false),
        dimensions(Part::Month, &["RECORD_TYPE"], months, false),
    ];
    queries.extend(forecast(plan));
    queries.push(dimensions(
        Part::Accounts,
        &["LINKED_ACCOUNT"],
        history,
        true,
    ));
    queries.push(Query::Anomalies(
        plan.first.saturating_sub(2.days()),
        plan.today,
    ));
    if plan.regions {
        queries.push(dimensions(Part::Regions, &["REGION"], history, true));
    }
    if let Some(tag) = plan.tag {
        let group_by = vec![
            Grouping::Tag(tag.to_owned()),
            Grouping::Dimension("SERVICE"),
        ];
        let week = plan.first.saturating_sub(8.days());
        queries.push(costs(Part::Tags, plan, week, group_by, true));
    }
    let account = plan.account.filter(|_| is_current(plan));
    queries.extend(account.map(|account| Query::Budgets(account.to_owned())));
    queries
}

/// Whether the last day is yesterday, in a month that goes on: what AWS states of the present then continues the report.
fn is_current(plan: &PlanFor<'_>) -> bool {
    let follows = plan.last.tomorrow().is_ok_and(|next| next == plan.today);
    follows && plan.today.first_of_month() == plan.last.first_of_month()
}

/// The forecast of the rest of the month, from today: the report of yesterday has the days before. There is none for a
/// month that is over, nor for a day that is reported late, which the forecast of today does not continue.
///
/// The first day may be today at the latest, and the period must not be empty (`GetCostForecast`, `TimePeriod`). It
/// begins today and not tomorrow, so on the last day of a month it is one day long, and not empty.
fn forecast(plan: &PlanFor<'_>) -> Option<Query> {
    let next_month = plan.last.last_of_month().tomorrow().ok()?;
    is_current(plan).then_some(Query::Forecast(plan.today, next_month))
}

/// The queries for what is behind the changes of some services.
///
/// `several_accounts` and `several_regions`: whether usage of the day is in more than one. What is in one needs no
/// read.
pub fn details(
    plan: &PlanFor<'_>,
    movers: &[String],
    several_accounts: bool,
    several_regions: bool,
) -> Vec<Query> {
    if movers.is_empty() {
        return Vec::new();
    }
    // The comparison's day may be the one before the report's, and is compared with the day a week before it.
    let start = plan.first.saturating_sub(8.days());
    let reads = [
        (Part::UsageTypes, "USAGE_TYPE", true),
        (Part::MoverAccounts, "LINKED_ACCOUNT", several_accounts),
        (
            Part::MoverRegions,
            "REGION",
            several_regions && plan.regions,
        ),
    ];
    let wanted = reads.into_iter().filter(|(_, _, wanted)| *wanted);
    wanted
        .map(|(part, key, _)| {
            let group_by = vec![Grouping::Dimension("SERVICE"), Grouping::Dimension(key)];
            match costs(part, plan, start, group_by, true) {
                Query::Costs(query) => Query::Costs(CostQuery {
                    services: movers.to_vec(),
                    ..query
                }),
                other => other,
            }
        })
        .collect()
}

fn costs(
    part: Part,
    plan: &PlanFor<'_>,
    start: Date,
    group_by: Vec<Grouping>,
    usage_only: bool,
) -> Query {
    Query::Costs(CostQuery {
        part,
        start,
        end: plan.last.saturating_add(1.day()),
        group_by,
        usage_only,
        services: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn plan(last: Date, today: Date) -> PlanFor<'static> {
        PlanFor {
            first: last,
            last,
            today,
            tag: None,
            regions: true,
            account: Some("123456789012"),
        }
    }

    fn costs_of(queries: &[Query], part: Part) -> &CostQuery {
        let found = queries.iter().find_map(|query| match query {
            Query::Costs(query) if query.part == part => Some(query),
            _ => None,
        });
        found.unwrap()
    }

    #[test]
    fn the_windows_reach_four_weeks_and_the_first_of_last_month() {
        for (day, history, months, end) in [
            (
                (2026, 11, 19),
                (2026, 10, 22),
                (2026, 10, 1),
                (2026, 11, 20),
            ),
            ((2026, 1, 1), (2025, 12, 4), (2025, 12, 1), (2026, 1, 2)),
            ((2026, 3, 31), (2026, 3, 3), (2026, 2, 1), (2026, 4, 1)),
            ((2028, 2, 29), (2028, 2, 1), (2028, 1, 1), (2028, 3, 1)),
            ((2026, 12, 31), (2026, 12, 3), (2026, 11, 1), (2027, 1, 1)),
        ] {
            let of = |(year, month, day): (i16, i8, i8)| date(year, month, day);
            let day = of(day);
            let queries = first(&plan(day, day.tomorrow().unwrap()));
            let services = costs_of(&queries, Part::Services);
            assert_eq!((services.start, services.end), (of(history), of(end)));
            let month = costs_of(&queries, Part::Month);
            assert_eq!((month.start, month.end), (of(months), of(end)));
        }
    }

    #[test]
    fn the_forecast_begins_today_and_is_left_out_where_its_period_would_be_empty_or_not_follow() {
        for (last, today, expected) in [
            (
                date(2026, 11, 19),
                date(2026, 11, 20),
                Some((date(2026, 11, 20), date(2026, 12, 1))),
            ),
            (
                date(2026, 11, 29),
                date(2026, 11, 30),
                Some((date(2026, 11, 30), date(2026, 12, 1))),
            ),
            (
                date(2026, 12, 30),
                date(2026, 12, 31),
                Some((date(2026, 12, 31), date(2027, 1, 1))),
            ),
            (
                date(2028, 2, 28),
                date(2028, 2, 29),
                Some((date(2028, 2, 29), date(2028, 3, 1))),
            ),
            // The month is over.
            (date(2026, 11, 30), date(2026, 12, 1), None),
            (date(2026, 12, 31), date(2027, 1, 1), None),
            // A late report, and one of the present day.
            (date(2026, 11, 10), date(2026, 11, 20), None),
            (date(2026, 11, 20), date(2026, 11, 20), None),
        ] {
            let expected = expected.map(|(start, end)| Query::Forecast(start, end));
            assert_eq!(forecast(&plan(last, today)), expected, "{last} {today}");
        }
    }

    #[test]
    fn what_is_in_one_place_is_not_read_again() {
        let plan = plan(date(2026, 11, 19), date(2026, 11, 20));
        let movers = ["AWS Lambda".to_owned()];
        for (accounts, regions, count) in [(false, false, 1), (true, false, 2), (true, true, 3)] {
            assert_eq!(details(&plan, &movers, accounts, regions).len(), count);
        }
        assert!(details(&plan, &[], true, true).is_empty());
    }
}
