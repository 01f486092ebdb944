//! The quarantine object of a datapoint that CloudWatch rejects alone in its request; it can be put by hand.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::datum::{Datum, DatumValues};

/// The key prefix that the function may write below.
const PREFIX: &str = "datums";
/// The version of the format.
const VERSION: u32 = 1;

/// An object for the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedDatum {
    /// `datums/<day of the datapoint>/<hash of the request>.json`: the same datapoint has the same key.
    pub key: String,
    /// JSON: `version`, `reason`, `refused_at`, and `request`, which is what `aws cloudwatch put-metric-data
    /// --cli-input-json` takes.
    pub body: String,
}

/// Creates the object of a datapoint that was rejected for a reason.
pub fn quarantined(
    namespace: &str,
    datum: &Datum,
    reason: &str,
    now: Timestamp,
) -> QuarantinedDatum {
    let request = request(namespace, datum);
    let hash = Sha256::digest(request.to_string());
    // 128 bits of it suffice: a collision is not to be expected.
    let name = u128::from_be_bytes(*hash.first_chunk().expect("SHA-256 has 32 bytes"));
    let day = datum.at.strftime("%F");
    let body = json!({
        "version": VERSION,
        "reason": reason,
        "refused_at": now.to_string(),
        "request": request,
    });
    QuarantinedDatum {
        key: format!("{PREFIX}/{day}/{name:032x}.json"),
        body: body.to_string(),
    }
}

fn request(namespace: &str, datum: &Datum) -> Value {
    let dimension = |(name, value): &(String, String)| json!({"Name": name, "Value": value});
    let dimensions: Vec<Value> = datum.dimensions.iter().map(dimension).collect();
    let mut data = json!({
        "MetricName": datum.name,
        "Dimensions": dimensions,
        "Timestamp": datum.at.to_string(),
        "Unit": datum.unit,
    });
    match &datum.values {
        DatumValues::Statistics(statistics) => {
            data["StatisticValues"] = json!({
                "SampleCount": statistics.count,
                "Sum": statistics.sum,
                "Minimum": statistics.min,
                "Maximum": statistics.max,
            });
        }
        DatumValues::Distribution(values) => {
            let (values, counts): (Vec<f64>, Vec<u64>) = values.iter().copied().unzip();
            data["Values"] = json!(values);
            data["Counts"] = json!(counts);
        }
    }
    json!({"Namespace": namespace, "MetricData": [data]})
}

#[cfg(test)]
mod tests {
    use picket_shared::series::Statistics;

    use super::*;

    fn datum(values: DatumValues) -> Datum {
        Datum {
            name: "Requests".into(),
            unit: "Count".into(),
            dimensions: vec![("AgentId".into(), "triage".into())],
            at: "2026-11-20T06:00:00Z".parse().unwrap(),
            values,
        }
    }

    fn now() -> Timestamp {
        "2026-11-20T06:02:03Z".parse().unwrap()
    }

    fn read(object: &QuarantinedDatum) -> Value {
        serde_json::from_str(&object.body).unwrap()
    }

    #[test]
    fn what_is_kept_can_be_put_by_hand() {
        let values = DatumValues::Statistics(Statistics::of(2.5));
        let kept = read(&quarantined(
            "Picket/Test",
            &datum(values),
            "it is odd",
            now(),
        ));
        let expected = json!({
            "version": 1,
            "reason": "it is odd",
            "refused_at": "2026-11-20T06:02:03Z",
            "request": {
                "Namespace": "Picket/Test",
                "MetricData": [{
                    "MetricName": "Requests",
                    "Dimensions": [{"Name": "AgentId", "Value": "triage"}],
                    "Timestamp": "2026-11-20T06:00:00Z",
                    "Unit": "Count",
                    "StatisticValues": {"SampleCount": 1, "Sum": 2.5, "Minimum": 2.5, "Maximum": 2.5},
                }],
            },
        });
        assert_eq!(kept, expected);
        let values = DatumValues::Distribution(vec![(1.5, 3), (2.0, 1)]);
        let kept = read(&quarantined(
            "Picket/Test",
            &datum(values),
            "it is odd",
            now(),
        ));
        let data = &kept["request"]["MetricData"][0];
        assert_eq!(
            (&data["Values"], &data["Counts"]),
            (&json!([1.5, 2.0]), &json!([3, 1]))
        );
    }

    #[test]
    fn the_same_datapoint_is_the_same_object_and_another_is_another() {
        let one = || datum(DatumValues::Statistics(Statistics::of(1.0)));
        let two = datum(DatumValues::Statistics(Statistics::of(2.0)));
        let later = now() + jiff::SignedDuration::from_mins(1);
        let key = |namespace, datum: &Datum, now| quarantined(namespace, datum, "x", now).key;
        let first = key("Picket/Test", &one(), now());
        assert!(first.starts_with("datums/2026-11-20/"), "{first}");
        assert_eq!(first, key("Picket/Test", &one(), later));
        assert_ne!(first, key("Picket/Test", &two, now()));
        assert_ne!(first, key("Picket/Other", &one(), now()));
    }
}
