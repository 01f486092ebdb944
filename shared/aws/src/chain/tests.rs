use jiff::Timestamp;
use picket_shared::{
    chain::{Body, QuarantineReason, Quarantined},
    report::ErrorChain,
};
use serde_json::{Value, json};

use super::*;
use crate::{
    connector::connector,
    testing::{Server, StubResponse},
};

fn table(server: &Server) -> ChainTable {
    ChainTable::new(Client::new(&server.config(connector())), "picket-chain")
}

fn chain() -> ChainId {
    ChainId::new("events", "shardId-000000000000").unwrap()
}

fn position(sequence_number: &str) -> Position {
    Position::new(sequence_number, 0).unwrap()
}

fn slice() -> Slice {
    Slice {
        chain: chain(),
        before: Position::start(),
        first: position("17"),
        after: position("42"),
        committed_at: Timestamp::from_second(1_700_000_000).unwrap(),
        body: Body {
            event_ids: vec![7],
            ..Body::default()
        },
    }
}

fn attributes(slice: &Slice) -> Value {
    json!({
        "chain": {"S": "events/shardId-000000000000"},
        "mark": {"S": slice.before.as_str()},
        "after": {"S": slice.after.as_str()},
        "first": {"S": slice.first.as_str()},
        "body": {"B": aws_smithy_types::base64::encode(picket_shared::chain::encode(&slice.body))},
        "version": {"N": "1"},
        "committed_at": {"N": "1700000000000"},
        "expires_at": {"N": "1701296000"},
    })
}

#[tokio::test]
async fn a_commit_is_one_put_on_the_condition_that_no_slice_starts_there() {
    let server = Server::answering([StubResponse::ok("{}")]).await;
    let day = Duration::from_hours(24);
    let commit = table(&server).commit(&slice(), day).await.unwrap();
    assert_eq!(commit, Commit::Committed);
    assert_eq!(server.operations().await, ["PutItem"]);
    let expected = json!({
        "TableName": "picket-chain",
        "Item": attributes(&slice()),
        "ConditionExpression": "attribute_not_exists(#chain)",
        "ExpressionAttributeNames": {"#chain": "chain"},
    });
    assert_eq!(server.bodies().await, [expected]);
}

#[tokio::test]
async fn a_slice_that_starts_where_another_does_collides() {
    let server =
        Server::answering([StubResponse::error(400, "ConditionalCheckFailedException")]).await;
    let commit = table(&server).commit(&slice(), Duration::ZERO).await;
    assert_eq!(commit.unwrap(), Commit::Collided);
}

#[tokio::test]
async fn an_item_too_large_is_distinguished_from_other_invalid_requests() {
    for (message, expected) in [
        (
            "Item size has exceeded the maximum allowed size",
            Some(Commit::TooLarge),
        ),
        ("The provided key element does not match the schema", None),
    ] {
        let body =
            json!({"__type": "com.amazon.coral.validate#ValidationException", "message": message});
        let server = Server::answering([StubResponse::error_with(400, &body)]).await;
        let commit = table(&server).commit(&slice(), Duration::ZERO).await;
        assert_eq!(commit.ok(), expected, "{message}");
    }
}

#[tokio::test]
async fn an_item_lives_fifteen_days_and_twice_the_retention_where_that_is_longer() {
    let year = Duration::from_hours(365 * 24);
    for (retention, expected) in [
        (Duration::ZERO, "1701296000"),
        (Duration::from_hours(180), "1701296000"),
        (year, "1763072000"),
    ] {
        let server = Server::answering([StubResponse::ok("{}")]).await;
        table(&server).commit(&slice(), retention).await.unwrap();
        assert_eq!(
            server.bodies().await[0]["Item"]["expires_at"]["N"],
            expected
        );
    }
}

#[tokio::test]
async fn the_newest_mark_is_queried_consistently_from_the_end() {
    let answer = json!({"Items": [{"after": {"S": position("42").as_str()}}]});
    let server = Server::answering([
        StubResponse::json(&answer),
        StubResponse::json(&json!({"Items": []})),
    ])
    .await;
    let table = table(&server);
    assert_eq!(table.newest_mark(&chain()).await.unwrap(), position("42"));
    assert_eq!(
        table.newest_mark(&chain()).await.unwrap(),
        Position::start()
    );
    let expected = json!({
        "TableName": "picket-chain",
        "ConsistentRead": true,
        "ScanIndexForward": false,
        "Limit": 1,
        "KeyConditionExpression": "#chain = :chain",
        "ProjectionExpression": "#after",
        "ExpressionAttributeNames": {"#chain": "chain", "#after": "after"},
        "ExpressionAttributeValues": {":chain": {"S": "events/shardId-000000000000"}},
    });
    assert_eq!(server.bodies().await[0], expected);
}

