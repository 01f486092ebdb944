//! ALARMs that silences hold back: `alert` = `silenced`, `part` = the alarm's digest, `silenced` (S) as JSON, `at` (N)
//! milliseconds of the change.

use std::time::Duration;

use jiff::Timestamp;
use picket_aws::{
    Fault,
    conditional::{condition_held, was_put},
};

use super::{
    Adapters,
    table::{VERSION, number, text},
};
use crate::{
    deferred::silenced::Silenced,
    ports::{ForgetSilenced, KeepSilenced, ListSilenced},
};

/// The partition of all of them.
const PARTITION: &str = "silenced";
/// The lifetime of an entry after its silence, which may be extended: as long as an open incident's row.
const KEPT: Duration = Duration::from_hours(400 * 24);

impl KeepSilenced for Adapters {
    async fn keep_silenced(&self, silenced: &Silenced) -> Result<(), Fault> {
        let json = serde_json::to_string(silenced).expect("text, moments and JSON: always JSON");
        let expires_at = silenced.until.checked_add(KEPT).unwrap_or(Timestamp::MAX);
        let newer = if silenced.message.topic.is_some() {
            "attribute_not_exists(alert) OR #at <= :at"
        } else {
            "attribute_not_exists(alert) OR #at < :at"
        };
        let put = self
            .alerts
            .client
            .put_item()
            .table_name(self.alerts.table.name())
            .item("alert", text(PARTITION))
            .item("part", text(&Silenced::part(&silenced.alert)))
            .item("silenced", text(&json))
            .item("at", number(silenced.change.at.as_millisecond().into()))
            .item("version", number(VERSION))
            .item("expires_at", number(expires_at.as_second().into()))
            .condition_expression(newer)
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":at", number(silenced.change.at.as_millisecond().into()))
            .send()
            .await;
        was_put(&self.alerts.table, put).map(|_| ())
    }
}

impl ListSilenced for Adapters {
    async fn list_silenced(&self) -> Result<Vec<Silenced>, Fault> {
        let found = self.alerts.all(PARTITION, "silenced").await?;
        Ok(found.into_iter().flatten().collect())
    }
}

impl ForgetSilenced for Adapters {
    async fn forget_silenced(&self, alert: &str, at: Timestamp) -> Result<(), Fault> {
        let deleted = self
            .alerts
            .client
            .delete_item()
            .table_name(self.alerts.table.name())
            .key("alert", text(PARTITION))
            .key("part", text(&Silenced::part(alert)))
            .condition_expression("attribute_not_exists(alert) OR #at <= :at")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":at", number(at.as_millisecond().into()))
            .send()
            .await;
        // One that is not deleted is newer.
        condition_held(&self.alerts.table, "delete from", deleted).map(|_| ())
    }
}
