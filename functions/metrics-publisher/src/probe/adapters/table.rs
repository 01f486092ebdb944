//! `Query` and `Scan`.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Select},
};
use picket_aws::{Fault, fault::Resource};
use picket_rules::probes::{AttributeValue as Value, Selection, TableCheck};
use rust_decimal::Decimal;

use crate::probe::{
    failure::Failure,
    ports::{Key, TablePage},
    table::TableQuestion,
};

/// What `Sum` is called in the projection: DynamoDB has reserved words, and an attribute may be one.
const SUMMED: &str = "#picket_sum";

pub(super) async fn query(
    client: &Client,
    question: &TableQuestion<'_>,
) -> Result<TablePage, Failure> {
    let check = question.check;
    let Selection::Key(condition) = &check.selection else {
        return scan(client, question).await;
    };
    let answer = client
        .query()
        .table_name(question.table)
        .set_index_name(check.index.clone())
        .key_condition_expression(condition)
        .set_filter_expression(check.filter.clone())
        .set_expression_attribute_names(names(check))
        .set_expression_attribute_values(values(check))
        .select(select(check))
        .set_projection_expression(check.sum.is_some().then(|| SUMMED.to_owned()))
        .set_exclusive_start_key(start(question))
        .send()
        .await
        .map_err(|error| Failure::of_question(Fault::of(&table(question), "query", error)))?;
    Ok(page(
        check,
        answer.count,
        answer.items,
        answer.last_evaluated_key,
    ))
}

pub(super) async fn scan(
    client: &Client,
    question: &TableQuestion<'_>,
) -> Result<TablePage, Failure> {
    let check = question.check;
    let answer = client
        .scan()
        .table_name(question.table)
        .set_index_name(check.index.clone())
        .set_filter_expression(check.filter.clone())
        .set_expression_attribute_names(names(check))
        .set_expression_attribute_values(values(check))
        .select(select(check))
        .set_projection_expression(check.sum.is_some().then(|| SUMMED.to_owned()))
        .set_exclusive_start_key(start(question))
        .send()
        .await
        .map_err(|error| Failure::of_question(Fault::of(&table(question), "scan", error)))?;
    Ok(page(
        check,
        answer.count,
        answer.items,
        answer.last_evaluated_key,
    ))
}

fn table(question: &TableQuestion<'_>) -> Resource {
    Resource::new(
        "table",
        question.table,
        "correct the stack's parameter that names it",
    )
}

fn select(check: &TableCheck) -> Select {
    if check.sum.is_some() {
        Select::SpecificAttributes
    } else {
        Select::Count
    }
}

fn names(check: &TableCheck) -> Option<HashMap<String, String>> {
    let summed = check
        .sum
        .iter()
        .map(|attribute| (SUMMED.to_owned(), attribute.clone()));
    some(check.names.iter().cloned().chain(summed).collect())
}

fn values(check: &TableCheck) -> Option<HashMap<String, AttributeValue>> {
    let value = |(name, value): &(String, Value)| {
        let value = match value {
            Value::Text(text) => AttributeValue::S(text.clone()),
            Value::Number(number) => AttributeValue::N(number.to_string()),
        };
        (name.clone(), value)
    };
    some(check.values.iter().map(value).collect())
}

/// DynamoDB refuses empty maps.
fn some<V>(map: HashMap<String, V>) -> Option<HashMap<String, V>> {
    (!map.is_empty()).then_some(map)
}

fn start(question: &TableQuestion<'_>) -> Option<HashMap<String, AttributeValue>> {
    question.start.map(|key| key.0.clone())
}

fn page(
    check: &TableCheck,
    count: i32,
    items: Option<Vec<HashMap<String, AttributeValue>>>,
    next: Option<HashMap<String, AttributeValue>>,
) -> TablePage {
    let number = |item: HashMap<String, AttributeValue>| -> Option<Decimal> {
        item.get(check.sum.as_ref()?)?.as_n().ok()?.parse().ok()
    };
    TablePage {
        count: u64::try_from(count).unwrap_or_default(),
        numbers: items.into_iter().flatten().filter_map(number).collect(),
        next: next.filter(|key| !key.is_empty()).map(Key),
    }
}
