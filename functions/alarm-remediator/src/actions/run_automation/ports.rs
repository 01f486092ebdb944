//! The port of this action; the function's role allows the same call.

use std::future::Future;

use picket_aws::Fault;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its type: `Automation`, `Command`, …
    pub kind: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
}

/// Reads a document that the stack's parameter `RemediationDocuments` lists (`ssm:DescribeDocument`).
pub trait ReadDocument: Send + Sync {
    /// Whether the parameter lists the document with this ARN.
    fn is_listed(&self, arn: &str) -> bool;

    /// The document; `None` where it does not exist.
    fn document(&self, name: &str) -> impl Future<Output = Result<Option<Document>, Fault>> + Send;
}
