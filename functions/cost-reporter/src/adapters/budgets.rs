//! AWS Budgets.

use aws_config::SdkConfig;
use aws_sdk_budgets::{Client, types};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use picket_aws::{Fault, fault::Resource};

use super::explorer::home_of_costs;
use crate::{
    answer::{
        Budget, BudgetPage, CalculatedSpend, CostTypes, Filter, FilterValues, HealthStatus,
        MetricValue,
    },
    reads::unread::Unread,
};

/// A client of AWS Budgets.
#[derive(Debug, Clone)]
pub(super) struct Budgets {
    client: Client,
    budgets: Resource,
}

impl Budgets {
    /// Creates a client for the partition's one endpoint, `budgets.amazonaws.com` on AWS, which is signed for
    /// us-east-1. <https://docs.aws.amazon.com/general/latest/gr/billing.html> ("AWS Budgets")
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        let config = aws_sdk_budgets::config::Builder::from(sdk)
            .region(home_of_costs(sdk.region()))
            .build();
        Self {
            client: Client::from_conf(config),
            budgets: Resource::new(
                "budgets of this account",
                "in AWS Budgets",
                "read them from the account that they are in",
            ),
        }
    }

    /// `DescribeBudgets`: a page of 100, the default. Without `ShowFilterExpression`, a budget with an expression would
    /// look like one of the whole account.
    pub(super) async fn page(
        &self,
        account: &str,
        page: Option<&str>,
    ) -> Result<BudgetPage, Unread> {
        let output = self
            .client
            .describe_budgets()
            .account_id(account)
            .show_filter_expression(true)
            .set_next_token(page.map(str::to_owned))
            .send()
            .await
            .map_err(|error| Unread::Fault(Fault::of(&self.budgets, "read", error)))?;
        Ok(BudgetPage {
            budgets: output.budgets.into_iter().flatten().map(budget).collect(),
            next_token: output.next_token.filter(|token| !token.is_empty()),
        })
    }
}

#[expect(
    deprecated,
    reason = "budgets that were created with filters by dimension and cost types still have them"
)]
fn budget(budget: types::Budget) -> Budget {
    let spend = budget.calculated_spend.map(|spend| CalculatedSpend {
        actual_spend: spend.actual_spend.map(value),
        forecasted_spend: spend.forecasted_spend.map(value),
    });
    let health = budget.health_status.map(|health| HealthStatus {
        status: health.status.map(|status| status.as_str().to_owned()),
        status_reason: health
            .status_reason
            .map(|reason| reason.as_str().to_owned()),
    });
    let metrics = budget.metrics.into_iter().flatten();
    Budget {
        budget_name: budget.budget_name,
        budget_type: budget.budget_type.as_str().to_owned(),
        time_unit: budget.time_unit.as_str().to_owned(),
        budget_limit: budget.budget_limit.map(value),
        calculated_spend: spend,
        cost_filters: budget.cost_filters.into_iter().flatten().collect(),
        cost_types: budget.cost_types.map(|types| CostTypes {
            include_credit: types.include_credit,
        }),
        filter_expression: budget.filter_expression.map(filter),
        metrics: metrics.map(|metric| metric.as_str().to_owned()).collect(),
        billing_view_arn: budget.billing_view_arn,
        health_status: health,
        last_updated: budget.last_updated_time.and_then(|at| day(at.secs())),
    }
}

fn value(spend: types::Spend) -> MetricValue {
    MetricValue {
        amount: spend.amount,
        unit: spend.unit,
    }
}

fn day(seconds: i64) -> Option<Date> {
    let at = Timestamp::from_second(seconds).ok()?;
    Some(at.to_zoned(TimeZone::UTC).date())
}

fn filter(expression: types::Expression) -> Filter {
    let all = |filters: Option<Vec<types::Expression>>| {
        filters.into_iter().flatten().map(filter).collect()
    };
    let dimensions = expression.dimensions.map(|dimensions| FilterValues {
        key: Some(dimensions.key.as_str().to_owned()),
        values: dimensions.values,
        match_options: options(dimensions.match_options),
    });
    let tags = expression.tags.map(|tags| FilterValues {
        key: tags.key,
        values: tags.values.unwrap_or_default(),
        match_options: options(tags.match_options),
    });
    let categories = expression.cost_categories.map(|categories| FilterValues {
        key: categories.key,
        values: categories.values.unwrap_or_default(),
        match_options: options(categories.match_options),
    });
    Filter {
        or: all(expression.or),
        and: all(expression.and),
        not: expression.not.map(|not| Box::new(filter(*not))),
        dimensions,
        tags,
        cost_categories: categories,
    }
}

fn options(options: Option<Vec<types::MatchOption>>) -> Vec<String> {
    let options = options.into_iter().flatten();
    options.map(|option| option.as_str().to_owned()).collect()
}
