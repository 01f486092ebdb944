use jiff::civil::date;
use picket_shared::{
    position::Position,
    usage::{TokenCounts, Usage, UsageKey},
};
use serde_json::{Value, json};

use super::*;
use crate::{
    connector::connector,
    testing::{Server, StubResponse},
};

fn table(server: &Server) -> LedgerTable {
    LedgerTable::new(Client::new(&server.config(connector())), "picket-ledger")
}

fn chain() -> ChainId {
    ChainId::new("events", "shard-0").unwrap()
}

fn at(sequence_number: &str) -> Cursor {
    Cursor::at(Position::new(sequence_number, 0).unwrap())
}

fn row() -> UsageRow {
    let key = UsageKey {
        date: date(2023, 11, 16),
        agent: "triage".into(),
        model: "amazon.nova-micro-v1:0".into(),
        incident: None,
        price: Some("nova-micro".into()),
        batch: false,
    };
    let tokens = TokenCounts {
        input: 374,
        output: 44,
        ..TokenCounts::default()
    };
    UsageRow {
        key,
        usage: Usage {
            requests: 1,
            tokens,
        },
    }
}

fn move_of(from: Option<Cursor>, to: Cursor) -> CursorMove {
    CursorMove {
        chain: chain(),
        from,
        to,
    }
}

fn row_key() -> Value {
    json!({
        "day": {"S": "2023-11-16"},
        "row": {"S": r#"["triage","amazon.nova-micro-v1:0",null,"nova-micro",false]"#},
    })
}

#[tokio::test]
async fn a_fold_is_one_transaction_of_cursors_and_additions() {
    let server = Server::answering([StubResponse::ok("{}")]).await;
    let (old, new) = (at("17"), at("42"));
    let other = CursorMove {
        chain: ChainId::new("events", "shard-1").unwrap(),
        ..move_of(None, at("7"))
    };
    let moves = [move_of(Some(old.clone()), new.clone()), other];
    let answer = table(&server).fold(&moves, &[row()]).await.unwrap();
    assert_eq!(answer, Move::Moved);
    assert_eq!(server.operations().await, ["TransactWriteItems"]);
    let asked = &server.bodies().await[0]["TransactItems"];
    let cursor = json!({"Put": {
        "TableName": "picket-ledger",
        "Item": {
            "day": {"S": "cursor/ledger"}, "row": {"S": "events/shard-0"},
            "mark": {"S": new.mark.as_str()}, "rows_done": {"N": "0"}, "ambiguous": {"N": "0"},
        },
        "ConditionExpression": "#mark = :mark AND #rows_done = :rows_done AND attribute_not_exists(#claimed)",
        "ExpressionAttributeNames": {"#mark": "mark", "#rows_done": "rows_done", "#claimed": "claimed"},
        "ExpressionAttributeValues": {":mark": {"S": old.mark.as_str()}, ":rows_done": {"N": "0"}},
    }});
    let addition = json!({"Update": {
        "TableName": "picket-ledger",
        "Key": row_key(),
        "UpdateExpression": "ADD #requests :requests, #input :input, #output :output, #cache_read :cache_read, #cache_write_5m :cache_write_5m, #cache_write_1h :cache_write_1h",
        "ExpressionAttributeNames": {
            "#requests": "requests", "#input": "input", "#output": "output",
            "#cache_read": "cache_read", "#cache_write_5m": "cache_write_5m", "#cache_write_1h": "cache_write_1h",
        },
        "ExpressionAttributeValues": {
            ":requests": {"N": "1"}, ":input": {"N": "374"}, ":output": {"N": "44"},
            ":cache_read": {"N": "0"}, ":cache_write_5m": {"N": "0"}, ":cache_write_1h": {"N": "0"},
        },
    }});
    assert_eq!(asked[0], cursor);
    assert_eq!(asked[1]["Put"]["Item"]["row"]["S"], "events/shard-1");
    assert_eq!(
        asked[1]["Put"]["ConditionExpression"],
        "attribute_not_exists(#mark)"
    );
    assert_eq!(asked[2], addition);
    assert_eq!(asked.as_array().unwrap().len(), 3);
}

fn cancelled(codes: &[&str]) -> StubResponse {
    let reasons: Vec<Value> = codes.iter().map(|code| json!({"Code": code})).collect();
    StubResponse::error_with(
        400,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled",
            "CancellationReasons": reasons,
        }),
    )
}

#[tokio::test]
async fn a_cursor_that_is_elsewhere_collides_and_a_conflict_passes() {
    let cases = [
        (cancelled(&["ConditionalCheckFailed", "None"]), "collided"),
        (
            cancelled(&["ConditionalCheckFailed", "TransactionConflict"]),
            "collided",
        ),
        (cancelled(&["None", "TransactionConflict"]), "transient"),
        (cancelled(&["ThrottlingError", "None"]), "transient"),
        (cancelled(&["None", "ValidationError"]), "permanent"),
        (StubResponse::error(400, "ThrottlingException"), "transient"),
        (
            StubResponse::error(400, "TransactionInProgressException"),
            "transient",
        ),
        (StubResponse::error(500, "InternalServerError"), "transient"),
        (
            StubResponse::error(400, "ResourceNotFoundException"),
            "permanent",
        ),
    ];
    for (answer, expected) in cases {
        let server = Server::answering([answer]).await;
        let moved = table(&server)
            .fold(&[move_of(None, at("42"))], &[row()])
            .await;
        let what = match moved {
            Ok(Move::Collided) => "collided",
            Ok(Move::Moved) => "moved",
            Err(fault) if fault.is_transient() => "transient",
            Err(_) => "permanent",
        };
        assert_eq!(what, expected);
    }
}