#[tokio::test]
async fn slices_are_read_in_order_from_the_mark_on_and_come_back_as_they_went() {
    let server = Server::answering([StubResponse::json(
        &json!({"Items": [attributes(&slice())]}),
    )])
    .await;
    let slices = table(&server)
        .read_from(&chain(), &Position::start(), 50)
        .await
        .unwrap();
    assert_eq!(slices, [Ok(slice())]);
    let expected = json!({
        "TableName": "picket-chain",
        "ConsistentRead": true,
        "Limit": 50,
        "KeyConditionExpression": "#chain = :chain AND #mark >= :from",
        "ExpressionAttributeNames": {"#chain": "chain", "#mark": "mark"},
        "ExpressionAttributeValues": {":chain": {"S": "events/shardId-000000000000"}, ":from": {"S": "000"}},
    });
    assert_eq!(server.bodies().await, [expected]);
}

#[tokio::test]
async fn a_query_ends_where_its_slices_inflate_to_many_bytes_and_has_at_least_one() {
    // Event ids are eight bytes each and repeat, so that small items inflate to 0.375, 0.75 and 1.5 MB.
    for (ids, expected) in [(49_152, 2), (98_304, 1), (196_608, 1)] {
        let large = Slice {
            body: Body {
                event_ids: vec![7; ids],
                ..Body::default()
            },
            ..slice()
        };
        let items = vec![attributes(&large); 9];
        let server = Server::answering([StubResponse::json(&json!({"Items": items}))]).await;
        let slices = table(&server)
            .read_from(&chain(), &Position::start(), 9)
            .await
            .unwrap();
        assert_eq!(slices, vec![Ok(large); expected], "{ids} ids");
    }
}

fn with_body(body: &[u8]) -> Value {
    let mut item = attributes(&slice());
    item["body"]["B"] = json!(aws_smithy_types::base64::encode(body));
    item
}

#[tokio::test]
async fn a_newer_builds_slice_is_a_transient_error_and_a_damaged_attribute_a_permanent_one() {
    let mut newer_item = attributes(&slice());
    newer_item["version"] = json!({"N": "3"});
    let mut bad_attribute = attributes(&slice());
    bad_attribute["after"] = json!({"S": "here"});
    for (item, transient) in [
        (with_body(&[9, 1]), true),
        (newer_item, true),
        (bad_attribute, false),
    ] {
        let server = Server::answering([StubResponse::json(&json!({"Items": [item]}))]).await;
        let fault = table(&server)
            .read_from(&chain(), &Position::start(), 1)
            .await
            .unwrap_err();
        assert_eq!(fault.is_transient(), transient, "{}", ErrorChain(&fault));
        assert!(fault.to_string().contains("picket-chain"), "{fault}");
    }
}

#[tokio::test]
async fn a_damaged_body_comes_with_all_that_is_beside_it_and_stops_no_slice_after_it() {
    let items = [with_body(b"\x02?"), attributes(&slice())];
    let server = Server::answering([StubResponse::json(&json!({"Items": items}))]).await;
    let slices = table(&server)
        .read_from(&chain(), &Position::start(), 9)
        .await
        .unwrap();
    let damaged = slices[0].as_ref().unwrap_err();
    assert_eq!(damaged.bytes, b"\x02?");
    let without_body = Slice {
        body: Body::default(),
        ..slice()
    };
    assert_eq!(damaged.without_body(), without_body);
    assert_eq!(slices[1], Ok(slice()));
}

#[tokio::test]
async fn what_comes_before_a_newer_builds_slice_is_read() {
    let items = [attributes(&slice()), with_body(&[9, 1])];
    let server = Server::answering([StubResponse::json(&json!({"Items": items}))]).await;
    let slices = table(&server)
        .read_from(&chain(), &Position::start(), 9)
        .await
        .unwrap();
    assert_eq!(slices, [Ok(slice())]);
}

#[tokio::test]
async fn a_slice_that_could_not_be_read_back_is_not_put() {
    let server = Server::answering([]).await;
    let mut unreadable = slice();
    // It inflates to more than a reader takes.
    unreadable.body.quarantined.push(Quarantined {
        position: position("17"),
        reason: QuarantineReason::new("empty"),
        object: "a".repeat(64 << 20),
    });
    let fault = table(&server)
        .commit(&unreadable, Duration::ZERO)
        .await
        .unwrap_err();
    assert!(!fault.is_transient());
    assert!(fault.to_string().contains("was not committed"), "{fault}");
    assert!(server.operations().await.is_empty());
}

