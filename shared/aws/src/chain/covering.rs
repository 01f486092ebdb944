//! Looking a position up.

use picket_shared::{
    chain::{ChainId, StoredSlice},
    position::Position,
};

use super::ChainTable;
use crate::{fault::Fault, item::text};

impl ChainTable {
    /// The last slice that starts below a position; read consistently. If any slice covers the position, it is this
    /// one.
    pub async fn slice_below(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> Result<Option<StoredSlice>, Fault> {
        let answer = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(1)
            .key_condition_expression("#chain = :chain AND #mark < :position")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#mark", "mark")
            .expression_attribute_values(":chain", text(chain.to_string()))
            .expression_attribute_values(":position", text(position.as_str()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let Some(item) = answer.items().first() else {
            return Ok(None);
        };
        let (slice, _) = self.read(chain, item)?;
        Ok(Some(slice))
    }
}
