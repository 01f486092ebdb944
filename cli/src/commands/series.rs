//! `picket series`: the number of CloudWatch series per metric, and their cost a month.

use std::{cmp::Reverse, fmt, io};

use metrics_publisher::series_limit::admission::{Admitted, Ceilings, place};
use picket_aws::{Fault, state::StateTable};
use picket_rules::metrics;
use picket_shared::{money, report::ErrorChain};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    exit::Exit,
    output::Output,
    stack,
    style::{BAD, BOLD, FAINT, RESET},
};

/// The series that the publisher has admitted.
#[derive(Debug, Serialize)]
struct SeriesReport {
    metrics: Vec<Metric>,
    series: usize,
    /// Dollars a month.
    cost_usd: Decimal,
}

/// One metric's series.
#[derive(Debug, Serialize)]
struct Metric {
    namespace: String,
    name: String,
    series: usize,
    ceiling: usize,
    /// Dollars a month.
    cost_usd: Decimal,
}

/// Reads a stack's admitted series and prints them. Exit status 1 where the table cannot be read.
pub(crate) async fn run(stack: &str, output: &mut Output<'_>) -> io::Result<Exit> {
    match read(stack).await {
        Ok(admitted) => {
            output.answer(&SeriesReport::of(&admitted, &Ceilings::built_in(u32::MAX)))?;
            Ok(Exit::Done)
        }
        Err(fault) => {
            output.complain(ErrorChain(&fault))?;
            Ok(Exit::Failed)
        }
    }
}

async fn read(stack: &str) -> Result<Admitted, Fault> {
    let (aws, table) = stack::named(stack, "LedgerTable").await?;
    let client = aws_sdk_dynamodb::Client::new(&aws);
    let stored = StateTable::new(client, table).read(&place()).await?;
    stored.map_or_else(
        || Ok(Admitted::default()),
        |stored| Admitted::decode(&stored.body),
    )
}

impl SeriesReport {
    /// The most expensive first.
    fn of(admitted: &Admitted, ceilings: &Ceilings) -> Self {
        let metric = |((namespace, name), series): (&(String, String), usize)| Metric {
            namespace: namespace.clone(),
            name: name.clone(),
            series,
            ceiling: ceilings.of(&(namespace.clone(), name.clone())),
            cost_usd: cost(series),
        };
        let mut metrics: Vec<Metric> = admitted.by_metric().map(metric).collect();
        metrics.sort_by_key(|metric| Reverse(metric.series));
        Self {
            metrics,
            series: admitted.len(),
            cost_usd: cost(admitted.len()),
        }
    }
}

fn cost(series: usize) -> Decimal {
    metrics::cost(u64::try_from(series).unwrap_or(u64::MAX))
}

impl fmt::Display for SeriesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            metrics,
            series,
            cost_usd,
        } = self;
        let cost = money::dollars(*cost_usd);
        write!(f, "{BOLD}{series} series, {cost} a month{RESET}")?;
        for metric in metrics {
            let Metric {
                namespace,
                name,
                series,
                ceiling,
                cost_usd,
            } = metric;
            let full = if series >= ceiling { BAD } else { FAINT };
            write!(
                f,
                "\n{series:>6} {full}of {ceiling:<6}{RESET} {:>9}  {namespace} {name}",
                money::money(*cost_usd)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use picket_shared::series::{Aggregate, SeriesKey, SeriesMinute, Statistics};
    use serde_json::json;

    use super::*;

    fn admitted() -> Admitted {
        let series = |name: &str, agent: u32| SeriesMinute {
            key: SeriesKey {
                namespace: "Shop".into(),
                name: name.into(),
                unit: "Count".into(),
                dimensions: vec![("AgentId".into(), agent.to_string())],
            },
            minute: 0,
            aggregate: Aggregate::Sum(Statistics::of(1.0)),
        };
        let few = (0..2).map(|agent| series("Orders", agent));
        let all: Vec<_> = few
            .chain((0..120).map(|agent| series("Views", agent)))
            .collect();
        let mut admitted = Admitted::default();
        admitted.admit(&all, &Ceilings::built_in(1_000), 0, false);
        admitted
    }

    #[test]
    fn the_dearest_metric_comes_first_with_its_ceiling_and_its_dollars() {
        let series = SeriesReport::of(&admitted(), &Ceilings::built_in(u32::MAX));
        assert_eq!(
            serde_json::to_value(&series).unwrap(),
            json!({
                "metrics": [
                    {"namespace": "Shop", "name": "Views", "series": 100, "ceiling": 100, "cost_usd": "30.00"},
                    {"namespace": "Shop", "name": "Orders", "series": 2, "ceiling": 100, "cost_usd": "0.60"},
                ],
                "series": 102,
                "cost_usd": "30.60",
            })
        );
        let people = crate::terminal::plain(&series);
        assert_eq!(
            people,
            "102 series, $30.60 a month\n   100 of 100        30.00  Shop Views\n     2 of 100         0.60  Shop Orders"
        );
    }
}
