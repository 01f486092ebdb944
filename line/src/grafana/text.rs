//! What Grafana puts into queries, legends and links
//! (<https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/>).

use std::collections::BTreeMap;

/// Seconds between two samples: `timeInterval` of the provisioned data source.
const INTERVAL: i64 = 60;
/// So that a rate has several samples, Grafana takes at least so many intervals.
const INTERVALS: i64 = 4;

/// The values of variables, and those that Grafana has itself.
#[derive(Debug)]
pub(super) struct Variables<'a> {
    own: &'a BTreeMap<String, String>,
    rate_interval: String,
}

impl<'a> Variables<'a> {
    /// `step` is the interval of the points, in seconds.
    pub(super) fn of(own: &'a BTreeMap<String, String>, step: i64) -> Self {
        let seconds = (step + INTERVAL).max(INTERVALS * INTERVAL);
        Self {
            own,
            rate_interval: format!("{seconds}s"),
        }
    }

    /// A query with values in the place of variables.
    pub(super) fn query(&self, text: &str) -> String {
        let text = text.replace("$__rate_interval", &self.rate_interval);
        self.substituted(&text, &BTreeMap::new())
    }

    /// The address of a link of a series.
    pub(super) fn link(&self, text: &str, labels: &BTreeMap<String, String>) -> String {
        self.substituted(text, labels)
    }

    /// `${name}` is a variable, and `${__field.labels.name}` a label of the series.
    fn substituted(&self, text: &str, labels: &BTreeMap<String, String>) -> String {
        replaced(text, "${", "}", |name| {
            match name.strip_prefix("__field.labels.") {
                Some(label) => labels.get(label),
                None => self.own.get(name),
            }
        })
    }
}

/// The name of a series: `{{label}}` is a label; an empty legend is all labels.
pub(super) fn legend(format: &str, labels: &BTreeMap<String, String>) -> String {
    if format.is_empty() {
        let labels = labels
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"));
        return format!("{{{}}}", labels.collect::<Vec<_>>().join(", "));
    }
    replaced(format, "{{", "}}", |name| labels.get(name.trim()))
}

/// The text with what a name between two marks stands for, which is nothing where it stands for nothing.
fn replaced<'v>(
    text: &str,
    open: &str,
    close: &str,
    value: impl Fn(&str) -> Option<&'v String>,
) -> String {
    let mut parts = text.split(open);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |made, part| match part.split_once(close) {
        Some((name, rest)) => made + value(name).map_or("", String::as_str) + rest,
        None => made + open + part,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_legend_names_labels() {
        let labels = map(&[("source", "web"), ("service", "api")]);
        assert_eq!(legend("{{source}} to {{ service }}", &labels), "web to api");
        assert_eq!(legend("{{other}}p95", &labels), "p95");
        assert_eq!(legend("", &labels), r#"{service="api", source="web"}"#);
    }

    #[test]
    fn queries_and_links_have_the_values_of_variables() {
        let own = map(&[("jaeger", "http://j")]);
        let labels = map(&[("app", "api")]);
        let variables = Variables::of(&own, 10);
        assert_eq!(
            variables.query("rate(a[$__rate_interval])"),
            "rate(a[240s])"
        );
        let hourly = Variables::of(&own, 3_600);
        assert_eq!(hourly.query("rate(a[$__rate_interval])"), "rate(a[3660s])");
        let link = "${jaeger}/search?service=${__field.labels.app}.${__field.labels.none}";
        assert_eq!(
            variables.link(link, &labels),
            "http://j/search?service=api."
        );
    }
}
