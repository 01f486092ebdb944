use jiff::civil::date;

use super::*;

const CSV: &str = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-17T00:00:00Z,1,2\n";

#[test]
fn rows_are_requests_with_their_own_day() {
    let recording = Recording::parse(CSV.as_bytes()).unwrap();
    assert_eq!(
        recording.requests()[0].at.to_string(),
        "2023-11-16T18:15:46.68059Z"
    );
    assert_eq!(
        (
            recording.requests()[0].input,
            recording.requests()[0].output
        ),
        (374, 44)
    );
    assert_eq!(
        recording.days(),
        Some((date(2023, 11, 16), date(2023, 11, 17)))
    );
}

#[test]
fn what_is_no_recording_says_where() {
    let error = |csv: &str| format!("{:#}", Recording::parse(csv.as_bytes()).unwrap_err());
    assert!(error("A,B\n1,2\n").starts_with("line 2"));
    assert!(
        error("TIMESTAMP,ContextTokens,GeneratedTokens\nsoon,1,2\n")
            .contains("line 2: \"soon\" is no time")
    );
    assert!(
        error("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,-1,2\n")
            .starts_with("line 2")
    );
}

#[test]
fn a_recording_that_is_moved_keeps_its_distances() {
    let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
    let moved = Recording::parse(CSV.as_bytes()).unwrap().ending_at(now);
    let times: Vec<String> = moved
        .unwrap()
        .requests()
        .iter()
        .map(|request| request.at.to_string())
        .collect();
    assert_eq!(
        times,
        ["2026-11-28T06:15:46.68059Z", "2026-11-28T12:00:00Z"]
    );
}

#[test]
fn a_recording_of_more_than_cloudwatch_takes_is_refused() {
    let csv = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-01T00:00:00Z,1,1\n2023-11-14T00:00:01Z,1,1\n";
    let recording = Recording::parse(csv.as_bytes()).unwrap();
    let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
    let error = recording.ending_at(now).unwrap_err().to_string();
    assert!(error.contains("longer than 13 days"), "{error}");
}

#[test]
fn requests_are_dealt_to_agents_in_turn() {
    let csv = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-01T00:00:00Z,1,10\n2023-11-01T00:00:00Z,2,20\n2023-11-01T00:00:00Z,4,40\n";
    let recording = Recording::parse(csv.as_bytes()).unwrap();
    let counts = |requests, input_tokens, output_tokens| Counts {
        requests,
        input_tokens,
        output_tokens,
    };
    let dealt = recording.clone().dealt_to(NonZeroU32::new(2)).by_agent();
    let expected = [
        ("agent-0001".to_owned(), counts(2, 5, 50)),
        ("agent-0002".to_owned(), counts(1, 2, 20)),
    ];
    assert_eq!(dealt, BTreeMap::from(expected));
    let whole = recording.by_agent();
    assert_eq!(
        whole,
        BTreeMap::from([(AGENT.to_owned(), counts(3, 7, 70))])
    );
}

#[test]
fn every_event_has_a_name_of_its_own() {
    let events = Recording::parse(CSV.as_bytes()).unwrap().events("run");
    assert_eq!(
        (events[0].key.as_str(), events[1].key.as_str()),
        ("run-0", "run-1")
    );
    let first: serde_json::Value = serde_json::from_slice(&events[0].data).unwrap();
    assert_eq!(
        (
            first["input_tokens"].as_u64(),
            first["output_tokens"].as_u64()
        ),
        (Some(374), Some(44))
    );
}
