use std::collections::BTreeMap;

use anyhow::Result;
use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use jiff::Timestamp;
use picket_alarms::{Datapoint, Definition, Input, Sample, Statistic, Watched, Window};

/// The emulator's periods begin at multiples of their length, CloudWatch's where the alarm's window begins: so minutes
/// are read, and put together here.
const MINUTE: i32 = 60;

/// The series that an alarm evaluates, up to `now`.
pub(super) async fn series(
    client: &Client,
    definition: &Definition,
    now: Timestamp,
) -> Result<Watched> {
    let window = Window::of(definition, now);
    let mut inputs = BTreeMap::new();
    for input in definition.inputs() {
        inputs.insert(input.id.clone(), datapoints(client, input, &window).await?);
    }
    Ok(definition.series(&inputs, &window))
}

async fn datapoints(client: &Client, input: &Input, window: &Window) -> Result<Vec<Datapoint>> {
    if input.statistic.is_extended() {
        let period = i32::try_from(window.period().as_secs())?;
        let statistics = [input.statistic, Statistic::SampleCount];
        let [values, counts] = read(client, input, window, period, statistics).await?;
        return Ok(values
            .into_iter()
            .map(|(at, value)| Datapoint {
                at,
                value,
                samples: counts.get(&at).copied(),
            })
            .collect());
    }
    let statistics = [
        Statistic::SampleCount,
        Statistic::Sum,
        Statistic::Minimum,
        Statistic::Maximum,
    ];
    let [counts, sums, minimums, maximums] =
        read(client, input, window, MINUTE, statistics).await?;
    let minutes: BTreeMap<Timestamp, Sample> = counts
        .iter()
        .map(|(at, &count)| {
            let value =
                |values: &BTreeMap<Timestamp, f64>| values.get(at).copied().unwrap_or_default();
            (
                *at,
                Sample::Set {
                    count,
                    sum: value(&sums),
                    minimum: value(&minimums),
                    maximum: value(&maximums),
                },
            )
        })
        .collect();
    Ok(periods(&minutes, input.statistic, window))
}

/// One datapoint for each period of the window in which something was put.
fn periods(
    minutes: &BTreeMap<Timestamp, Sample>,
    statistic: Statistic,
    window: &Window,
) -> Vec<Datapoint> {
    let datapoint = |(at, end): (Timestamp, Timestamp)| {
        let samples: Vec<Sample> = minutes
            .range(at..end)
            .map(|(_, sample)| sample.clone())
            .collect();
        let value = statistic.of(&samples)?;
        Some(Datapoint {
            at,
            value,
            samples: Statistic::SampleCount.of(&samples),
        })
    };
    window.periods().filter_map(datapoint).collect()
}

async fn read<const N: usize>(
    client: &Client,
    input: &Input,
    window: &Window,
    period: i32,
    statistics: [Statistic; N],
) -> Result<[BTreeMap<Timestamp, f64>; N]> {
    let dimension =
        |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace(&input.namespace)
        .metric_name(&input.metric_name)
        .set_dimensions(Some(input.dimensions.iter().map(dimension).collect()))
        .build();
    let query = |(number, statistic): (usize, &Statistic)| {
        let stat = MetricStat::builder()
            .metric(metric.clone())
            .period(period)
            .stat(statistic.to_string())
            .build();
        MetricDataQuery::builder()
            .id(format!("q{number}"))
            .metric_stat(stat)
            .build()
    };
    let start = window
        .starts
        .first()
        .copied()
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let answer = client
        .get_metric_data()
        .start_time(DateTime::from_secs(start.as_second()))
        .end_time(DateTime::from_secs(window.end.as_second()))
        .set_metric_data_queries(Some(statistics.iter().enumerate().map(query).collect()))
        .send()
        .await?;
    let values = |number: usize| {
        let id = format!("q{number}");
        let result = answer
            .metric_data_results()
            .iter()
            .find(|result| result.id() == Some(&id));
        let pairs = result
            .into_iter()
            .flat_map(|result| result.timestamps().iter().zip(result.values()));
        pairs
            .filter_map(|(at, &value)| Some((Timestamp::from_second(at.secs()).ok()?, value)))
            .collect()
    };
    Ok(std::array::from_fn(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_make_periods_that_begin_where_the_window_does() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let sample = |value: f64| Sample::Set {
            count: 1.0,
            sum: value,
            minimum: value,
            maximum: value,
        };
        let minutes = BTreeMap::from([
            (at(3), sample(1.0)),
            (at(7), sample(2.0)),
            (at(8), sample(4.0)),
        ]);
        let window = Window {
            starts: vec![at(-2), at(3), at(8)],
            end: at(13),
        };
        let values: Vec<_> = periods(&minutes, Statistic::Sum, &window)
            .iter()
            .map(|point| (point.at, point.value, point.samples))
            .collect();
        assert_eq!(values, [(at(3), 3.0, Some(2.0)), (at(8), 4.0, Some(1.0))]);
    }
}