#[tokio::test]
async fn a_cursor_comes_back_as_it_went_with_its_claim() {
    let until = jiff::Timestamp::from_millisecond(1_700_000_000_123).unwrap();
    let claim = Claim {
        accepted: vec!["a".into(), "b".into()],
        certain: true,
        ..Claim::new(at("99").mark, until)
    };
    let claimed = Cursor {
        claim: Some(claim),
        ambiguous: 3,
        ..at("42")
    };
    let server = Server::answering([StubResponse::ok("{}")]).await;
    let table_put = table(&server);
    table_put
        .advance(Sink::CloudWatch, &chain(), Some(&at("42")), &claimed)
        .await
        .unwrap();
    let item = server.bodies().await[0]["Item"].clone();
    assert_eq!(item["day"]["S"], "cursor/cloudwatch");
    assert_eq!(item["claimed_until"]["N"], "1700000000123");
    assert_eq!(item["accepted"]["S"], "a b");
    let server = Server::answering([
        StubResponse::json(&json!({"Item": item})),
        StubResponse::ok("{}"),
    ])
    .await;
    let table_get = table(&server);
    let cursor = table_get.cursor(Sink::CloudWatch, &chain()).await.unwrap();
    assert_eq!(cursor, Some(claimed));
    let absent = table_get.cursor(Sink::CloudWatch, &chain()).await.unwrap();
    assert_eq!(absent, None);
    let expected = json!({
        "TableName": "picket-ledger",
        "ConsistentRead": true,
        "Key": {"day": {"S": "cursor/cloudwatch"}, "row": {"S": "events/shard-0"}},
    });
    assert_eq!(server.bodies().await[0], expected);
}

/// As the build before this one wrote it: everything may have been sent.
#[tokio::test]
async fn a_claim_without_what_was_accepted_is_read_as_one_of_which_all_may_have_been_sent() {
    let item = json!({
        "day": {"S": "cursor/cloudwatch"}, "row": {"S": "events/shard-0"}, "mark": {"S": at("42").mark.as_str()}, "rows_done": {"N": "0"},
        "claimed": {"S": at("99").mark.as_str()}, "claimed_until": {"N": "0"}, "ambiguous": {"N": "3"},
    });
    let server = Server::answering([StubResponse::json(&json!({"Item": item}))]).await;
    let read = table(&server).cursor(Sink::CloudWatch, &chain()).await;
    let expected = Claim::new(at("99").mark, jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(read.unwrap().unwrap().claim, Some(expected));
}

#[tokio::test]
async fn a_move_is_on_the_condition_that_the_cursor_is_what_it_was() {
    let claim = Claim::new(at("99").mark, jiff::Timestamp::UNIX_EPOCH);
    let claimed = Cursor {
        claim: Some(claim),
        ..at("42")
    };
    let cases = [
        (None, "attribute_not_exists(#mark)"),
        (
            Some(at("42")),
            "#mark = :mark AND #rows_done = :rows_done AND attribute_not_exists(#claimed)",
        ),
        (
            Some(claimed),
            "#mark = :mark AND #rows_done = :rows_done AND #claimed = :claimed AND #claimed_until = :claimed_until",
        ),
    ];
    for (old, expected) in cases {
        let answer = StubResponse::error(400, "ConditionalCheckFailedException");
        let server = Server::answering([answer]).await;
        let moved = table(&server)
            .advance(Sink::CloudWatch, &chain(), old.as_ref(), &at("100"))
            .await;
        assert_eq!(moved.unwrap(), Move::Collided);
        assert_eq!(server.bodies().await[0]["ConditionExpression"], expected);
    }
}

#[tokio::test]
async fn rows_of_a_range_are_read_day_by_day_and_those_that_cannot_be_read_are_counted() {
    let mut item = row_key();
    for (name, count) in [
        ("requests", "1"),
        ("input", "374"),
        ("output", "44"),
        ("cache_read", "0"),
        ("cache_write_5m", "0"),
        ("cache_write_1h", "0"),
    ] {
        item[name] = json!({"N": count});
    }
    let mut broken = item.clone();
    broken["input"] = json!({"N": "-1"});
    let mut incomplete = item.clone();
    incomplete.as_object_mut().unwrap().remove("requests");
    let answers = [
        json!({"Items": [broken, item]}),
        json!({"Items": [incomplete]}),
    ]
    .map(|answer| StubResponse::json(&answer));
    let server = Server::answering(answers).await;
    let read = table(&server)
        .rows(date(2023, 11, 16), date(2023, 11, 17))
        .await
        .unwrap();
    assert_eq!(
        (read.rows.as_slice(), read.unreadable),
        ([row()].as_slice(), 2)
    );
    let bodies = server.bodies().await;
    let days: Vec<&Value> = bodies
        .iter()
        .map(|body| &body["ExpressionAttributeValues"][":day"]["S"])
        .collect();
    assert_eq!(days, ["2023-11-16", "2023-11-17"]);
}