#[tokio::test]
async fn the_registry_names_every_chain_page_after_page() {
    let entry =
        |shard: &str| json!({"chain": {"S": "registry"}, "mark": {"S": format!("events/{shard}")}});
    let first = json!({"Items": [entry("shard-1")], "LastEvaluatedKey": entry("shard-1")});
    let second = json!({"Items": [entry("shard-2")]});
    let server = Server::answering([StubResponse::json(&first), StubResponse::json(&second)]).await;
    let chains = table(&server).chains().await.unwrap();
    let names: Vec<String> = chains.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["events/shard-1", "events/shard-2"]);
}

#[tokio::test]
async fn a_registry_entry_outlives_the_items_by_two_days() {
    let server = Server::answering([StubResponse::ok("{}")]).await;
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    let table = table(&server);
    table.register(&chain(), now, Duration::ZERO).await.unwrap();
    let expected = json!({
        "TableName": "picket-chain",
        "Item": {
            "chain": {"S": "registry"},
            "mark": {"S": "events/shardId-000000000000"},
            "expires_at": {"N": "1701468800"},
        },
    });
    assert_eq!(server.bodies().await, [expected]);
}

#[tokio::test]
async fn the_newest_mark_is_read_whatever_its_age_and_ids_back_to_a_time() {
    let committed = |second: i64| {
        let mut item = attributes(&slice());
        item["committed_at"]["N"] = json!((second * 1_000).to_string());
        item
    };
    let key = json!({"chain": {"S": "events/shardId-000000000000"}, "mark": {"S": "000"}});
    let pages = [
        json!({"Items": [committed(90), committed(80)], "LastEvaluatedKey": key}),
        json!({"Items": [committed(70), committed(60)], "LastEvaluatedKey": key}),
    ];
    let (ids, none) = (vec![7], vec![]);
    for (since, expected, reads) in [
        (75, vec![(90, &ids), (80, &ids)], 2),
        (85, vec![(90, &ids)], 1),
        (95, vec![(90, &none)], 1),
    ] {
        let server = Server::answering(pages.iter().map(StubResponse::json)).await;
        let since = Timestamp::from_second(since).unwrap();
        let slices = table(&server).newest_ids(&chain(), since).await.unwrap();
        let read: Vec<_> = slices
            .iter()
            .map(|slice| (slice.committed_at.as_second(), &slice.event_ids))
            .collect();
        assert_eq!(read, expected);
        assert!(slices.iter().all(|slice| slice.after == position("42")));
        let bodies = server.bodies().await;
        assert_eq!(bodies.len(), reads);
        assert_eq!(bodies[0]["ScanIndexForward"], json!(false));
        assert_eq!(bodies[0]["ConsistentRead"], json!(true));
    }
}

#[tokio::test]
async fn ids_are_read_from_a_mark_on_and_a_damaged_slice_has_none() {
    let items = [attributes(&slice()), with_body(b"\x02?")];
    let server = Server::answering([StubResponse::json(&json!({"Items": items}))]).await;
    let slices = table(&server)
        .ids_from(&chain(), &position("9"))
        .await
        .unwrap();
    let ids: Vec<_> = slices.iter().map(|slice| &slice.event_ids).collect();
    assert_eq!(ids, [&vec![7], &vec![]]);
    let expected = json!({
        "TableName": "picket-chain",
        "ConsistentRead": true,
        "KeyConditionExpression": "#chain = :chain AND #mark >= :from",
        "ProjectionExpression": "#after, #committed_at, #version, #body",
        "ExpressionAttributeNames": {
            "#chain": "chain", "#mark": "mark", "#after": "after", "#committed_at": "committed_at", "#version": "version",
            "#body": "body",
        },
        "ExpressionAttributeValues": {":chain": {"S": "events/shardId-000000000000"}, ":from": {"S": position("9").as_str()}},
    });
    assert_eq!(server.bodies().await, [expected]);
}

#[tokio::test]
async fn the_slice_below_a_position_is_the_last_that_starts_there() {
    let answers = [
        json!({"Items": [attributes(&slice())]}),
        json!({"Items": []}),
    ];
    let server = Server::answering(answers.iter().map(StubResponse::json)).await;
    let table = table(&server);
    for expected in [Some(Ok(slice())), None] {
        let found = table.slice_below(&chain(), &position("20")).await;
        assert_eq!(found.unwrap(), expected);
    }
    let expected = json!({
        "TableName": "picket-chain",
        "ConsistentRead": true,
        "ScanIndexForward": false,
        "Limit": 1,
        "KeyConditionExpression": "#chain = :chain AND #mark < :position",
        "ExpressionAttributeNames": {"#chain": "chain", "#mark": "mark"},
        "ExpressionAttributeValues": {":chain": {"S": "events/shardId-000000000000"}, ":position": {"S": position("20").as_str()}},
    });
    assert_eq!(server.bodies().await[0], expected);
}
