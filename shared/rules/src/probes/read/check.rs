//! `Http`, `DynamoDB`, `PostgreSQL`, `BedrockAgent`, `BedrockKnowledgeBase`.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::{
    Invalid,
    invalid::sized,
    probes::{
        Address, AgentCheck, AttributeValue, Check, DEFAULT_MOST_PAGES, DatabaseCheck, HttpCheck,
        KnowledgeBaseCheck, MOST_PAGES, Selection, StatusRange, TableCheck,
    },
    yaml::{Fields, Log, Node, Value, parse},
};

/// The longest expression (DynamoDB, "Expressions": 4 KB).
const LONGEST_EXPRESSION: usize = 4_096;
/// The longest query of a knowledge base: one that asks whether it answers is a few words, each of which costs tokens.
const LONGEST_QUERY: usize = 1_000;
/// The longest text that a body must contain.
const LONGEST_BODY: usize = 1_024;

pub(super) fn read(fields: &mut Fields<'_>, log: &mut Log) -> Option<Check> {
    type Read = fn(&Node, &mut Log) -> Option<Check>;
    let at = fields.at;
    let kinds: [(&'static str, Read); 5] = [
        ("Http", |node, log| http_check(node, log).map(Check::Http)),
        ("DynamoDB", |node, log| {
            table_check(node, log).map(Check::DynamoDb)
        }),
        ("PostgreSQL", |node, log| {
            database_check(node, log).map(Check::PostgreSql)
        }),
        ("BedrockAgent", |node, log| {
            agent_check(node, log).map(Check::BedrockAgent)
        }),
        ("BedrockKnowledgeBase", |node, log| {
            knowledge_base_check(node, log).map(Check::BedrockKnowledgeBase)
        }),
    ];
    let mut given = Vec::new();
    for (name, read) in kinds {
        given.extend(fields.optional(name).map(|node| (node, read)));
    }
    if let [(node, read)] = given[..] {
        return read(node, log);
    }
    log.at(
        at,
        "a probe has one of `Http`, `DynamoDB`, `PostgreSQL`, `BedrockAgent` and `BedrockKnowledgeBase`",
    );
    None
}

fn agent_check(node: &Node, log: &mut Log) -> Option<AgentCheck> {
    let mut fields = Fields::of(node, "`BedrockAgent`", log)?;
    let target = fields.parse_required("Target", log);
    fields.finish(log);
    Some(AgentCheck { target: target? })
}

fn knowledge_base_check(node: &Node, log: &mut Log) -> Option<KnowledgeBaseCheck> {
    let mut fields = Fields::of(node, "`BedrockKnowledgeBase`", log)?;
    let target = fields.parse_required("Target", log);
    let retrieve = text(&mut fields, "Retrieve", LONGEST_QUERY, log);
    fields.finish(log);
    Some(KnowledgeBaseCheck {
        target: target?,
        retrieve,
    })
}

fn http_check(node: &Node, log: &mut Log) -> Option<HttpCheck> {
    let mut fields = Fields::of(node, "`Http`", log)?;
    let address = match (fields.optional("Url"), fields.optional("Target")) {
        (Some(node), None) => parse(node, "Url", log).map(Address::Url),
        (None, Some(node)) => parse(node, "Target", log).map(Address::Target),
        _ => {
            log.at(
                node.at,
                "write either `Url`, or `Target` for an address that the stack's parameters give",
            );
            None
        }
    };
    let status = each(fields.list("Status", log), "Status", log);
    let body = text(&mut fields, "Body", LONGEST_BODY, log);
    let redirect_hosts = each(fields.list("RedirectHosts", log), "RedirectHosts", log);
    fields.finish(log);
    let status = match status? {
        empty if empty.is_empty() => vec![StatusRange::SUCCESS],
        given => given,
    };
    Some(HttpCheck {
        address: address?,
        status,
        body,
        redirect_hosts: redirect_hosts?,
    })
}

fn table_check(node: &Node, log: &mut Log) -> Option<TableCheck> {
    let mut fields = Fields::of(node, "`DynamoDB`", log)?;
    let target = fields.parse_required("Target", log);
    let [index, key, filter, sum] = [
        "IndexName",
        "KeyConditionExpression",
        "FilterExpression",
        "Sum",
    ]
    .map(|name| text(&mut fields, name, LONGEST_EXPRESSION, log));
    let scan = fields.flag("Scan", log);
    let names = pairs(&mut fields, "ExpressionAttributeNames", '#', log);
    let values = pairs(&mut fields, "ExpressionAttributeValues", ':', log);
    let most_pages = most_pages(&mut fields, log);
    fields.finish(log);
    let selection = match (key, scan) {
        (Some(key), false) => Some(Selection::Key(key)),
        (None, true) => Some(Selection::Scan),
        _ => {
            log.at(node.at, "write either `KeyConditionExpression`, or `Scan: true` where every item must be read and paid");
            None
        }
    };
    let names = names
        .into_iter()
        .map(|(name, node)| Some((name, parse(node, "ExpressionAttributeNames", log)?)));
    let names: Option<Vec<_>> = names.collect();
    let values = values
        .into_iter()
        .map(|(name, node)| Some((name, attribute_value(node, log)?)));
    let values: Option<Vec<_>> = values.collect();
    Some(TableCheck {
        target: target?,
        index,
        selection: selection?,
        filter,
        names: names?,
        values: values?,
        sum,
        most_pages,
    })
}

fn database_check(node: &Node, log: &mut Log) -> Option<DatabaseCheck> {
    let mut fields = Fields::of(node, "`PostgreSQL`", log)?;
    let target = fields.parse_required("Target", log);
    let statement = fields.parse_required("Statement", log);
    fields.finish(log);
    Some(DatabaseCheck {
        target: target?,
        statement: statement?,
    })
}

/// A text; `None` where it is absent, or wrong and written down.
fn text(
    fields: &mut Fields<'_>,
    name: &'static str,
    longest: usize,
    log: &mut Log,
) -> Option<String> {
    let node = fields.optional(name)?;
    let text: String = parse(node, name, log)?;
    sized(&text, longest)
        .map_err(|error| log.at(node.at, format!("`{name}`: {error}")))
        .ok()?;
    Some(text)
}

fn each<T: FromStr<Err = Invalid>>(
    nodes: &[Node],
    name: &'static str,
    log: &mut Log,
) -> Option<Vec<T>> {
    let all: Vec<_> = nodes.iter().map(|node| parse(node, name, log)).collect();
    all.into_iter().collect()
}

/// The entries of a mapping whose keys begin with `sign`.
fn pairs<'n>(
    fields: &mut Fields<'n>,
    name: &'static str,
    sign: char,
    log: &mut Log,
) -> Vec<(String, &'n Node)> {
    let Some(node) = fields.optional(name) else {
        return Vec::new();
    };
    let Value::Map(entries) = &node.value else {
        log.at(
            node.at,
            format!("`{name}` must be a mapping of `{sign}…` to what it stands for"),
        );
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for (key, value) in entries {
        match key.text() {
            Some(text) if text.starts_with(sign) && text.len() > 1 => {
                pairs.push((text.to_owned(), value));
            }
            _ => log.at(key.at, format!("a key of `{name}` begins with `{sign}`")),
        }
    }
    pairs
}

/// As in DynamoDB's JSON: `{ S: open }`, `{ N: 5 }`.
fn attribute_value(node: &Node, log: &mut Log) -> Option<AttributeValue> {
    let mut fields = Fields::of(node, "a value", log)?;
    let value = match (fields.optional("S"), fields.optional("N")) {
        (Some(node), None) => parse(node, "S", log).map(AttributeValue::Text),
        (None, Some(node)) => {
            parse::<Number>(node, "N", log).map(|number| AttributeValue::Number(number.0))
        }
        _ => {
            log.at(node.at, "a value is `{ S: text }` or `{ N: number }`");
            return None;
        }
    };
    fields.finish(log);
    value
}

/// A number as DynamoDB takes it.
struct Number(Decimal);

impl FromStr for Number {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Decimal::from_str_exact(text)
            .map(Self)
            .map_err(|_| Invalid(format!("{text:?} is not a decimal number")))
    }
}

fn most_pages(fields: &mut Fields<'_>, log: &mut Log) -> u32 {
    let Some(node) = fields.optional("MostPages") else {
        return DEFAULT_MOST_PAGES;
    };
    match parse::<u32>(node, "MostPages", log) {
        Some(pages) if (1..=MOST_PAGES).contains(&pages) => pages,
        Some(_) => {
            log.at(node.at, format!("`MostPages` must be 1 to {MOST_PAGES}: a page is up to 1 MB, which is read and paid"));
            DEFAULT_MOST_PAGES
        }
        None => DEFAULT_MOST_PAGES,
    }
}
