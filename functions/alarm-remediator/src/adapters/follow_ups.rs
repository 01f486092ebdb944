//! One-time schedules of EventBridge Scheduler, which delete themselves when they have invoked this function.

use aws_config::SdkConfig;
use aws_sdk_scheduler::{
    Client,
    operation::create_schedule::CreateScheduleError,
    types::{
        ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode,
        RetryPolicy, Target,
    },
};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use picket_aws::{Fault, fault::Resource};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Adapters;
use crate::{audit::Key, config::Config, ports::ScheduleFollowUp};

/// How long EventBridge Scheduler tries to deliver a follow-up, in seconds: as long as an alarm may wait for this
/// function (`MaximumEventAgeInSeconds` in the template).
const DELIVERED_WITHIN_SECONDS: i32 = 1_800;

/// The schedules.
#[derive(Debug, Clone)]
pub(super) struct FollowUps {
    client: Client,
    group: Resource,
    role_arn: String,
    queue_arn: String,
}

impl FollowUps {
    pub(super) fn new(sdk: &SdkConfig, config: &Config) -> Self {
        Self {
            client: Client::new(sdk),
            group: Resource::new(
                "schedule group",
                config.follow_up_group.as_str(),
                "deploy the stack or correct FOLLOW_UP_GROUP",
            ),
            role_arn: config.follow_up_role_arn.clone(),
            queue_arn: config.failure_queue_arn.clone(),
        }
    }

    /// The target: this function, with the row's key.
    fn target(&self, function_arn: &str, key: &Key) -> Result<Target, Fault> {
        let input = json!({
            "picket": {"kind": "follow-up", "version": 1},
            "target": key.target,
            "entry": key.entry,
        });
        let queue = DeadLetterConfig::builder().arn(&self.queue_arn).build();
        let retry = RetryPolicy::builder()
            .maximum_event_age_in_seconds(DELIVERED_WITHIN_SECONDS)
            .build();
        Target::builder()
            .arn(function_arn)
            .role_arn(&self.role_arn)
            .input(input.to_string())
            .dead_letter_config(queue)
            .retry_policy(retry)
            .build()
            .map_err(|error| Fault::permanent("the follow-up has no target").because(error))
    }
}

/// The first whole second that is not before a time: a schedule has no fractions, and one that fires within the second
/// before its time would find nothing due.
fn whole_second(at: Timestamp) -> Timestamp {
    at.round(
        TimestampRound::new()
            .smallest(Unit::Second)
            .mode(RoundMode::Ceil),
    )
    .unwrap_or(at)
}

/// A schedule's name, the same for a row and a time: at most 64 characters out of `[0-9a-zA-Z-_.]`.
/// <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>
fn name(key: &Key, at: Timestamp) -> String {
    let digest = Sha256::digest(format!("{} {}", key.target, key.entry).as_bytes());
    format!(
        "follow-up-{}-{}",
        hex::encode(&digest[..12]),
        at.as_second()
    )
}

impl ScheduleFollowUp for Adapters {
    async fn schedule(&self, function_arn: &str, key: &Key, at: Timestamp) -> Result<(), Fault> {
        let schedules = &self.follow_ups;
        let at = whole_second(at);
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(|error| Fault::permanent("the follow-up has no window").because(error))?;
        let answer = schedules
            .client
            .create_schedule()
            .name(name(key, at))
            .group_name(schedules.group.name())
            .schedule_expression(format!("at({})", at.strftime("%Y-%m-%dT%H:%M:%S")))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(schedules.target(function_arn, key)?)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            // The same follow-up was scheduled by an earlier try.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateScheduleError::is_conflict_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(Fault::of(&schedules.group, "create a schedule in", error)),
        }
    }
}
