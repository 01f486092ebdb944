//! The claims partitions: one item for each original that a replay registered, with the copy that counts once one has
//! claimed it.

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

/// The state of an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// No replay registered it.
    Unregistered,
    /// A replay registered it, and no copy has claimed it.
    Registered,
    /// The copy at this record counts.
    Claimed(String),
}

/// The outcome of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// The copy counts, also where it has claimed before.
    Counts,
    /// Another copy counts.
    AnotherCounts,
    /// No replay registered the original: the record's partition key is a producer's own.
    Unregistered,
}

impl ChainTable {
    /// Registers an original before its copy is put into the stream, so that the copy can claim it. An original that is
    /// registered or claimed stays as it is.
    pub async fn register_replay(&self, origin: &Origin, now: Timestamp) -> Result<(), Fault> {
        let answer = self
            .client
            .put_item()
            .table_name(self.table.name())
            .item("chain", text(claims_of(&origin.chain)))
            .item("mark", text(origin.position.as_str()))
            .item("expires_at", number(expires_at(now, LIFE)))
            .condition_expression("attribute_not_exists(#chain)")
            .expression_attribute_names("#chain", "chain")
            .send()
            .await;
        was_put(&self.table, answer).map(drop)
    }

    /// Claims a registered original for a copy.
    pub async fn claim(
        &self,
        origin: &Origin,
        owner: &RecordRef,
        now: Timestamp,
    ) -> Result<ClaimOutcome, Fault> {
        let answer = self
            .client
            .put_item()
            .table_name(self.table.name())
            .item("chain", text(claims_of(&origin.chain)))
            .item("mark", text(origin.position.as_str()))
            .item("owner", text(owner.to_string()))
            .item("expires_at", number(expires_at(now, LIFE)))
            .condition_expression(
                "attribute_exists(#chain) AND (attribute_not_exists(#owner) OR #owner = :owner)",
            )
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(owner.to_string()))
            .send()
            .await;
        if was_put(&self.table, answer)? {
            return Ok(ClaimOutcome::Counts);
        }
        // An item is never deleted while a copy is in the stream, so what is not there now never was.
        let claim = self.read_claim(&origin.chain, &origin.position).await?;
        Ok(match claim {
            Claim::Unregistered => ClaimOutcome::Unregistered,
            Claim::Claimed(copy) if copy == owner.to_string() => ClaimOutcome::Counts,
            Claim::Registered | Claim::Claimed(_) => ClaimOutcome::AnotherCounts,
        })
    }

    /// The state of an original, read consistently.
    pub async fn read_claim(&self, chain: &ChainId, position: &Position) -> Result<Claim, Fault> {
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
        let Some(item) = answer.items().first() else {
            return Ok(Claim::Unregistered);
        };
        if !item.contains_key("owner") {
            return Ok(Claim::Registered);
        }
        let owner = read_text(item, "owner").map_err(|error| {
            Fault::permanent(format!(
                "the claim of {chain}/{position} in the {} cannot be read",
                self.table
            ))
            .because(error)
        })?;
        Ok(Claim::Claimed(owner.to_owned()))
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

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    #[tokio::test]
    async fn an_original_is_registered_once_and_keeps_its_owner() {
        let refused = StubResponse::error(400, "ConditionalCheckFailedException");
        let server = Server::answering([StubResponse::ok("{}"), refused]).await;
        for _ in 0..2 {
            table(&server)
                .register_replay(&origin(), now())
                .await
                .unwrap();
        }
        let expected = json!({
            "TableName": "picket-chain",
            "Item": {
                "chain": {"S": "claims/events/shard-0"},
                "mark": {"S": "00217.0000000003"},
                "expires_at": {"N": "1734560000"},
            },
            "ConditionExpression": "attribute_not_exists(#chain)",
            "ExpressionAttributeNames": {"#chain": "chain"},
        });
        assert_eq!(server.bodies().await[0], expected);
    }

    #[tokio::test]
    async fn a_claim_is_one_put_and_a_refused_one_is_explained_by_the_item() {
        let own = owner().to_string();
        for (item, expected) in [
            (json!([]), ClaimOutcome::Unregistered),
            (
                json!([{"owner": {"S": "events/shard-9/00242.0000000000"}}]),
                ClaimOutcome::AnotherCounts,
            ),
            // The put of this copy whose response was lost, and which the SDK sent again.
            (json!([{"owner": {"S": own}}]), ClaimOutcome::Counts),
        ] {
            let refused = StubResponse::error(400, "ConditionalCheckFailedException");
            let items = StubResponse::json(&json!({"Items": item}));
            let server = Server::answering([refused, items]).await;
            let outcome = table(&server).claim(&origin(), &owner(), now()).await;
            assert_eq!(outcome.unwrap(), expected);
        }
        let server = Server::answering([StubResponse::ok("{}")]).await;
        let outcome = table(&server).claim(&origin(), &owner(), now()).await;
        assert_eq!(outcome.unwrap(), ClaimOutcome::Counts);
        let expected = json!({
            "TableName": "picket-chain",
            "Item": {
                "chain": {"S": "claims/events/shard-0"},
                "mark": {"S": "00217.0000000003"},
                "owner": {"S": "events/shard-1/00242.0000000000"},
                "expires_at": {"N": "1734560000"},
            },
            "ConditionExpression":
                "attribute_exists(#chain) AND (attribute_not_exists(#owner) OR #owner = :owner)",
            "ExpressionAttributeNames": {"#chain": "chain", "#owner": "owner"},
            "ExpressionAttributeValues": {":owner": {"S": "events/shard-1/00242.0000000000"}},
        });
        assert_eq!(server.bodies().await[0], expected);
    }

    #[tokio::test]
    async fn a_claim_is_read_by_its_origin() {
        let answers = [
            json!({"Items": [{"owner": {"S": "events/shard-1/00242.0000000000"}}]}),
            json!({"Items": [{"mark": {"S": "00217.0000000003"}}]}),
            json!({"Items": []}),
        ];
        let server = Server::answering(answers.iter().map(StubResponse::json)).await;
        let (table, origin) = (table(&server), origin());
        for expected in [
            Claim::Claimed(owner().to_string()),
            Claim::Registered,
            Claim::Unregistered,
        ] {
            let read = table.read_claim(&origin.chain, &origin.position).await;
            assert_eq!(read.unwrap(), expected);
        }
        assert_eq!(
            server.bodies().await[0]["ExpressionAttributeValues"],
            json!({":claims": {"S": "claims/events/shard-0"}, ":position": {"S": "00217.0000000003"}})
        );
    }
}
