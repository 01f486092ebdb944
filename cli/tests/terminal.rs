//! What reaches a terminal: no control character of any input, whichever command prints it.

use picket_cli::Output;
use proptest::prelude::*;
use serde_json::json;

/// Follows each control character of the input, so that one that is printed is distinguished from those of the
/// command's own styles.
const MARK: char = '⌁';

/// Characters that a terminal acts on: C0 but the line feed and the tab, DEL, C1.
fn commands() -> impl Iterator<Item = char> {
    ('\0'..='\u{9f}')
        .filter(|character| character.is_control() && !matches!(character, '\n' | '\t'))
}

fn text() -> impl Strategy<Value = String> {
    let all: Vec<char> = commands().collect();
    let command = prop::sample::select(all).prop_map(|command| format!("{command}{MARK}"));
    let other = prop::sample::select(vec![
        "a", "\n", "\t", "[31m", "]0;x", "\u{fdd0}", "\u{fdd3}", "\"", "é",
    ]);
    let part = prop_oneof![command, other.prop_map(str::to_owned)];
    prop::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

fn printed(arguments: &[&str]) -> String {
    let (mut answers, mut complaints) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("picket").chain(arguments.iter().copied());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime can be built");
    let mut output = Output::new(&mut answers, &mut complaints);
    runtime.block_on(picket_cli::run(arguments.map(Into::into), &mut output));
    drop(output);
    answers.extend(complaints);
    String::from_utf8(answers).expect("what is printed is UTF-8")
}

/// The control characters of the input that were printed.
fn passed_on(printed: &str) -> Vec<char> {
    let pairs = printed.chars().zip(printed.chars().skip(1));
    pairs
        .filter(|(command, next)| *next == MARK && commands().any(|other| other == *command))
        .map(|(command, _)| command)
        .collect()
}

/// A file of each kind that a command reads, with the text wherever it has text, and the command's arguments for it.
fn cases(text: &str) -> Vec<(Vec<&'static str>, &'static str, String)> {
    let usage = json!({"request_id": text, "agent_id": text, "model_id": text, "incident_id": text, "input_tokens": 1,
        "output_tokens": 1, "status": text});
    let broken = format!("{{\"a\": {text}");
    let alarm = json!({"AlarmName": text, "NewStateValue": "ALARM", "OldStateValue": text, "NewStateReason": text,
        "StateChangeTime": "2026-11-20T06:03:12.345+0000", "Region": text, "AWSAccountId": text,
        "Trigger": {"MetricName": text, "Namespace": text, "Dimensions": [{"name": text, "value": text}]}});
    let notification = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Type": "Notification", "MessageId": text,
        "TopicArn": text, "Subject": text, "Message": alarm.to_string()}}]});
    let amount = json!({"UnblendedCost": {"Amount": "1", "Unit": text}});
    let costs = json!({"ResultsByTime": [{"TimePeriod": {"Start": "2026-11-19", "End": "2026-11-20"},
        "Groups": [{"Keys": [text], "Metrics": amount}, {"Keys": ["b"], "Metrics": {text: {"Amount": text, "Unit": "USD"}}}]}]});
    let foreign = json!({"Records": [{"eventSource": text}]});
    let rules = format!("metrics:\n  - pattern: {}\n", json!(text));
    let report = vec!["report", "--date", "2026-11-19", "--cost-explorer"];
    vec![
        (
            vec!["ingest"],
            "a.ndjson",
            format!("{usage}\n{broken}\n{text}\n"),
        ),
        (vec!["ingest"], "a.json", foreign.to_string()),
        (vec!["explain"], "a.json", notification.to_string()),
        (vec!["explain"], "b.json", text.to_owned()),
        (report.clone(), "a.json", costs.to_string()),
        (report, "b.json", broken.clone()),
        (vec!["filter", "--pattern", "a"], "a.log", text.to_owned()),
        (
            vec!["filter", "--pattern", "[first, second]"],
            "a.log",
            text.to_owned(),
        ),
        (
            vec!["filter", "--pattern", "{ $.agent_id = * }"],
            "a.log",
            usage.to_string(),
        ),
        (vec!["check"], "metrics.yaml", rules.clone()),
        (vec!["check", "--override"], "rules/x/metrics.yaml", rules),
        (vec!["check"], "prices.yaml", text.to_owned()),
        (
            vec!["replay"],
            "a.csv",
            format!("TIMESTAMP,ContextTokens,GeneratedTokens\n\"{text}\",1,1\n"),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]
    #[test]
    fn no_control_character_of_any_input_is_printed(text in text(), json in any::<bool>()) {
        let folder = tempfile::tempdir().expect("a folder");
        for (arguments, name, content) in cases(&text) {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder");
            std::fs::write(&path, content).expect("it can be written");
            let path = path.to_string_lossy().into_owned();
            let mut arguments: Vec<&str> = arguments.iter().copied().chain([path.as_str()]).collect();
            if json {
                arguments.push("--json");
            }
            let printed = printed(&arguments);
            prop_assert!(!printed.is_empty());
            prop_assert_eq!(passed_on(&printed), Vec::<char>::new(), "{:?}: {:?}", arguments, printed);
        }
        // Arguments come from a shell's expansion of names of files as well.
        for arguments in [vec![text.as_str()], vec!["explain", &text], vec!["filter", "--pattern", &text, &text], vec!["report", "--date", &text]] {
            prop_assert_eq!(passed_on(&printed(&arguments)), Vec::<char>::new(), "{:?}", arguments);
        }
    }
}

#[test]
fn the_only_sequences_of_an_answer_are_those_of_its_styles() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.ndjson");
    let attack = "\u{1b}[2J\u{1b}]0;pwned\u{7}\u{9b}31m\u{1b}]52;c;cm0gLXJm\u{7}";
    let line = json!({"request_id": "r", "agent_id": attack, "model_id": attack, "input_tokens": 1, "output_tokens": 0});
    std::fs::write(&path, line.to_string()).expect("it can be written");
    let path = path.to_string_lossy().into_owned();
    let mut rest = printed(&["ingest", &path]);
    assert!(
        rest.contains("\\u{1b}[2J\\u{1b}]0;pwned\\u{7}\\u{9b}31m"),
        "{rest}"
    );
    for style in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m"] {
        rest = rest.replace(style, "");
    }
    assert_eq!(
        rest.chars().find(|c| c.is_control() && *c != '\n'),
        None,
        "{rest:?}"
    );
    let json = printed(&["ingest", "--json", &path]);
    let value: serde_json::Value =
        serde_json::from_str(json.lines().next().unwrap_or_default()).expect("JSON");
    assert_eq!(value["usage"][0]["agent"], attack);
    assert!(json.is_ascii(), "{json}");
}
