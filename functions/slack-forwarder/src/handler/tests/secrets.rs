//! No secret in any output: every line that is logged, at every level, and every error.

use picket_shared::report::ErrorChain;
use serde_json::json;

use super::{
    state::by_sns,
    world::{SECRET, Table, World, answer, failure},
};
use crate::{sinks::Answer, testing::Logs};

const TOKEN: &str = "xoxb-secret-token";
const KEY: &str = "secret0123456789abcdef0123456789";

/// A world for each sink, secret and way to go wrong.
fn worlds() -> Vec<World> {
    let refusals = || {
        [
            vec![],
            vec![answer(404, SECRET), answer(404, SECRET)],
            vec![answer(
                200,
                &json!({"ok": false, "error": TOKEN}).to_string(),
            )],
            vec![answer(400, KEY), answer(400, KEY)],
            vec![Answer::Unanswered("timed out".to_owned()); 3],
            vec![answer(503, SECRET); 3],
        ]
    };
    let sinks = [
        ("{ webhook: a }", SECRET),
        ("{ webhook: a }", "https://evil.example/secret"),
        ("{ webhook: a }", "secret"),
        ("{ slack: C1 }", TOKEN),
        ("{ slack: C1 }", SECRET),
        ("{ pagerduty: p }", KEY),
        ("{ pagerduty: p }", TOKEN),
    ];
    let mut worlds = Vec::new();
    for (sink, secret) in sinks {
        for answers in refusals() {
            for table in [Table::Works, Table::Unreachable] {
                let world = World::answering(answers.clone()).with_table(table);
                worlds.push(world.with_sinks(sink).with_secret(secret));
            }
        }
    }
    worlds
}

#[tokio::test]
async fn no_secret_is_in_a_log_line_of_any_level_or_in_an_error() {
    let mut said = Vec::new();
    let logged = Logs::of(async {
        for world in worlds() {
            let record = failure("r", "2026-11-20T06:00:00Z", "text");
            let queue = json!({ "Records": [record] }).to_string().into_bytes();
            for event in [by_sns("ALARM", 3), by_sns("OK", 4), queue] {
                said.push(match world.handle(&event).await {
                    Ok(response) => format!("{response:?}"),
                    Err(error) => format!("{} {error:?}", ErrorChain(&error)),
                });
            }
        }
    })
    .await;
    said.push(logged);
    let output = said.join("\n");
    assert!(output.contains("did not take the message") && output.contains("posted"));
    for line in output.lines() {
        assert!(
            !line.contains("secret") && !line.contains("hooks.slack.com/"),
            "{line}"
        );
    }
}
