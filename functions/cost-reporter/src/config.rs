//! The environment, typed.

use std::str::FromStr;

use jiff::civil::Date;
use picket_shared::env::{Problems, Reader, Variables};
use rust_decimal::Decimal;

use crate::analysis::{CreditBalance, Money, Settings};

/// The currency of the amounts in the environment.
const DOLLARS: &str = "USD";

pub use crate::ai::budgets::AgentBudgets;

/// Every variable that is read; the template sets these and no others.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "LEDGER_TABLE",
    "INFO_TOPIC_ARN",
    "OVERRIDE_BUCKET",
    "MONTHLY_BUDGET",
    "COST_FLOOR",
    "COST_TAG",
    "COST_BY_REGION",
    "CREDIT_BALANCE",
    "MAXIMUM_REQUESTS",
    "WARNING_TOPIC_ARN",
    "REPORT_BUCKET",
    "AGENT_BUDGETS",
];

/// The configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `dev`, `staging`, `prod`: shown in the message's subject.
    pub environment: String,
    /// The stack that reports.
    pub stack: String,
    /// The usage ledger's table.
    pub ledger_table: String,
    /// The topic of the report.
    pub info_topic_arn: String,
    /// The S3 bucket of overrides; `None` is no overrides.
    pub override_bucket: Option<String>,
    /// Budget, dollar floor, tag and credits.
    pub settings: Settings,
    /// Whether costs are read by region.
    pub by_region: bool,
    /// The topic of a report over budget.
    pub warning_topic_arn: String,
    /// The bucket of the CSV files; `None` writes none.
    pub report_bucket: Option<String>,
    /// The most requests to Cost Explorer in an invocation, at $0.01 each.
    pub most_requests: u32,
    /// Dollars a month, by agent.
    pub agent_budgets: AgentBudgets,
}

impl Config {
    /// Reads the configuration, or returns everything that is wrong with it.
    pub fn read(variables: &impl Variables) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables);
        let [environment, stack, ledger_table, info_topic_arn] = [
            "ENVIRONMENT",
            "STACK_NAME",
            "LEDGER_TABLE",
            "INFO_TOPIC_ARN",
        ]
        .map(|name| reader.required::<String>(name));
        let override_bucket = reader.optional("OVERRIDE_BUCKET");
        let budget = reader.required::<Amount>("MONTHLY_BUDGET");
        let floor = reader.required::<Amount>("COST_FLOOR");
        let tag = reader.optional("COST_TAG");
        let by_region = reader.required("COST_BY_REGION");
        let credits = reader.optional::<CreditBalance>("CREDIT_BALANCE");
        let most_requests = reader.required("MAXIMUM_REQUESTS");
        let warning_topic_arn = reader.required("WARNING_TOPIC_ARN");
        let report_bucket = reader.optional("REPORT_BUCKET");
        let agent_budgets = reader.optional("AGENT_BUDGETS").unwrap_or_default();
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                ledger_table: ledger_table?,
                info_topic_arn: info_topic_arn?,
                override_bucket,
                settings: Settings {
                    budget: Some(Money {
                        amount: budget?.0,
                        currency: Some(DOLLARS.to_owned()),
                    }),
                    floor: floor?.0,
                    tag,
                    credits,
                },
                by_region: by_region?,
                most_requests: most_requests?,
                warning_topic_arn: warning_topic_arn?,
                report_bucket,
                agent_budgets,
            })
        })
    }
}

/// An amount of dollars, not below zero.
struct Amount(Decimal);

/// Why a text is no amount.
#[derive(Debug, thiserror::Error)]
#[error("not an amount of dollars, such as 500 or 12.50")]
struct NotAnAmount;

impl FromStr for Amount {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let amount = Decimal::from_str_exact(text).map_err(|_| NotAnAmount)?;
        let is_negative = amount.is_sign_negative() && !amount.is_zero();
        (!is_negative).then_some(Self(amount)).ok_or(NotAnAmount)
    }
}

/// Why a text is no balance of credits.
#[derive(Debug, thiserror::Error)]
#[error("not a balance of credits at the end of a day, such as 2026-11-01=1500.00")]
pub struct NotABalance;

impl FromStr for CreditBalance {
    type Err = NotABalance;

    fn from_str(text: &str) -> Result<Self, NotABalance> {
        let (at, amount) = text.split_once('=').ok_or(NotABalance)?;
        let at: Date = at.trim().parse().map_err(|_| NotABalance)?;
        let Amount(amount) = amount.trim().parse().map_err(|_| NotABalance)?;
        Ok(Self { amount, at })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use picket_shared::env::RecordedVariables;

    use super::*;

    #[test]
    fn what_is_read_is_what_env_lists() {
        let variables = RecordedVariables::new(|name| match name {
            "COST_BY_REGION" => "true".to_owned(),
            "CREDIT_BALANCE" => "2026-11-01=1500.00".to_owned(),
            "MONTHLY_BUDGET" | "COST_FLOOR" | "MAXIMUM_REQUESTS" => "20".to_owned(),
            "AGENT_BUDGETS" => "triage=50".to_owned(),
            name => format!("value of {name}"),
        });
        let config = Config::read(&variables).unwrap();
        assert_eq!(
            config.settings.credits,
            Some(CreditBalance {
                amount: Decimal::new(150_000, 2),
                at: jiff::civil::date(2026, 11, 1)
            })
        );
        assert_eq!(variables.into_names(), ENV);
    }

    #[test]
    fn a_missing_environment_is_reported_whole() {
        let problems = Config::read(&HashMap::from([("STACK_NAME", "picket-dev")])).unwrap_err();
        assert_eq!(
            problems.to_string(),
            "the configuration has 8 problem(s): ENVIRONMENT is not set; LEDGER_TABLE is not set; INFO_TOPIC_ARN is not set; MONTHLY_BUDGET is not set; COST_FLOOR is not set; COST_BY_REGION is not set; MAXIMUM_REQUESTS is not set; WARNING_TOPIC_ARN is not set"
        );
    }

    #[test]
    fn an_amount_and_a_balance_are_refused_where_they_are_not_one() {
        for text in ["", "1e3x", "-1", "12,50", "$5"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        for text in ["", "1500", "2026-13-01=5", "2026-11-01=-5", "yesterday=5"] {
            assert!(text.parse::<CreditBalance>().is_err(), "{text}");
        }
    }
}
