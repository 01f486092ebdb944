//! The attempts partition: one item a shard, the record that was last begun on alone, and how often.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::chain::{Attempt, ChainId};

use super::{ChainTable, expires_at, life};
use crate::{
    fault::Fault,
    item::{BadAttribute, Item, number, parse, text},
};

/// A stream's chain has a slash in it, so the two cannot meet.
const ATTEMPTS: &str = "attempts";

impl ChainTable {
    /// Reads the last attempt of a shard, consistently.
    pub async fn read_attempt(&self, chain: &ChainId) -> Result<Option<Attempt>, Fault> {
        let answer = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#chain = :attempts AND #mark = :chain")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#mark", "mark")
            .expression_attribute_values(":attempts", text(ATTEMPTS))
            .expression_attribute_values(":chain", text(chain.to_string()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let attempt = answer.items().first().map(attempt).transpose();
        attempt.map_err(|error| {
            Fault::permanent(format!(
                "the item attempts, {chain} in the {} cannot be read; delete it",
                self.table
            ))
            .because(error)
        })
    }

    /// Notes an attempt in place of the one before. Two that are noted at once may count as one, never as three.
    pub async fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        now: Timestamp,
        retention: Duration,
    ) -> Result<(), Fault> {
        self.client
            .put_item()
            .table_name(self.table.name())
            .item("chain", text(ATTEMPTS))
            .item("mark", text(chain.to_string()))
            .item("position", text(attempt.position.as_str()))
            .item("number", number(attempt.number))
            .item("expires_at", number(expires_at(now, life(retention))))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "write to", error))?;
        Ok(())
    }
}

fn attempt(item: &Item) -> Result<Attempt, BadAttribute> {
    Ok(Attempt {
        position: parse(item, "position")?,
        number: parse(item, "number")?,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::Client;
    use picket_shared::position::Position;
    use serde_json::json;

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

    fn attempt() -> Attempt {
        Attempt {
            position: Position::new("17", 0).unwrap(),
            number: 2,
        }
    }

    #[tokio::test]
    async fn an_attempt_is_one_item_a_shard_put_over_the_one_before() {
        let server = Server::answering([StubResponse::ok("{}")]).await;
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let table = table(&server);
        table
            .note_attempt(&chain(), &attempt(), now, Duration::ZERO)
            .await
            .unwrap();
        let expected = json!({
            "TableName": "picket-chain",
            "Item": {
                "chain": {"S": "attempts"},
                "mark": {"S": "events/shardId-000000000000"},
                "position": {"S": "00217.0000000000"},
                "number": {"N": "2"},
                "expires_at": {"N": "1701296000"},
            },
        });
        assert_eq!(server.bodies().await, [expected]);
    }

    #[tokio::test]
    async fn the_last_attempt_is_read_consistently_where_there_is_one() {
        let item = json!({"position": {"S": "00217.0000000000"}, "number": {"N": "2"}});
        let answers = [json!({"Items": [item]}), json!({"Items": []})];
        let server = Server::answering(answers.iter().map(StubResponse::json)).await;
        let table = table(&server);
        assert_eq!(table.read_attempt(&chain()).await.unwrap(), Some(attempt()));
        assert_eq!(table.read_attempt(&chain()).await.unwrap(), None);
        let request = &server.bodies().await[0];
        assert_eq!(request["ConsistentRead"], json!(true));
        assert_eq!(
            request["ExpressionAttributeValues"],
            json!({":attempts": {"S": "attempts"}, ":chain": {"S": "events/shardId-000000000000"}})
        );
    }

    #[tokio::test]
    async fn a_damaged_attempt_says_which_item_to_delete() {
        let item = json!({"position": {"S": "here"}, "number": {"N": "2"}});
        let server = Server::answering([StubResponse::json(&json!({"Items": [item]}))]).await;
        let fault = table(&server).read_attempt(&chain()).await.unwrap_err();
        assert!(!fault.is_transient());
        assert!(
            fault.to_string().ends_with("cannot be read; delete it"),
            "{fault}"
        );
    }
}
