//! The remediation table: `target` and `entry` are the keys of an audit row, `body` (S) is the row as JSON, with the
//! remediator's message in `message`.

use picket_aws::Fault;
use picket_shared::fleet::RemediationMessage;
use serde::Deserialize;

use super::{Adapters, table::text};
use crate::ports::ReadRemediation;

/// What is read of an audit row.
#[derive(Deserialize)]
struct Entry {
    message: RemediationMessage,
}

impl ReadRemediation for Adapters {
    async fn read_remediation(
        &self,
        target: &str,
        entry: &str,
    ) -> Result<Option<RemediationMessage>, Fault> {
        let answer = self
            .alerts
            .client
            .get_item()
            .table_name(self.remediations.name())
            .consistent_read(true)
            .key("target", text(target))
            .key("entry", text(entry))
            .send()
            .await
            .map_err(|error| Fault::of(&self.remediations, "read", error))?;
        let Some(item) = answer.item() else {
            return Ok(None);
        };
        let body = item.get("body").and_then(|body| body.as_s().ok());
        let entry: Option<Entry> = body.and_then(|body| serde_json::from_str(body).ok());
        let entry = entry.ok_or_else(|| {
            Fault::permanent(format!("a row of the {} cannot be read", self.remediations))
        })?;
        Ok(Some(entry.message))
    }
}
