//! The claims partitions: one item for each replayed record, with the copy that counts.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::{
    chain::ChainId,
    position::Position,
    replay::{Origin, RecordRef},
};

use super::{ChainTable, expires_at};
use crate::{
    conditional::was_put,
    fault::Fault,
    item::{number, read_text, text},
};

/// Longer than any object lies in the quarantine bucket (ninety days) and any copy in the stream (seven): while one of
/// them can be replayed again, its claim is known.
const LIFE: Duration = Duration::from_hours(400 * 24);

impl ChainTable {
    /// Claims an origin for a copy: `true` where the copy is the one that counts, also where it has claimed before.
    pub async fn claim(
        &self,
        origin: &Origin,
        owner: &RecordRef,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let answer = self
            .client
            .put_item()
            .table_name(self.table.name())
            .item("chain", text(claims_of(&origin.chain)))
            .item("mark", text(origin.position.as_str()))
            .item("owner", text(owner.to_string()))
            .item("expires_at", number(expires_at(now, LIFE)))
            .condition_expression("attribute_not_exists(#chain) OR #owner = :owner")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(owner.to_string()))
            .send()
            .await;
        was_put(&self.table, answer)
    }

    /// The copy that has claimed an origin, by its place; read consistently.
    pub async fn read_claim(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> Result<Option<String>, Fault> {
        let answer = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#chain = :claims AND #mark = :position")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#mark", "mark")
            .expression_attribute_values(":claims", text(claims_of(chain)))
            .expression_attribute_values(":position", text(position.as_str()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let owner = answer.items().first().map(|item| read_text(item, "owner"));
        let owner = owner.transpose().map_err(|error| {
            Fault::permanent(format!(
                "the claim of {chain}/{position} in the {} cannot be read",
                self.table
            ))
            .because(error)
        })?;
        Ok(owner.map(ToOwned::to_owned))
    }
}

/// A chain's own partition has one slash, and this has two.
fn claims_of(chain: &ChainId) -> String {
    format!("claims/{chain}")
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::Client;
    use picket_shared::replay::Extent;
    use serde_json::json;

    use super::*;
    use crate::{
        connector::connector,
        testing::{Server, StubResponse},
    };

    fn table(server: &Server) -> ChainTable {
        ChainTable::new(Client::new(&server.config(connector())), "picket-chain")
    }

    fn origin() -> Origin {
        Origin {
            chain: ChainId::new("events", "shard-0").unwrap(),
            position: Position::new("17", 3).unwrap(),
            arrived_at: Timestamp::UNIX_EPOCH,
            extent: Extent::Event,
        }
    }

    fn owner() -> RecordRef {
        RecordRef {
            chain: ChainId::new("events", "shard-1").unwrap(),
            record: Position::new("42", 0).unwrap(),
        }
    }

    #[tokio::test]
    async fn a_claim_is_one_put_that_its_own_copy_may_repeat() {
        let refused = StubResponse::error(400, "ConditionalCheckFailedException");
        let server = Server::answering([StubResponse::ok("{}"), refused]).await;
        let (table, now) = (
            table(&server),
            Timestamp::from_second(1_700_000_000).unwrap(),
        );
        assert!(table.claim(&origin(), &owner(), now).await.unwrap());
        assert!(!table.claim(&origin(), &owner(), now).await.unwrap());
        let expected = json!({
            "TableName": "picket-chain",
            "Item": {
                "chain": {"S": "claims/events/shard-0"},
                "mark": {"S": "00217.0000000003"},
                "owner": {"S": "events/shard-1/00242.0000000000"},
                "expires_at": {"N": "1734560000"},
            },
            "ConditionExpression": "attribute_not_exists(#chain) OR #owner = :owner",
            "ExpressionAttributeNames": {"#chain": "chain", "#owner": "owner"},
            "ExpressionAttributeValues": {":owner": {"S": "events/shard-1/00242.0000000000"}},
        });
        assert_eq!(server.bodies().await[0], expected);
    }

    #[tokio::test]
    async fn a_claim_is_read_by_its_origin() {
        let answers = [
            json!({"Items": [{"owner": {"S": "events/shard-1/00242.0000000000"}}]}),
            json!({"Items": []}),
        ];
        let server = Server::answering(answers.iter().map(StubResponse::json)).await;
        let (table, origin) = (table(&server), origin());
        for expected in [Some(owner().to_string()), None] {
            let read = table.read_claim(&origin.chain, &origin.position).await;
            assert_eq!(read.unwrap(), expected);
        }
        assert_eq!(
            server.bodies().await[0]["ExpressionAttributeValues"],
            json!({":claims": {"S": "claims/events/shard-0"}, ":position": {"S": "00217.0000000003"}})
        );
    }
}
