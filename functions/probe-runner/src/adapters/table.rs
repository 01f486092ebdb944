//! Queries and scans a table.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    primitives::Blob,
    types::{AttributeValue, Select},
};
use picket_aws::{Fault, fault::Resource};
use picket_rules::probes::{AttributeValue as Value, Selection, TableCheck};
use rust_decimal::Decimal;

use crate::{
    failure::{Failure, Reason},
    ports::{KeyValue, PageKey, TablePage, TableRequest},
};

/// The placeholder of `Sum` in the projection: an attribute's name may be a reserved word of DynamoDB.
const SUMMED: &str = "#picket_sum";

pub(super) async fn query(
    client: &Client,
    request: &TableRequest<'_>,
) -> Result<TablePage, Failure> {
    let check = request.check;
    let Selection::Key(condition) = &check.selection else {
        return scan(client, request).await;
    };
    let answer = client
        .query()
        .table_name(request.table)
        .set_index_name(check.index.clone())
        .key_condition_expression(condition)
        .set_filter_expression(check.filter.clone())
        .set_expression_attribute_names(names(check))
        .set_expression_attribute_values(values(check))
        .select(select(check))
        .set_projection_expression(check.sum.is_some().then(|| SUMMED.to_owned()))
        .set_exclusive_start_key(start(request))
        .send()
        .await
        .map_err(|error| Failure::of_request(Fault::of(&table(request), "query", error)))?;
    page(check, answer.count, answer.items, answer.last_evaluated_key)
}

pub(super) async fn scan(
    client: &Client,
    request: &TableRequest<'_>,
) -> Result<TablePage, Failure> {
    let check = request.check;
    let answer = client
        .scan()
        .table_name(request.table)
        .set_index_name(check.index.clone())
        .set_filter_expression(check.filter.clone())
        .set_expression_attribute_names(names(check))
        .set_expression_attribute_values(values(check))
        .select(select(check))
        .set_projection_expression(check.sum.is_some().then(|| SUMMED.to_owned()))
        .set_exclusive_start_key(start(request))
        .send()
        .await
        .map_err(|error| Failure::of_request(Fault::of(&table(request), "scan", error)))?;
    page(check, answer.count, answer.items, answer.last_evaluated_key)
}

fn table(request: &TableRequest<'_>) -> Resource {
    Resource::new(
        "table",
        request.table,
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

/// Returns `None` for an empty map, which DynamoDB refuses.
fn some<V>(map: HashMap<String, V>) -> Option<HashMap<String, V>> {
    (!map.is_empty()).then_some(map)
}

fn start(request: &TableRequest<'_>) -> Option<HashMap<String, AttributeValue>> {
    let to_sdk = |value: &KeyValue| match value {
        KeyValue::Text(text) => AttributeValue::S(text.clone()),
        KeyValue::Number(number) => AttributeValue::N(number.clone()),
        KeyValue::Bytes(bytes) => AttributeValue::B(Blob::new(bytes.clone())),
    };
    let PageKey(key) = request.start?;
    Some(
        key.iter()
            .map(|(name, value)| (name.clone(), to_sdk(value)))
            .collect(),
    )
}

fn key(attributes: HashMap<String, AttributeValue>) -> Result<PageKey, Failure> {
    let value = |(name, value)| match value {
        AttributeValue::S(text) => Ok((name, KeyValue::Text(text))),
        AttributeValue::N(number) => Ok((name, KeyValue::Number(number))),
        AttributeValue::B(bytes) => Ok((name, KeyValue::Bytes(bytes.into_inner()))),
        _ => Err(Failure::new(
            Reason::Answer,
            format!("the key attribute {name} is neither a string, a number nor bytes"),
        )),
    };
    attributes
        .into_iter()
        .map(value)
        .collect::<Result<_, _>>()
        .map(PageKey)
}

fn page(
    check: &TableCheck,
    count: i32,
    items: Option<Vec<HashMap<String, AttributeValue>>>,
    next: Option<HashMap<String, AttributeValue>>,
) -> Result<TablePage, Failure> {
    let number = |item: HashMap<String, AttributeValue>| -> Option<Decimal> {
        item.get(check.sum.as_ref()?)?.as_n().ok()?.parse().ok()
    };
    Ok(TablePage {
        count: u64::try_from(count).unwrap_or_default(),
        numbers: items.into_iter().flatten().filter_map(number).collect(),
        next: next.filter(|key| !key.is_empty()).map(key).transpose()?,
    })
}
