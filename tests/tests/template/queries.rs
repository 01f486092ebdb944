//! Saved queries are what CloudWatch Logs Insights runs: known commands, and columns that exist where they are used.
//!
//! Source: "CloudWatch Logs Insights language query syntax" (CloudWatch Logs user guide). After `stats` only its
//! aggregates and the fields it groups by exist, an aggregate by its alias; the time range belongs to the run of a query
//! and not to its text.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::load::{resources, templates};

/// The commands of the query language.
const COMMANDS: &[&str] = &[
    "anomaly",
    "dedup",
    "diff",
    "display",
    "fields",
    "filter",
    "filterIndex",
    "limit",
    "parse",
    "pattern",
    "sort",
    "SOURCE",
    "stats",
    "unmask",
    "unnest",
];
/// The aggregates of `stats`.
const AGGREGATES: &[&str] = &[
    "avg(",
    "count(",
    "count_distinct(",
    "earliest(",
    "latest(",
    "max(",
    "min(",
    "pct(",
    "sortsFirst(",
    "sortsLast(",
    "stddev(",
    "sum(",
];

/// Names and texts of all saved queries and of the queries of dashboards.
fn queries() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (folder, template) in templates().deployed() {
        for query in resources(template, "AWS::Logs::QueryDefinition") {
            let text = strings(&query.properties()["QueryString"]);
            all.push((format!("{folder}{}", query.id), text));
        }
        for dashboard in resources(template, "AWS::CloudWatch::Dashboard") {
            let body = strings(&dashboard.properties()["DashboardBody"]);
            let body: Value = serde_json::from_str(&body.replace("${!", "${")).unwrap_or_default();
            for widget in body["widgets"].as_array().into_iter().flatten() {
                if let Some(text) = widget["properties"]["query"].as_str() {
                    let title = &widget["properties"]["title"];
                    all.push((format!("{folder}{} {title}", dashboard.id), text.to_owned()));
                }
            }
        }
    }
    all
}

/// A text, or the text of a `Fn::Sub`.
fn strings(value: &Value) -> String {
    let sub = &value["Fn::Sub"];
    let text = value.as_str().or(sub.as_str()).or(sub[0].as_str());
    text.unwrap_or_default().to_owned()
}

/// The reason why a query is wrong.
fn problem(query: &str) -> Option<String> {
    let mut columns: Option<BTreeSet<String>> = None;
    for (number, line) in commands(query).iter().enumerate() {
        let command = match (number, line.strip_prefix("| ")) {
            (0, None) => line.as_str(),
            (0, Some(_)) => return Some("the first command follows no other".to_owned()),
            (_, Some(command)) => command,
            (_, None) => return Some(format!("{line:?} does not begin with \"| \"")),
        };
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        if !COMMANDS.contains(&verb) {
            return Some(format!("{verb:?} is no command"));
        }
        if verb == "filter" && rest.contains("@timestamp") {
            return Some("the time range is given when a query is run".to_owned());
        }
        match verb {
            "stats" => match stats(rest) {
                Ok(made) => columns = Some(made),
                Err(problem) => return Some(problem),
            },
            "sort" | "display" => {
                let unknown = columns.as_ref().and_then(|columns| {
                    let used = names(rest).into_iter();
                    used.into_iter().find(|name| !columns.contains(name))
                });
                if let Some(name) = unknown {
                    return Some(format!(
                        "{verb} uses {name}, which does not exist after stats"
                    ));
                }
            }
            _ => {}
        }
    }
    None
}

/// The commands, each on a line: a line that ends with a comma goes on in the next, and so does one before `by`.
fn commands(query: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in query.trim().lines().map(str::trim) {
        let goes_on = |last: &&mut String| last.ends_with(',') || line.starts_with("by ");
        match all.last_mut().filter(goes_on) {
            Some(last) => *last = format!("{last} {line}"),
            None => all.push(line.to_owned()),
        }
    }
    all
}

/// The columns that `stats` makes.
fn stats(text: &str) -> Result<BTreeSet<String>, String> {
    let (aggregates, groups) = text.split_once(" by ").unwrap_or((text, ""));
    let mut made = BTreeSet::new();
    for aggregate in parts(aggregates) {
        if !AGGREGATES.iter().any(|name| aggregate.contains(name)) {
            return Err(format!("{aggregate:?} is no aggregate"));
        }
        let Some((_, alias)) = aggregate.rsplit_once(" as ") else {
            return Err(format!("{aggregate:?} has no alias"));
        };
        made.insert(alias.trim().to_owned());
    }
    for group in parts(groups) {
        let name = group
            .rsplit_once(" as ")
            .map_or(group.as_str(), |(_, alias)| alias);
        made.insert(name.trim().to_owned());
    }
    Ok(made)
}

fn names(text: &str) -> Vec<String> {
    let name = |part: &String| part.split(' ').next().unwrap_or_default().to_owned();
    parts(text).iter().map(name).collect()
}

/// Splits at commas outside of parentheses.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (character, depth, parts.last_mut()) {
            (',', 0, _) => parts.push(String::new()),
            (_, _, Some(last)) => last.push(character),
            _ => {}
        }
    }
    parts
        .into_iter()
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

#[test]
fn every_query_is_one_that_logs_insights_runs() {
    let all = queries();
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|(name, text)| Some(format!("{name}: {}", problem(text)?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all.len() >= 2, "{all:?}");
}

#[test]
fn a_query_that_logs_insights_would_refuse_or_misread_is_a_problem() {
    let cases = [
        (
            "fields @message\n| filter @message like /A|B/\n| limit 20",
            None,
        ),
        ("stats count(*) as n by bin(1h)\n| sort n desc", None),
        (
            "stats count(*) as n by bin(1h) as hour, level\n| sort hour desc, level asc",
            None,
        ),
        (
            "stats min(a) as least,\n max(a) as most by b\n| sort most",
            None,
        ),
        ("stats count(*) by bin(1h)", Some("has no alias")),
        (
            "stats count(*) as n by bin(1h)\n| sort @timestamp desc",
            Some("does not exist after stats"),
        ),
        ("stats avg(a) as mean\n| sort a", Some("sort uses a,")),
        (
            "fields a\n| filter @timestamp > @timestamp - 1h",
            Some("time range"),
        ),
        ("select a", Some("no command")),
        ("fields a\nfilter b = 1", Some("does not begin")),
        ("stats level as l", Some("no aggregate")),
    ];
    for (query, expected) in cases {
        let found = problem(query);
        match expected {
            None => assert_eq!(found, None, "{query}"),
            Some(part) => assert!(
                found.clone().is_some_and(|text| text.contains(part)),
                "{query}: {found:?}"
            ),
        }
    }
}
