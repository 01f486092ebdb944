//! Why Cost Explorer or AWS Budgets did not answer a query.

use picket_aws::Fault;

/// The reason, by what a reader of the report does about it.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The account is too young, or nothing of the period is computed yet.
    #[error(
        "Cost Explorer has no data for it yet; an account has costs a day after Cost Explorer is enabled, and a forecast after about a billing cycle"
    )]
    NoData(#[source] Fault),
    /// The period is older than what Cost Explorer keeps.
    #[error("the period is older than what Cost Explorer keeps")]
    Expired(#[source] Fault),
    /// The request was refused, throttled, or not answered.
    #[error("{0}")]
    Fault(Fault),
}

/// The reason for an error code of Cost Explorer.
///
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html> ("Errors") and
/// `API_GetCostForecast`; throttling is `LimitExceededException`, which [`Fault`] knows.
pub(crate) fn unread(code: Option<&str>, fault: Fault) -> Unread {
    match code {
        Some("DataUnavailableException") => Unread::NoData(fault),
        Some("BillExpirationException") => Unread::Expired(fault),
        _ => Unread::Fault(fault),
    }
}
