//! The ports of this action, one verb each; the function's role allows the same calls.

use std::future::Future;

use picket_aws::Fault;

/// An account's concurrency in a region (`GetAccountSettings`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLimits {
    /// The most concurrent executions, over all functions.
    pub concurrent: u32,
    /// The part of them that no function has reserved.
    pub unreserved: u32,
}

/// Reads the account's concurrency (`lambda:GetAccountSettings`).
pub trait ReadAccount: Send + Sync {
    /// The account's concurrency.
    fn account(&self) -> impl Future<Output = Result<AccountLimits, Fault>> + Send;
}
