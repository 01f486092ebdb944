//! Silences in the Alerts table, as `picket silence` writes them.

use picket_aws::{Fault, silences::Silences};
use picket_rules::routes::Silence;

use super::Adapters;
use crate::ports::ReadSilences;

impl ReadSilences for Adapters {
    async fn read_silences(&self) -> Result<Vec<Silence>, Fault> {
        let table = Silences::new(self.alerts.client.clone(), self.alerts.table.name());
        let written = table.list().await?;
        let read = |written: picket_aws::silences::Written| {
            let name = format!("silence {}", written.name);
            Silence::parse(&name, &written.text)
                .inspect_err(|problems| {
                    tracing::warn!(%problems, "a silence that cannot be read silences nothing");
                })
                .ok()
        };
        Ok(written.into_iter().filter_map(read).collect())
    }
}
