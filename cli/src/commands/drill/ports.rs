//! What a drill reads and writes in AWS.

use std::{collections::BTreeMap, future::Future};

use picket_shared::alarm::State;
use slack_forwarder::delivery_log::Row;

/// Anything that AWS may answer, as a sentence.
pub(super) type Refusal = String;

/// `cloudwatch:SetAlarmState`.
pub(super) trait SetAlarmState {
    /// Puts an alarm into a state, with a reason.
    fn set_alarm_state(
        &self,
        alarm: &str,
        state: State,
        reason: &str,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// `dynamodb:Query` on the Alerts table, consistent.
pub(super) trait ReadDeliveries {
    /// The delivery state of an alarm, by its ARN, at each sink.
    fn read_deliveries(
        &self,
        arn: &str,
    ) -> impl Future<Output = Result<BTreeMap<String, Row>, Refusal>> + Send;
}

/// `sns:ListSubscriptionsByTopic`.
pub(super) trait CountSubscriptions {
    /// The number of confirmed subscriptions of a topic.
    fn count_subscriptions(
        &self,
        topic: &str,
    ) -> impl Future<Output = Result<usize, Refusal>> + Send;
}
