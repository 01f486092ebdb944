//! Remote write 1.0: protobuf in a snappy block (<https://prometheus.io/docs/specs/prw/remote_write_spec/>).

use prost::Message;

/// A request's body before compression.
#[derive(Clone, PartialEq, Message)]
pub struct WriteRequest {
    /// The series, one entry each.
    #[prost(message, repeated, tag = "1")]
    pub timeseries: Vec<TimeSeries>,
}

/// A series with its samples.
#[derive(Clone, PartialEq, Message)]
pub struct TimeSeries {
    /// By name; one is `__name__`.
    #[prost(message, repeated, tag = "1")]
    pub labels: Vec<Label>,
    /// The samples, in the order of time.
    #[prost(message, repeated, tag = "2")]
    pub samples: Vec<Sample>,
}

/// A label.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Label {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its value.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// A value at a time.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Sample {
    /// The value.
    #[prost(double, tag = "1")]
    pub value: f64,
    /// Milliseconds since 1970.
    #[prost(int64, tag = "2")]
    pub timestamp: i64,
}

impl WriteRequest {
    /// The compressed body.
    pub fn to_bytes(&self) -> Vec<u8> {
        snap::raw::Encoder::new()
            .compress_vec(&self.encode_to_vec())
            .expect("a request is far below snappy's 4 GB")
    }

    /// The number of samples.
    pub fn samples(&self) -> usize {
        self.timeseries
            .iter()
            .map(|series| series.samples.len())
            .sum()
    }
}
