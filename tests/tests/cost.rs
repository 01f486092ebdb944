//! docs/cost.md and the README say what `picket cost` computes.

use std::{ffi::OsString, fs, path::PathBuf};

use picket_cli::{
    Output,
    cost::{self, Item, Traffic, Workload},
};
use rust_decimal::Decimal;

/// The shards of the table's columns.
const SHARDS: [u32; 3] = [1, 10, 100];

/// What runs with so many shards, each full: two workloads, one agent that uses one model.
fn items(shards: u32) -> Vec<Item> {
    let named = |name| Workload::named(name).expect("a workload");
    cost::items(&Traffic {
        // A thousand records a second are a shard's quota.
        events_per_second: Decimal::from(shards * 1_000),
        event_kb: Decimal::ONE,
        shards,
        agents: 1,
        models: 1,
        error_codes: 1,
        series: 0,
        alarms: 0,
        dashboards: 0,
        workloads: ["bedrock-usage", "scheduling-agent"].map(named).to_vec(),
    })
}

/// The sum of all but the records, which are the last item.
fn sum_without_records(items: &[Item]) -> Decimal {
    let (_, others) = items.split_last().expect("items");
    cost::sum(others)
}

fn dollars(amount: Decimal) -> String {
    format!("${:.2}", amount.round_dp(2))
}

/// A line of the table: its name, and a column for each number of shards.
fn line(name: &str, columns: [Decimal; 3]) -> String {
    let [one, ten, hundred] = columns.map(dollars);
    format!("| {name} | {one} | {ten} | {hundred} |\n")
}

fn table() -> String {
    let columns = SHARDS.map(items);
    let mut table =
        "| item | 1 shard | 10 shards | 100 shards |\n|---|---:|---:|---:|\n".to_owned();
    let last = columns[0].len() - 1;
    let row = |at: usize| columns.each_ref().map(|items| items[at].dollars);
    for (at, item) in columns[0][..last].iter().enumerate() {
        table += &line(&item.name, row(at));
    }
    let sums = columns.each_ref().map(|items| sum_without_records(items));
    table += &line("**Sum**", sums);
    table += &line(&columns[0][last].name, row(last));
    let all = columns.each_ref().map(|items| cost::sum(items));
    table + &line("**Sum with records**", all)
}

/// Text with one space for each run of white space, so that it can be found in wrapped lines.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).expect("the file is in this repository")
}

#[test]
fn the_table_of_costs_is_what_its_formulas_come_to() {
    let document = read("docs/cost.md");
    assert!(
        document.contains(&table()),
        "docs/cost.md should have this table:\n{}",
        table()
    );
    let document = unwrapped(&document);
    for item in items(1) {
        // The workloads' series have formulas of their own.
        if item.name.starts_with("Metrics, `") {
            continue;
        }
        let formula = format!("- {}: {}", item.name, item.formula);
        assert!(
            document.contains(&unwrapped(&formula)),
            "docs/cost.md should have this formula:\n{formula}"
        );
    }
}

#[test]
fn the_readme_says_the_sums_in_whole_dollars() {
    let readme = read("README.md");
    for shards in SHARDS {
        let sum = format!("${}", sum_without_records(&items(shards)).round_dp(0));
        let sum = if sum.len() > 4 {
            format!("{},{}", &sum[..sum.len() - 3], &sum[sum.len() - 3..])
        } else {
            sum
        };
        assert!(
            readme.contains(&sum),
            "README.md should say {sum} for {shards} shard(s)"
        );
    }
}

/// The commands and answers of docs/cost.md: a block whose only line is `picket cost …`, and the block after it.
fn examples(document: &str) -> Vec<(String, String)> {
    let blocks: Vec<&str> = document.split("```").skip(1).step_by(2).collect();
    let pairs = blocks.windows(2).filter_map(|pair| {
        let command = pair[0].strip_prefix("sh\n")?.trim();
        let answer = pair[1].strip_prefix("text\n")?;
        command
            .starts_with("picket cost")
            .then(|| (command.to_owned(), answer.to_owned()))
    });
    pairs.collect()
}

/// Text without the escape sequences of its styles, each of which ends with `m`.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text));
    first + &rest.collect::<String>()
}

#[tokio::test]
async fn the_examples_of_the_calculator_are_its_answers() {
    let examples = examples(&read("docs/cost.md"));
    assert!(examples.len() >= 2, "{examples:?}");
    for (command, answer) in examples {
        let (mut answers, mut complaints) = (Vec::new(), Vec::new());
        let words = command.split_whitespace().map(OsString::from);
        picket_cli::run(words, &mut Output::new(&mut answers, &mut complaints)).await;
        let plain = plain(&String::from_utf8(answers).expect("UTF-8"));
        assert!(complaints.is_empty(), "{command}");
        assert_eq!(plain, answer, "{command}");
    }
}
