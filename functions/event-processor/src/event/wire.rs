//! The event's JSON, as Lambda writes it.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct WireEvent<'a> {
    #[serde(rename = "Records", borrow)]
    pub(super) records: Vec<WireRecord<'a>>,
}

#[derive(Deserialize)]
pub(super) struct WireRecord<'a> {
    #[serde(borrow)]
    pub(super) kinesis: WireKinesis<'a>,
    #[serde(rename = "eventSource", borrow)]
    pub(super) source: Cow<'a, str>,
    #[serde(rename = "eventID", borrow)]
    pub(super) event_id: Cow<'a, str>,
    #[serde(rename = "awsRegion", borrow)]
    pub(super) region: Cow<'a, str>,
    #[serde(rename = "eventSourceARN", borrow)]
    pub(super) arn: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireKinesis<'a> {
    #[serde(borrow)]
    pub(super) sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) partition_key: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) data: Cow<'a, str>,
    pub(super) approximate_arrival_timestamp: f64,
}
