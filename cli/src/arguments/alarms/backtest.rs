//! `picket alarms backtest`.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::Sources;
use crate::arguments::Lasts;

pub(super) const EXAMPLES: &str = "Examples:
  aws cloudwatch describe-alarms \\
    --alarm-types MetricAlarm CompositeAlarm > alarms.json
  picket alarms backtest alarms.json --from 30d         # with credentials
  picket alarms backtest alarms.json --from 30d --queries > queries.json
  aws cloudwatch get-metric-data --metric-data-queries file://queries.json \\
    --start-time 2026-11-01T00:00:00Z --end-time 2026-12-01T00:00:00Z \\
    > metrics.json
  picket alarms backtest alarms.json --metrics metrics.json --svg alarms.svg
  picket alarms backtest alarms.json --metrics metrics.json \\
    --alarm shop-latency --thresholds 1..10";

/// The arguments of `picket alarms backtest`.
#[derive(Debug, Args)]
pub(crate) struct BacktestArguments {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// Recorded answers of get-metric-data, JSON, in any order; in place of CloudWatch.
    #[arg(long, num_args = 1.., conflicts_with = "queries")]
    pub(crate) metrics: Vec<PathBuf>,
    /// The period that ends now: `30d`, or `12h`. CloudWatch keeps datapoints of 60 s for 15 days, of 300 s for 63 days.
    #[arg(long, value_name = "TIME", default_value = "15d")]
    pub(crate) from: Lasts,
    /// Prints the queries of the alarms' metrics, for `--metric-data-queries`, and nothing else: at most 500 an array.
    #[arg(long)]
    pub(crate) queries: bool,
    /// Only the alarm with this name or id; can be given several times.
    #[arg(long = "alarm", value_name = "NAME")]
    pub(crate) alarms: Vec<String>,
    /// The thresholds to compare: `1..10` is ten from 1 to 10, `5,8,10` these. Without, quantiles of the values.
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    pub(crate) thresholds: Option<Thresholds>,
    /// Draws the series, thresholds and times in ALARM into an SVG file.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// The start of the recorded metrics; without, their first datapoint.
    #[arg(long, requires = "metrics")]
    pub(crate) start: Option<Timestamp>,
    /// The end of the recorded metrics; without, that of their last datapoint.
    #[arg(long, requires = "metrics")]
    pub(crate) end: Option<Timestamp>,
}

/// Thresholds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Thresholds(pub(crate) Vec<f64>);

/// Thresholds of a range, its ends among them.
const STEPS: i32 = 9;

impl std::str::FromStr for Thresholds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("{text:?} is no range of thresholds: write 1..10 or 5,8,10");
        let number = |text: &str| {
            let number: f64 = text.trim().parse().map_err(|_| refused())?;
            number.is_finite().then_some(number).ok_or_else(refused)
        };
        let Some((first, last)) = text.split_once("..") else {
            return Ok(Self(text.split(',').map(number).collect::<Result<_, _>>()?));
        };
        let (first, last) = (number(first)?, number(last)?);
        if first >= last {
            return Err(refused());
        }
        let value = |step: i32| {
            let exact = first + (last - first) * f64::from(step) / f64::from(STEPS);
            // 0.1 + 0.2 is not 0.3: nine digits are enough to say.
            format!("{exact:.9}").parse().unwrap_or(exact)
        };
        Ok(Self((0..=STEPS).map(value).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_ten_thresholds_and_a_list_its_own() {
        let read = |text: &str| text.parse::<Thresholds>().map(|Thresholds(all)| all);
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(read("1..10"), Ok(ten));
        assert_eq!(read("0..0.9").unwrap()[2..4], [0.2, 0.3]);
        assert_eq!(read("5,8, 10"), Ok(vec![5.0, 8.0, 10.0]));
        assert_eq!(read("-1"), Ok(vec![-1.0]));
        for refused in ["", "a", "10..1", "1..", "inf", "1..1"] {
            assert!(read(refused).is_err(), "{refused}");
        }
    }
}
