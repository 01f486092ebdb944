use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Severity;

/// The daily health check of a workload: what was expected of its metrics, and what they were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthReport {
    /// The stack that sends it.
    pub stack: String,
    /// The environment.
    pub environment: String,
    /// The workload.
    pub workload: String,
    /// Where the checked time begins.
    pub from: Timestamp,
    /// … and ends.
    pub to: Timestamp,
    /// The checks, in the order of the workload's file.
    pub checks: Vec<HealthCheck>,
}

/// A check, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// Its name.
    pub name: String,
    /// The comparison: `< 5`.
    pub expected: String,
    /// The unit of the values.
    pub unit: String,
    /// The value; of several periods the worst. `None` without data.
    pub value: Option<f64>,
    /// The minutes of a period.
    pub period_minutes: u32,
    /// The hours whose periods are compared, UTC, such as `Mon-Fri 08:00-18:00`; `None` is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// The number of periods.
    pub periods: u32,
    /// Those whose value is not as expected.
    pub missed: u32,
    /// Those without data.
    pub without_data: u32,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthStatus {
    /// Every period is as expected.
    Met,
    /// A period is not as expected.
    Missed,
    /// No period is known to be otherwise than expected, and not all of them are known.
    NoData,
}

impl HealthCheck {
    /// Returns the result. A period without data is never taken as one that is as expected.
    pub const fn status(&self) -> HealthStatus {
        if self.missed > 0 {
            HealthStatus::Missed
        } else if self.without_data > 0 || self.periods == 0 {
            HealthStatus::NoData
        } else {
            HealthStatus::Met
        }
    }
}

impl HealthReport {
    /// Returns the number of checks with a result.
    pub fn count(&self, status: HealthStatus) -> usize {
        let checks = self.checks.iter();
        checks.filter(|check| check.status() == status).count()
    }

    /// Returns the severity: a warning where an expectation is missed, and where nothing at all has data, which is a
    /// workload that does not run or a wrong name.
    pub fn severity(&self) -> Severity {
        let has_data = self.checks.iter().any(|check| check.value.is_some());
        if self.count(HealthStatus::Missed) > 0 || !has_data {
            Severity::Warning
        } else {
            Severity::Info
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Option<f64>, missed: u32, without_data: u32) -> HealthCheck {
        HealthCheck {
            name: "a".to_owned(),
            expected: "< 5".to_owned(),
            unit: "%".to_owned(),
            value,
            period_minutes: 60,
            hours: None,
            periods: 24,
            missed,
            without_data,
        }
    }

    #[test]
    fn what_is_missing_is_never_met_and_what_is_missed_or_all_missing_is_a_warning() {
        let severity = |checks: &[HealthCheck]| {
            HealthReport {
                stack: "s".to_owned(),
                environment: "dev".to_owned(),
                workload: "w".to_owned(),
                from: Timestamp::UNIX_EPOCH,
                to: Timestamp::UNIX_EPOCH,
                checks: checks.to_vec(),
            }
            .severity()
        };
        let (met, missed) = (check(Some(1.0), 0, 0), check(Some(9.0), 1, 2));
        let (partly, nothing) = (check(Some(1.0), 0, 1), check(None, 0, 24));
        assert_eq!(met.status(), HealthStatus::Met);
        assert_eq!(missed.status(), HealthStatus::Missed);
        assert_eq!(partly.status(), HealthStatus::NoData);
        assert_eq!(nothing.status(), HealthStatus::NoData);
        assert_eq!(severity(&[met.clone(), nothing.clone()]), Severity::Info);
        assert_eq!(severity(&[partly]), Severity::Info);
        assert_eq!(severity(&[met, missed]), Severity::Warning);
        assert_eq!(severity(&[nothing]), Severity::Warning);
    }
}
