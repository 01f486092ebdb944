//! What of an account a budget counts, in words.

use crate::{
    answer::{Budget, Filter, FilterValues},
    day::record::RecordKind,
};

/// Values of a filter that are named; the rest is counted.
const VALUES: usize = 3;
/// Characters of a description. A filter may have hundreds of values in nested expressions.
const LONGEST: usize = 160;
/// The end of the ARN of the billing view of a whole account.
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/billing-view.html>
const PRIMARY_VIEW: &str = ":billingview/primary";

/// What a budget counts.
pub(super) struct Counted {
    /// What of the account; `None` is everything.
    pub(super) filter: Option<String>,
    /// Whether credits lower its amounts, where known.
    pub(super) is_after_credits: Option<bool>,
}

/// What a budget counts. An expression that only leaves out charges that are not usage, such as credits and tax, counts
/// the whole account: AWS writes the cost types of a budget as one.
pub(super) fn counted(budget: &Budget) -> Counted {
    let mut conditions = Vec::new();
    let expression = budget.filter_expression.as_ref();
    if let Some(filter) = expression {
        flatten(filter, &mut conditions);
    }
    let left_out = conditions.iter().filter_map(|filter| left_out(filter));
    let leaves_out_credits = left_out
        .flatten()
        .any(|kind| RecordKind::of(kind) == RecordKind::Credit);
    conditions.retain(|filter| !is_of_charges(filter));
    let mut parts: Vec<_> = conditions.into_iter().map(words).collect();
    // Where AWS returns both, the expression says the same.
    if expression.is_none() {
        let by_dimension = budget.cost_filters.iter();
        parts.extend(by_dimension.map(|(key, of)| values(key, of)));
    }
    let view = budget.billing_view_arn.as_deref();
    let view = view.filter(|view| !view.ends_with(PRIMARY_VIEW));
    parts.extend(view.map(|view| format!("billing view {view}")));
    let types = budget
        .cost_types
        .map(|types| types.include_credit.unwrap_or(true));
    let by_metric = (!budget.metrics.is_empty()).then_some(true);
    Counted {
        filter: (!parts.is_empty()).then(|| shortened(&parts.join(" and "))),
        is_after_credits: if leaves_out_credits {
            Some(false)
        } else {
            types.or(by_metric)
        },
    }
}

/// The conditions that must all hold.
fn flatten<'a>(filter: &'a Filter, conditions: &mut Vec<&'a Filter>) {
    let others = Filter {
        and: Vec::new(),
        ..filter.clone()
    };
    if !filter.and.is_empty() && others == Filter::default() {
        filter.and.iter().for_each(|part| flatten(part, conditions));
    } else {
        conditions.push(filter);
    }
}

/// The record types that a condition leaves out, where it does nothing else.
fn left_out(filter: &Filter) -> Option<&[String]> {
    let not = filter.not.as_deref()?;
    let types = not.dimensions.as_ref()?;
    let is_of_types = types.key.as_deref() == Some("RECORD_TYPE");
    (is_of_types && *filter == without(types)).then_some(types.values.as_slice())
}

fn without(values: &FilterValues) -> Filter {
    Filter {
        not: Some(Box::new(Filter {
            dimensions: Some(values.clone()),
            ..Filter::default()
        })),
        ..Filter::default()
    }
}

/// Whether a condition leaves out charges that are not usage, and nothing else.
fn is_of_charges(filter: &Filter) -> bool {
    let is_charge = |kind: &String| RecordKind::of(kind) != RecordKind::Usage;
    left_out(filter).is_some_and(|types| types.iter().all(is_charge))
}

/// An expression in words: `SERVICE Amazon EC2 and not (tag team orders)`.
fn words(filter: &Filter) -> String {
    let of = |what: &str, of: &FilterValues| {
        let options = of.match_options.iter().map(String::as_str);
        let options: Vec<_> = options
            .filter(|option| !["EQUALS", "CASE_SENSITIVE"].contains(option))
            .collect();
        let options = if options.is_empty() {
            String::new()
        } else {
            format!(" {}", options.join(" "))
        };
        let key = of.key.as_deref().unwrap_or("any");
        values(&format!("{what}{key}{options}"), &of.values)
    };
    let several = |filters: &[Filter], between: &str| {
        let parts: Vec<_> = filters.iter().map(words).collect();
        match parts.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            parts => Some(format!("({})", parts.join(between))),
        }
    };
    let parts = [
        filter.dimensions.as_ref().map(|values| of("", values)),
        filter.tags.as_ref().map(|values| of("tag ", values)),
        filter
            .cost_categories
            .as_ref()
            .map(|values| of("cost category ", values)),
        several(&filter.and, " and "),
        several(&filter.or, " or "),
        filter
            .not
            .as_ref()
            .map(|not| format!("not ({})", words(not))),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "a filter that is not known here".to_owned()
    } else {
        parts.join(" and ")
    }
}

fn values(key: &str, values: &[String]) -> String {
    let named: Vec<_> = values.iter().take(VALUES).map(String::as_str).collect();
    let named = named.join(", ");
    let more = values.len().saturating_sub(VALUES);
    match (named.is_empty(), more) {
        (true, _) => key.to_owned(),
        (false, 0) => format!("{key} {named}"),
        (false, more) => format!("{key} {named} and {more} more"),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}
