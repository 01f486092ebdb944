//! Many rows of the Alerts table at once.

use aws_sdk_dynamodb::types::KeysAndAttributes;
use picket_aws::Fault;

use super::{
    Adapters,
    table::{AlertsTable, Item, text},
};
use crate::{
    delivery_log::{Row, RowKey},
    ports::ReadManyRows,
};

/// Keys of one request (Amazon DynamoDB API reference, `BatchGetItem`).
const KEYS: usize = 100;
/// Requests for the same keys: DynamoDB may leave some unprocessed when it throttles.
const ROUNDS: usize = 3;

impl ReadManyRows for Adapters {
    async fn read_many_rows(&self, keys: &[RowKey]) -> Result<Vec<(RowKey, Row)>, Fault> {
        let mut rows = Vec::new();
        for chunk in keys.chunks(KEYS) {
            let mut wanted = Some(self.alerts.wanted(chunk)?);
            for _ in 0..ROUNDS {
                let Some(keys) = wanted.take() else { break };
                let request = self.alerts.client.batch_get_item();
                let answer = request
                    .request_items(self.alerts.table.name(), keys)
                    .send()
                    .await
                    .map_err(|error| Fault::of(&self.alerts.table, "read", error))?;
                let items = answer.responses.unwrap_or_default();
                let items = items.into_values().flatten();
                rows.extend(items.filter_map(|item| self.alerts.keyed(&item)));
                wanted = answer
                    .unprocessed_keys
                    .and_then(|unprocessed| unprocessed.into_values().next());
            }
        }
        Ok(rows)
    }
}

impl AlertsTable {
    fn wanted(&self, keys: &[RowKey]) -> Result<KeysAndAttributes, Fault> {
        let key = |key: &RowKey| {
            let parts = [("alert", &key.alert), ("part", &key.part)];
            parts
                .map(|(name, value)| (name.to_owned(), text(value)))
                .into()
        };
        KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(key).collect()))
            .consistent_read(true)
            .build()
            .map_err(|error| {
                Fault::permanent(format!("the {} cannot be read: {error}", self.table))
            })
    }

    /// The row and its key; one that does not read is as good as none here.
    fn keyed(&self, item: &Item) -> Option<(RowKey, Row)> {
        let key = RowKey {
            alert: item.get("alert")?.as_s().ok()?.clone(),
            part: item.get("part")?.as_s().ok()?.clone(),
        };
        Some((key, self.read(item).ok()?.row))
    }
}
