//! Items that DynamoDB does not take: slices are made smaller, and one event alone goes to quarantine.

use picket_shared::chain::encode;

use super::*;

/// Letters that deflate cannot shorten much.
fn noise(length: usize) -> String {
    let mut state = 88_172_645_463_325_252_u64;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + u8::try_from(state % 26).unwrap())
    };
    (0..length).map(|_| letter()).collect()
}

/// Reasons by position.
fn quarantined(fakes: &Fakes) -> Vec<(String, String)> {
    let state = fakes.state();
    let all = state
        .items
        .values()
        .flat_map(|slice| &slice.body.quarantined);
    all.map(|entry| (entry.position.to_string(), entry.reason.to_string()))
        .collect()
}

#[tokio::test]
async fn a_payload_that_its_error_message_quotes_is_quarantined_and_its_neighbours_count() {
    let (handler, fakes) = handler();
    let noise = noise(700_000);
    let quoted = format!(
        r#"{{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{{"id":"1","timestamp":"{noise}","message":"m"}}]}}"#
    );
    let batch = event(&[
        record(1, "ERROR out of slots"),
        record(2, quoted),
        record(3, "ERROR out of slots"),
    ]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let quarantined = quarantined(&fakes);
    assert_eq!(quarantined.len(), 1);
    assert!(quarantined[0].1.len() <= 500, "{}", quarantined[0].1.len());
    let state = fakes.state();
    assert_eq!(state.items.len(), 1);
    for slice in state.items.values() {
        assert!(encode(&slice.body).len() < 4_000);
    }
    let object = state.objects.values().next().unwrap();
    let line: serde_json::Value = serde_json::from_str(object).unwrap();
    assert!(line["reason"].as_str().unwrap().len() <= 500);
}

#[tokio::test]
async fn a_slice_that_the_table_refuses_for_its_size_is_halved() {
    let (handler, fakes) = handler();
    answer(&handler, &lines([1])).await;
    // A few events fit, and not all that the plan puts in one slice.
    fakes.state().largest_blob = Some(600);
    let agents: Vec<Sent> = (2..=40)
        .map(|number| {
            let agent = noise(20 + usize::try_from(number).unwrap());
            record(
                number,
                format!(r#"{{"request_id":"r{number}","model_id":"m","agent_id":"{agent}","input_tokens":1,"output_tokens":1}}"#),
            )
        })
        .collect();
    assert_eq!(answer(&handler, &event(&agents)).await, SUCCESS);
    assert_eq!(quarantined(&fakes), []);
    let state = fakes.state();
    let requests: u64 = state
        .items
        .values()
        .flat_map(|slice| &slice.body.usage)
        .map(|row| row.usage.requests)
        .sum();
    assert_eq!(requests, 39);
    assert!(state.items.len() > 2, "{}", state.items.len());
}

#[tokio::test]
async fn an_event_that_the_table_refuses_alone_is_quarantined() {
    let (handler, fakes) = handler();
    answer(&handler, &lines([1])).await;
    fakes.state().largest_blob = Some(700);
    let agent = noise(900);
    let large = format!(
        r#"{{"request_id":"r","model_id":"m","agent_id":"{agent}","input_tokens":1,"output_tokens":1}}"#
    );
    let batch = event(&[
        record(2, "ERROR out of slots"),
        record(3, large),
        record(4, "ERROR out of slots"),
    ]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let place = Position::new("3", 0).unwrap().to_string();
    let reason = "what the event adds to the totals is more than an item of the chain table holds";
    assert_eq!(quarantined(&fakes), [(place, reason.to_owned())]);
}

#[tokio::test]
async fn a_table_that_takes_no_item_at_all_fails_the_invocation() {
    let (handler, fakes) = handler();
    fakes.state().largest_blob = Some(0);
    let error = handler.handle(&lines([1])).await.unwrap_err();
    assert!(matches!(error, Error::Permanent { .. }), "{error}");
}
