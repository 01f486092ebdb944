//! The line end to end, with IAM enforced: one emulator, one deployed stack, every part after another.
//!
//! One test, because a test runner that gives each test a process of its own would start an emulator for each. Every
//! part runs, whatever came of those before it, and what failed is said at the end.

mod bad_records;
mod containers;
mod cost;
mod drill;
mod kills;
mod overrides;
mod permissions;
mod probes;
mod prometheus;
mod quarantine;
mod recording;
mod smoke;
mod subscription;

use anyhow::ensure;
use picket_line::{
    checkout::Checkout,
    demo,
    journal::Journal,
    line::{Bare, Line},
    prometheus::Prometheus,
};

type Outcome = anyhow::Result<()>;

#[tokio::test(flavor = "multi_thread")]
async fn the_line_walks_from_the_stream_to_slack() {
    let checkout = Checkout::find().expect("the test runs inside a checkout");
    let (line, prometheus) = set_up(&checkout)
        .await
        .unwrap_or_else(|error| panic!("the line cannot be set up: {error:#}"));
    let outcomes = [
        (
            "a metric that the SDK puts is listed",
            smoke::metric(&line).await,
        ),
        (
            "a role is refused what it lacks",
            permissions::refused(&line).await,
        ),
        (
            "a workload's log group is subscribed",
            subscription::deployed(&line).await,
        ),
        ("what sends no events is asked", probes::asked(&line).await),
        ("the demo's scenario is seen whole", scenario(&line).await),
        (
            "the report of yesterday has the account's budgets",
            cost::budgets(&line).await,
        ),
        (
            "a bad record ends in the quarantine bucket",
            bad_records::quarantined(&line).await,
        ),
        (
            "a record that kills is set apart, and counted once when it is put back",
            quarantine::poison(&line).await,
        ),
        (
            "what Lambda gave up is put back once",
            quarantine::discarded(&line).await,
        ),
        (
            "a webhook that fails is tried again",
            smoke::failing_webhook(&line).await,
        ),
        (
            "rules in the override bucket count, and broken ones are reported and change nothing",
            overrides::in_force_and_broken(&line).await,
        ),
        ("a replay is counted exactly", kills::replay(&line).await),
        (
            "a replay is counted exactly while functions are killed",
            kills::replay_with_kills(&line).await,
        ),
        (
            "a replay is counted exactly while functions abort at named points",
            kills::replay_with_faults(&line).await,
        ),
        (
            "a replay of many agents is exact in every view while functions are killed",
            kills::views_with_kills(&line, prometheus.as_ref().map(Prometheus::queries)).await,
        ),
        (
            "a real Prometheus answers what the chain holds",
            prometheus::answers(&line, prometheus.as_ref().map(Prometheus::queries)).await,
        ),
        (
            "every alarm arrives at each of its sinks, and clears",
            drill::green(&line).await,
        ),
        (
            "a drill fails where a subscription is gone",
            drill::red_without_subscription(&line).await,
        ),
        (
            "a sample of each function has a response in Lambda's container",
            containers::answered(checkout.root(), &line).await,
        ),
    ];
    let failures: Vec<String> = outcomes
        .into_iter()
        .filter_map(|(part, outcome)| Some(format!("{part}: not so: {:#}", outcome.err()?)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The line, and the Prometheus that it writes to, where there is one.
async fn set_up(checkout: &Checkout) -> anyhow::Result<(Line, Option<Prometheus>)> {
    let folder = checkout.root().join("target/local-test");
    let prometheus = Prometheus::start(checkout, &folder.join("prometheus")).await?;
    let mut options = demo::line_options(folder, 0);
    let shards = ("StreamShards".to_owned(), "2".to_owned());
    options.parameters.push(shards);
    if let Some(prometheus) = &prometheus {
        options.parameters.extend(prometheus.parameters());
    }
    let options = subscription::subscribed(options);
    let mut options = probes::switched_on(options).await?;
    demo::switch_all_workloads_on(checkout, &mut options)?;
    let line = Bare::start(checkout, options, &Journal::default())
        .await?
        .deploy()
        .await?;
    Ok((line, prometheus))
}

/// Traffic, alarm, message, plan, recovery, report.
async fn scenario(line: &Line) -> Outcome {
    let summary = demo::play_on(line).await?;
    let missed: Vec<_> = summary
        .steps
        .iter()
        .filter_map(|step| Some(format!("{}: {}", step.step, step.missed.as_ref()?)))
        .collect();
    ensure!(summary.complete, "{}", missed.join("; "));
    Ok(())
}
