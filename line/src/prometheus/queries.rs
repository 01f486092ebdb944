//! The query API of a running Prometheus.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use reqwest::Url;
use serde_json::Value;

use crate::journal::Point;

/// The query API of a running Prometheus.
#[derive(Debug, Clone)]
pub struct Queries {
    address: Url,
}

/// The labels of a series.
type Labels = BTreeMap<String, String>;

/// The result of a query: the labels and the value of each series.
pub type QueryResult = Vec<(Labels, f64)>;

/// The labels of a series, and its values in a range of time.
pub type SeriesOverTime = (Labels, Vec<Point>);

/// A range of time and the interval of its points, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Since 1970.
    pub start: i64,
    /// Since 1970.
    pub end: i64,
    /// From a point to the next.
    pub step: i64,
}

impl Queries {
    /// A client of the Prometheus at this address, which ends in a slash.
    pub fn at(address: &str) -> Result<Self> {
        let address =
            Url::parse(address).with_context(|| format!("{address:?} is not an address"))?;
        Ok(Self { address })
    }

    /// Its address.
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    /// The result of a query at the present time.
    pub async fn query(&self, query: &str) -> Result<QueryResult> {
        let result = self.result("query", &[("query", query)]).await?;
        let one = |series: &Value| {
            let (_, value) = point(&series["value"])?;
            Ok((labels(series)?, value))
        };
        result.iter().map(one).collect()
    }

    /// The result of a query at each step of a range. Values that are no numbers are left out.
    pub async fn range(&self, query: &str, range: Range) -> Result<Vec<SeriesOverTime>> {
        let Range { start, end, step } = range;
        let [start, end, step] = [start, end, step].map(|seconds| seconds.to_string());
        let asked = [
            ("query", query),
            ("start", &start),
            ("end", &end),
            ("step", &step),
        ];
        let result = self.result("query_range", &asked).await?;
        let one = |series: &Value| {
            let values = series["values"].as_array().into_iter().flatten();
            let points = values.map(point).collect::<Result<Vec<_>>>()?;
            let points = points.into_iter().filter(|(_, value)| value.is_finite());
            let points = points.map(|(time, value)| Point { time, value });
            Ok((labels(series)?, points.collect()))
        };
        result.iter().map(one).collect()
    }

    async fn result(&self, path: &str, asked: &[(&str, &str)]) -> Result<Vec<Value>> {
        let mut address = self.address.join("api/v1/")?.join(path)?;
        address.query_pairs_mut().extend_pairs(asked);
        let answer = picket_aws::web::client().get(address).send().await?;
        let mut answer: Value = serde_json::from_str(&answer.text().await?)?;
        match answer["data"]["result"].take() {
            Value::Array(result) => Ok(result),
            _ => bail!("{}: {answer}", asked[0].1),
        }
    }

    /// Writes samples: the compressed body of a request of remote write.
    pub async fn write(&self, body: Vec<u8>) -> Result<()> {
        let address = self.address.join("api/v1/write")?;
        let request = picket_aws::web::client().post(address).body(body);
        let answer = request
            .header("Content-Encoding", "snappy")
            .header("Content-Type", "application/x-protobuf")
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "remote write: {status}: {text}");
        Ok(())
    }

    /// The one number of a query at the present time.
    pub async fn number(&self, query: &str) -> Result<f64> {
        let answer = self.query(query).await?;
        match answer.as_slice() {
            [(_, only)] => Ok(*only),
            all => bail!("{query} is {} numbers: {all:?}", all.len()),
        }
    }
}

fn labels(series: &Value) -> Result<Labels> {
    Ok(serde_json::from_value(series["metric"].clone())?)
}

/// A time, in whole seconds, and a value.
fn point(pair: &Value) -> Result<(i64, f64)> {
    let time = pair[0].as_f64().context("a sample has a time")?;
    let value = pair[1].as_str().context("a sample has a value")?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seconds since 1970; the page draws whole ones"
    )]
    Ok((time as i64, value.parse()?))
}
