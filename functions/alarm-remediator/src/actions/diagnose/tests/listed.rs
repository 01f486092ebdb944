//! The resources that a playbook names, whatever the alarm's dimensions are.

use picket_rules::playbooks::{Action, Playbooks, parse};

use super::*;
use crate::model::Home;

/// The resources of a workload, one of them by its name.
const RESOURCES: &str = "{ functions: [stack UserJourneyFunctionName], streams: [orders], \
                         tables: [stack UserJourneyTableName], models: [stack UserJourneyModelId] }";

fn playbooks(bounds: &str) -> Playbooks {
    let text = format!(
        "playbooks:\n- name: p\n  match: {{ namespace: Picket/UserJourney, metric: ProcessingLatency }}\n  action: {{ diagnose: {bounds} }}\n  cooldown: 10m\n"
    );
    parse("p.yaml", &text).unwrap()
}

/// A stack that watches a function and a model, and no table.
fn watching(resources: &str) -> Home {
    Home {
        resources: resources.parse().unwrap(),
        ..home()
    }
}

const WATCHED: &str =
    "UserJourneyFunctionName=checkout UserJourneyTableName= UserJourneyModelId=nova";

async fn report(bounds: &str, home: &Home, account: &Account) -> Result<(String, String), String> {
    let book = playbooks(bounds);
    let playbook = &book.all()[0];
    let Action::Diagnose(bounds) = &playbook.action else {
        panic!("{playbook:?}")
    };
    // The alarm's own dimension names no resource.
    let alarm = with(&[("Environment", "dev")]);
    let target = target(playbook, bounds, &alarm, home).map_err(|refusal| refusal.to_string())?;
    let candidate = Candidate {
        playbook,
        alarm: &alarm,
        target: target.clone(),
    };
    let facts = read_facts(&candidate, bounds, home, account, now()).await;
    Ok((target, decide(&candidate, &facts).to_string()))
}

#[tokio::test]
async fn an_alarm_without_a_resource_is_diagnosed_from_those_that_the_playbook_names() {
    let (target, text) = report(RESOURCES, &watching(WATCHED), &HEALTHY)
        .await
        .unwrap();
    assert_eq!(target, "checkout, stream/orders, model/nova");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "what the playbook names was read.");
    for line in [
        "checkout: Version $LATEST, deployed 2026-11-20T05:48:00Z, 12 minutes before the alarm: look at that change first.",
        "checkout: The mapping of arn:aws:kinesis:eu-west-1:123456789012:stream/orders is enabled; last result: OK.",
        "checkout: [ERROR] KeyError: 'order_id' password=[redacted]",
        "stream/orders: The stream is active, provisioned, with 4 open shards.",
        "model/nova: In the last 15 minutes 1200 requests to the model of all callers in the account; p95 of the latency 4200 ms in the slowest minute; 3 throttled, 0 failed on the side of Bedrock, 2 by what was sent.",
        "The playbook names these of the stack too, which have no value: UserJourneyTableName.",
    ] {
        assert!(lines.contains(&line), "{line}\n{text}");
    }
    let of_stream = lines.iter().filter(|line| line.contains("The stream is"));
    assert_eq!(
        of_stream.count(),
        1,
        "the function's stream is named\n{text}"
    );
}

#[tokio::test]
async fn what_is_the_accounts_is_said_once() {
    let (target, text) = report("{ functions: [checkout, orders] }", &home(), &HEALTHY)
        .await
        .unwrap();
    assert_eq!(target, "checkout, orders");
    for once in ["The account's quota", "health.aws.amazon.com"] {
        assert_eq!(text.matches(once).count(), 1, "{text}");
    }
    for each in ["In the last 15 minutes 1200 invocations", "The mapping of"] {
        for function in ["checkout", "orders"] {
            assert!(text.contains(&format!("{function}: {each}")), "{text}");
        }
    }
}

#[tokio::test]
async fn a_stack_that_watches_none_of_the_resources_has_a_reason() {
    let bounds = "{ functions: [stack UserJourneyFunctionName], tables: [stack Other] }";
    let home = watching("UserJourneyFunctionName=");
    assert_eq!(
        report(bounds, &home, &HEALTHY).await.unwrap_err(),
        "the playbook names resources of the stack that have no value: UserJourneyFunctionName, Other"
    );
}

#[tokio::test]
async fn a_model_without_requests_and_one_that_cannot_be_read_are_sentences() {
    let down = Account {
        up: false,
        ..HEALTHY
    };
    let (_, text) = report("{ models: [nova] }", &home(), &down).await.unwrap();
    assert!(
        text.contains("model/nova: Not known: the metrics is denied."),
        "{text}"
    );
    let none = ModelFacts {
        metrics: Ok(ModelMetrics::default()),
    };
    assert_eq!(
        none.sentences(),
        ["Bedrock has no request to the model in the last 15 minutes."]
    );
}
