//! What events say of metrics and alarms.

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde::Serialize;

/// A series of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesPoints {
    /// The workload that has it; the namespace of a metric that no workload names.
    pub workload: String,
    /// The metric, as [`chart_name`] returns it.
    pub name: String,
    /// The statistic of a minute.
    pub statistic: String,
    /// The unit.
    pub unit: String,
    /// Its minutes, oldest first.
    pub points: Vec<Point>,
}

/// A datapoint.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Seconds since 1970 of the minute's start.
    pub time: i64,
    /// The value.
    pub value: f64,
}

/// The dimensions that every series of a stack has: they distinguish none.
const OF_ALL: [&str; 2] = ["Environment", "Stack"];

/// A metric's name on a chart: `BedrockUsage`, `APIErrors` is "`BedrockUsage APIErrors`", and of one agent
/// "`BedrockUsage APIErrors booking`".
pub fn chart_name(namespace: &str, metric: &str, dimensions: &[(String, String)]) -> String {
    let workload = namespace.rsplit('/').next().unwrap_or(namespace);
    let mut name = format!("{workload} {metric}");
    for (_, value) in dimensions
        .iter()
        .filter(|(dimension, _)| !OF_ALL.contains(&dimension.as_str()))
    {
        name.push(' ');
        name.push_str(value);
    }
    name
}

/// Whether a series is a total: it has no dimension but those that all have.
pub(crate) fn is_total(dimensions: &[(String, String)]) -> bool {
    let mut names = dimensions.iter().map(|(name, _)| name.as_str());
    names.all(|name| OF_ALL.contains(&name))
}

/// An alarm and its state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlarmState {
    /// Its name.
    pub name: String,
    /// The metric that it watches, in words.
    pub watches: String,
    /// The chart of its metric ([`SeriesPoints::name`]); that of its first metric where it watches several.
    pub metric: String,
    /// The statistic that it compares with the threshold; empty where that is an expression's value.
    pub statistic: String,
    /// Seconds of a period.
    pub period: u32,
    /// Its threshold.
    pub threshold: f64,
    /// Its state.
    pub state: State,
    /// The reason.
    pub reason: String,
}

/// An alarm whose messages a silence holds back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SilencedAlarm {
    /// The alarm's name.
    pub alarm: String,
    /// The silence's name.
    pub silence: String,
    /// The end.
    pub until: Timestamp,
    /// The reason.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_of_one_metric_have_the_names_of_what_tells_them_apart() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let total = [pair("Environment", "dev")];
        let one = [pair("AgentId", "booking"), pair("Environment", "dev")];
        assert_eq!(
            chart_name("Picket/WebApi", "Requests", &total),
            "WebApi Requests"
        );
        assert_eq!(chart_name("App", "Requests", &one), "App Requests booking");
        assert!(is_total(&total) && is_total(&[]) && !is_total(&one));
    }
}
