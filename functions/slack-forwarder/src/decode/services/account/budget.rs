//! The text of AWS Budgets. A threshold has one of three operators, greater than, less than and equal to
//! (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html>), which the text
//! writes as `>`, `<` and `=`.

use std::cmp::Ordering;

use picket_shared::money::money;
use rust_decimal::Decimal;

use crate::{
    decode::{
        lenient::{timestamp, word},
        notice::{Location, Notice, Status},
    },
    message::Message,
};

pub(super) fn is_budget(text: &str) -> bool {
    let names_one = text.contains("Budget Name:");
    let has_field = text.contains("Alert Type:") || text.contains("Budgeted Amount:");
    (names_one && has_field) || text.trim_start().starts_with("AWS Budget Notification")
}

pub(super) fn budget(text: &str, message: &Message) -> Notice {
    let line = |label: &str| {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with(label))?;
        word(line.get(label.len()..)?.trim_start_matches(':'))
    };
    let kind = line("Alert Type").unwrap_or_else(|| "ACTUAL".to_owned());
    // `ACTUAL Amount: $83.12`, or for a reservation `ACTUAL Utilization: 75 %`.
    let amount = text.lines().map(str::trim).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_amount = name.starts_with(kind.as_str()) && name.len() > kind.len();
        word(value).filter(|_| is_amount)
    });
    let amount = amount.as_deref().map(Amount::read);
    let budgeted = line("Budgeted Amount").as_deref().map(Amount::read);
    let threshold = line("Alert Threshold");
    let threshold = threshold.as_deref().map(Threshold::read);
    let limits = Limits {
        amount: amount.as_ref(),
        threshold: threshold.as_ref(),
        budgeted: budgeted.as_ref(),
    };
    let (state, status) = limits.state(&kind);
    let because = amount.as_ref().zip(threshold.as_ref());
    let because = because.map(|(amount, threshold)| {
        let limit = budgeted
            .as_ref()
            .map(|limit| format!(", of {} budgeted", limit.shown))
            .unwrap_or_default();
        // `$9 > $10` is no statement.
        let gap = if limits.is_crossed() == Some(false) {
            ", and the threshold is "
        } else {
            " "
        };
        format!("{kind} {}{gap}{}{limit}", amount.shown, threshold.shown())
    });
    let after = |label: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| word(line.trim().strip_prefix(label)?))
    };
    let partition = message.topic.as_deref().map(Location::of_arn);
    let page = partition
        .unwrap_or_default()
        .global_console("billing/home#/budgets");
    Notice::new(
        &state,
        line("Budget Name").unwrap_or_else(|| "a budget".to_owned()),
    )
    .status(status)
    .because(because.or(amount.map(|amount| amount.shown)))
    .field("Budget type", line("Budget Type"))
    .field("Budgeted", budgeted.map(|budgeted| budgeted.shown))
    .field("Threshold", threshold.map(|threshold| threshold.shown()))
    .field("Date", after("AWS Budget Notification"))
    .location(Location::new(after("AWS Account"), None))
    .at(line("Date").as_deref().and_then(timestamp))
    .aws_link("Open Budgets", page)
}

/// The figures of a message.
#[derive(Clone, Copy)]
struct Limits<'a> {
    amount: Option<&'a Amount>,
    threshold: Option<&'a Threshold>,
    budgeted: Option<&'a Amount>,
}

impl Limits<'_> {
    /// The amount beside the threshold, where both are numbers of one unit.
    fn order(self) -> Option<Ordering> {
        let limit = self.threshold?.value(self.budgeted, self.amount)?;
        Some(self.amount?.value?.cmp(&limit))
    }

    fn operator(self) -> char {
        self.threshold.map_or('>', |threshold| threshold.operator)
    }

    fn is_crossed(self) -> Option<bool> {
        let order = self.order()?;
        Some(match self.operator() {
            '<' => order.is_lt(),
            '=' => order.is_eq(),
            _ => order.is_gt(),
        })
    }

    /// A state that says which of the two limits is crossed, and in which direction. Budgets notifies of a threshold,
    /// which is rarely the budget itself.
    fn state(self, kind: &str) -> (String, Status) {
        let name = if kind == "FORECASTED" {
            "BUDGET FORECAST"
        } else {
            "BUDGET"
        };
        let value = self.amount.and_then(|amount| amount.value);
        let budget = self.budgeted.and_then(|budgeted| budgeted.value);
        let is_below_budget = value
            .zip(budget)
            .is_some_and(|(value, budget)| value <= budget);
        let what = match (self.operator(), self.order()) {
            ('=', None) | (_, Some(Ordering::Equal)) => "AT THRESHOLD",
            ('<', None) | (_, Some(Ordering::Less)) => "BELOW THRESHOLD",
            ('<' | '=', _) => "ABOVE THRESHOLD",
            _ if is_below_budget => "THRESHOLD EXCEEDED",
            _ => "EXCEEDED",
        };
        // The figures say that nothing is crossed, whatever made Budgets send the message.
        let status = if self.is_crossed() == Some(false) {
            Status::Neutral
        } else {
            Status::Bad
        };
        (format!("{name} {what}"), status)
    }
}

/// An amount of a budget: money, a percentage, or a usage with its unit.
struct Amount {
    value: Option<Decimal>,
    is_percentage: bool,
    /// As it is shown: money with two decimals and its thousands separated.
    shown: String,
}

impl Amount {
    fn read(text: &str) -> Self {
        let text = text.trim();
        let digit = |letter: char| letter.is_ascii_digit();
        let part = |letter: char| digit(letter) || matches!(letter, '.' | ',');
        let start = text.find(digit).unwrap_or(text.len());
        let (before, rest) = text.split_at(start);
        let end = rest.find(|letter| !part(letter)).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let is_negative = before.trim_end().ends_with('-') || before.starts_with('-');
        let value: Option<Decimal> = number.replace(',', "").parse().ok();
        let value = value.map(|value: Decimal| if is_negative { -value } else { value });
        let is_money = before.contains(['$', '€', '£', '¥'])
            || before.trim().trim_start_matches('-').len() == 3;
        let shown = match value {
            Some(value) if is_money => {
                let sign = if is_negative { "-" } else { "" };
                let currency = before.replace('-', "");
                format!("{sign}{currency}{}{after}", money(value.abs()))
            }
            _ => text.to_owned(),
        };
        Self {
            value,
            is_percentage: after.trim_start().starts_with('%'),
            shown,
        }
    }
}

/// `> $80.00`
struct Threshold {
    operator: char,
    amount: Amount,
}

impl Threshold {
    fn read(text: &str) -> Self {
        let operator = text.chars().next().filter(|first| "<>=".contains(*first));
        let rest = text.trim_start_matches(['<', '>', '=', ' ']);
        Self {
            operator: operator.unwrap_or('>'),
            amount: Amount::read(rest),
        }
    }

    fn shown(&self) -> String {
        format!("{} {}", self.operator, self.amount.shown)
    }

    /// The threshold in the amount's unit: a percentage of money is one of the budget.
    fn value(&self, budgeted: Option<&Amount>, amount: Option<&Amount>) -> Option<Decimal> {
        let value = self.amount.value?;
        if self.amount.is_percentage && !amount?.is_percentage {
            let budget = budgeted?.value?;
            return budget.checked_mul(value)?.checked_div(Decimal::ONE_HUNDRED);
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests;
