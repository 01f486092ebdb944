//! The ports that publishing takes, one verb each. The role of a function that publishes allows these actions.

use std::future::Future;

use picket_aws::Fault;

use crate::{pack::Request, rejected::Object};

/// Sends metrics (`cloudwatch:PutMetricData`).
pub trait PutMetrics {
    /// Sends one request once: CloudWatch adds what it receives twice.
    fn put_metrics(&self, request: &Request) -> impl Future<Output = Result<(), PutFault>> + Send;
}

/// Why a request was not answered with success, by what CloudWatch counted of it.
#[derive(Debug)]
pub enum PutFault {
    /// CloudWatch counted nothing and never will: something in the request is invalid.
    Illegal(Fault),
    /// CloudWatch counted nothing: throttled, not allowed, or not reached.
    Refused(Fault),
    /// CloudWatch counted all or nothing: the answer was lost.
    Lost(Fault),
}

/// Quarantines datapoints that CloudWatch rejects (`s3:PutObject` on the quarantine bucket, below `datums/`).
pub trait KeepDatum {
    /// Writes one object; the same object again overwrites it.
    fn keep_datum(&self, object: &Object) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// All ports that publishing takes.
pub trait SendPorts: PutMetrics + KeepDatum + Send + Sync {}

impl<T> SendPorts for T where T: PutMetrics + KeepDatum + Send + Sync {}
