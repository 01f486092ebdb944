use serde_json::json;

use super::*;
use crate::{
    connector::connector,
    testing::{Server, StubResponse},
};

fn table(server: &Server) -> StateTable {
    StateTable::new(Client::new(&server.config(connector())), "ledger")
}

fn place() -> BlobKey {
    BlobKey::new("cursor/prometheus", "head")
}

#[tokio::test]
async fn a_blob_is_read_consistently_and_may_be_missing() {
    let item = json!({"Item": {"version": {"N": "7"}, "body": {"B": "AQID"}}});
    let server = Server::answering([StubResponse::json(&item), StubResponse::ok("{}")]).await;
    let table = table(&server);
    let stored = table.read(&place()).await.unwrap();
    assert_eq!(
        stored,
        Some(Stored {
            version: 7,
            body: vec![1, 2, 3]
        })
    );
    assert_eq!(table.read(&place()).await.unwrap(), None);
    assert_eq!(
        server.bodies().await[0],
        json!({
            "TableName": "ledger", "ConsistentRead": true,
            "Key": {"day": {"S": "cursor/prometheus"}, "row": {"S": "head"}},
        })
    );
}

#[tokio::test]
async fn a_write_is_on_the_condition_that_nobody_wrote_since() {
    let server = Server::answering([StubResponse::ok("{}")]).await;
    let table = table(&server);
    table.write(&place(), None, vec![1], None).await.unwrap();
    let at = Timestamp::from_second(1_700_000_000).unwrap();
    table
        .write(&place(), Some(7), vec![1], Some(at))
        .await
        .unwrap();
    let bodies = server.bodies().await;
    assert_eq!(
        bodies[0]["ConditionExpression"],
        "attribute_not_exists(#version)"
    );
    assert_eq!(bodies[0]["Item"]["version"], json!({"N": "1"}));
    assert_eq!(bodies[1]["ConditionExpression"], "#version = :old");
    assert_eq!(
        bodies[1]["ExpressionAttributeValues"],
        json!({":old": {"N": "7"}})
    );
    assert_eq!(bodies[1]["Item"]["version"], json!({"N": "8"}));
    assert_eq!(bodies[1]["Item"]["expires_at"], json!({"N": "1700000000"}));
}

#[tokio::test]
async fn who_comes_second_collides() {
    let server =
        Server::answering([StubResponse::error(400, "ConditionalCheckFailedException")]).await;
    let moved = table(&server).write(&place(), Some(7), vec![1], None).await;
    assert_eq!(moved.unwrap(), Move::Collided);
}
