//! The ports that publishing takes, one verb each. The role of a function that publishes allows these actions.

use std::future::Future;

use picket_aws::Fault;

use crate::{pack::Request, rejected::QuarantinedDatum};

/// Sends metrics (`cloudwatch:PutMetricData`).
pub trait PutMetrics {
    /// Sends one request once: CloudWatch adds what it receives twice.
    fn put_metrics(&self, request: &Request) -> impl Future<Output = Result<(), PutError>> + Send;
}

/// Why a request was not answered with success, by what CloudWatch counted of it.
#[derive(Debug)]
pub enum PutError {
    /// CloudWatch counted nothing and never will: something in the request is invalid.
    Illegal(Fault),
    /// CloudWatch counted nothing: throttled, not allowed, or not reached.
    Refused(Fault),
    /// CloudWatch counted all or nothing: the answer was lost.
    Lost(Fault),
}

/// Quarantines datapoints that CloudWatch rejects (`s3:PutObject` on the quarantine bucket, below `datums/`).
pub trait QuarantineDatum {
    /// Writes one object; the same object again overwrites it.
    fn quarantine_datum(
        &self,
        object: &QuarantinedDatum,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// All ports that publishing takes.
pub trait PublishPorts: PutMetrics + QuarantineDatum + Send + Sync {}

impl<T> PublishPorts for T where T: PutMetrics + QuarantineDatum + Send + Sync {}
