//! Limits that `PutMetricAlarm` documents, beyond the types of its properties (API reference, `PutMetricAlarm`).

use super::{Definition, InvalidDefinition, Threshold, Watches, reader::Reader};
use crate::{Alignment, window::WALL_CLOCK_PERIODS};

/// Seconds of the longest evaluation interval: seven days.
const LONGEST_INTERVAL: u64 = 604_800;

/// The same for periods of less than an hour: one day.
const LONGEST_SHORT_INTERVAL: u64 = 86_400;

/// Actions a state (API reference, `AlarmActions`).
const MOST_ACTIONS: usize = 5;

/// Dimensions a metric (API reference, `Metric`).
const MOST_DIMENSIONS: usize = 30;

/// Seconds that Metrics Insights can query (user guide, "CloudWatch Metrics Insights service quotas").
const LONGEST_INSIGHTS: u64 = 3 * 3_600;

/// Minutes of the longest warm-up (user guide, "Alarm warm-up periods").
const LONGEST_WARM_UP: u32 = 2_880;

impl Reader {
    pub(super) fn check(&self, definition: &Definition) -> Result<(), InvalidDefinition> {
        self.check_interval(definition)?;
        self.check_actions(definition)?;
        self.check_window(definition)?;
        if definition
            .warm_up
            .is_some_and(|warm_up| !(1..=LONGEST_WARM_UP).contains(&warm_up.minutes))
        {
            return Err(self.wrong(
                "WarmUpConfiguration",
                "WarmUpPeriodDurationInMinutes",
                "must be from 1 to 2880",
            ));
        }
        if definition
            .inputs()
            .iter()
            .any(|input| input.dimensions.len() > MOST_DIMENSIONS)
        {
            return Err(self.wrong("Dimensions", "more than 30", "must be at most 30"));
        }
        Ok(())
    }

    fn check_interval(&self, definition: &Definition) -> Result<(), InvalidDefinition> {
        let (period, periods) = (
            u64::from(definition.period),
            u64::from(definition.evaluation_periods),
        );
        let interval = period * periods;
        if interval > LONGEST_INTERVAL || (period < 3_600 && interval > LONGEST_SHORT_INTERVAL) {
            return Err(self.wrong(
                "EvaluationPeriods",
                &format!("{periods} of {period} s"),
                "must be at most a day with a period of less than an hour, and seven days otherwise",
            ));
        }
        let clock = definition.alignment != Alignment::Sliding;
        if clock && !definition.queries().is_empty() && period * (periods + 1) > LONGEST_INSIGHTS {
            return Err(self.wrong(
                "EvaluationWindow",
                "WallClockWindow",
                "with a Metrics Insights query must have (EvaluationPeriods + 1) × Period of at most three hours",
            ));
        }
        Ok(())
    }

    fn check_actions(&self, definition: &Definition) -> Result<(), InvalidDefinition> {
        let states = [
            ("AlarmActions", &definition.alarm_actions),
            ("OKActions", &definition.ok_actions),
            (
                "InsufficientDataActions",
                &definition.insufficient_data_actions,
            ),
        ];
        for (property, actions) in states {
            if actions.len() > MOST_ACTIONS {
                return Err(self.wrong(property, &actions.len().to_string(), "must be at most 5"));
            }
            for action in actions {
                let ec2 = action.contains(":ec2:") || action.contains("AWS_EC2");
                // "Alarms based on math expressions" cannot (user guide, "Alarm data queries"); contributors can ("Acting on
                // alarm changes").
                let is_math = matches!(definition.watches, Watches::Math { .. });
                if ec2 && is_math && !definition.watches_contributors() {
                    return Err(self.wrong(
                        property,
                        action,
                        "cannot be taken by an alarm on Metrics",
                    ));
                }
                let scales = action.contains(":autoscaling:");
                if scales && matches!(definition.threshold, Threshold::Band(_)) {
                    return Err(self.wrong(
                        property,
                        action,
                        "cannot be taken by an alarm on an anomaly band",
                    ));
                }
            }
        }
        Ok(())
    }

    fn check_window(&self, definition: &Definition) -> Result<(), InvalidDefinition> {
        let clock = definition.alignment != Alignment::Sliding;
        if clock && !WALL_CLOCK_PERIODS.contains(&definition.period) {
            return Err(self.wrong(
                "Period",
                &definition.period.to_string(),
                "must be 60, 300, 3600, 86400 or 604800 with a wall clock window",
            ));
        }
        if matches!(definition.threshold, Threshold::Band(_)) && definition.period < 60 {
            return Err(self.wrong(
                "Period",
                &definition.period.to_string(),
                "must be at least 60 with an anomaly band",
            ));
        }
        Ok(())
    }
}
