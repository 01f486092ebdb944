//! Recorded answers of Cost Explorer and AWS Budgets, distinguished by their fields.

use serde::Deserialize;
use serde_json::Value;

use super::{AnomalyPage, Answer, BudgetPage, ForecastAnswer};

/// The answers that a recording holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// Pages of `GetCostAndUsage`, of any grouping.
    pub costs: Vec<Answer>,
    /// The answers of `GetCostForecast`.
    pub forecasts: Vec<ForecastAnswer>,
    /// Pages of `GetAnomalies`.
    pub anomalies: Vec<AnomalyPage>,
    /// Pages of `DescribeBudgets`.
    pub budgets: Vec<BudgetPage>,
}

/// Why a text is not a recorded answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "not an answer of Cost Explorer or AWS Budgets, which is JSON with ResultsByTime, ForecastResultsByTime, Anomalies or Budgets"
)]
pub struct NotAnAnswer(#[source] serde_json::Error);

impl Recording {
    /// The answers in a text: one answer, a list of them, or several one after the other.
    pub fn read(text: &[u8]) -> Result<Self, NotAnAnswer> {
        let mut recording = Self::default();
        for value in serde_json::Deserializer::from_slice(text).into_iter() {
            match value.map_err(NotAnAnswer)? {
                Value::Array(answers) => {
                    for answer in answers {
                        recording.take(answer)?;
                    }
                }
                answer => recording.take(answer)?,
            }
        }
        Ok(recording)
    }

    /// Adds another recording's answers.
    pub fn extend(&mut self, other: Self) {
        self.costs.extend(other.costs);
        self.forecasts.extend(other.forecasts);
        self.anomalies.extend(other.anomalies);
        self.budgets.extend(other.budgets);
    }

    fn take(&mut self, answer: Value) -> Result<(), NotAnAnswer> {
        if answer.get("ForecastResultsByTime").is_some() {
            self.forecasts.push(of(answer)?);
        } else if answer.get("Anomalies").is_some() {
            self.anomalies.push(of(answer)?);
        } else if answer.get("Budgets").is_some() {
            self.budgets.push(of(answer)?);
        } else {
            self.costs.push(of(answer)?);
        }
        Ok(())
    }
}

fn of<T: for<'de> Deserialize<'de>>(answer: Value) -> Result<T, NotAnAnswer> {
    T::deserialize(answer).map_err(NotAnAnswer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_several_operations_are_distinguished() {
        let text = br#"[{"ResultsByTime": []}, {"Anomalies": []}, {"Budgets": []}]
            {"Total": {"Amount": "1.5", "Unit": "USD"}, "ForecastResultsByTime": []}"#;
        let recording = Recording::read(text).unwrap();
        let counts = (
            recording.costs.len(),
            recording.forecasts.len(),
            recording.anomalies.len(),
            recording.budgets.len(),
        );
        assert_eq!(counts, (1, 1, 1, 1));
    }
}
