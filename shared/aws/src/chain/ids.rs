//! Reading marks and event ids, a page at a time: no body outlives its page.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;
use picket_shared::{
    chain::{ChainId, SliceIds},
    position::Position,
};

use super::{ChainTable, slice::ids_from_item};
use crate::{
    fault::Fault,
    item::{Item, text},
};

impl ChainTable {
    /// The newest slice of a chain and every other one committed at `since` or later, newest first. Always consistent.
    ///
    /// The ids of a newest slice that is older are not read.
    pub async fn newest_ids(
        &self,
        chain: &ChainId,
        since: Timestamp,
    ) -> Result<Vec<SliceIds>, Fault> {
        let query = self
            .query_ids(chain)
            .scan_index_forward(false)
            .key_condition_expression("#chain = :chain");
        let mut items = query.into_paginator().items().send();
        let mut slices = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| Fault::of(&self.table, "read", error))?;
            let slice = self.read_ids(chain, &item, since)?;
            let is_older = slice.committed_at < since;
            if !is_older || slices.is_empty() {
                slices.push(slice);
            }
            if is_older {
                break;
            }
        }
        Ok(slices)
    }

    /// The slices of a chain that start at `from` or later, in order. Always consistent.
    pub async fn ids_from(&self, chain: &ChainId, from: &Position) -> Result<Vec<SliceIds>, Fault> {
        let query = self
            .query_ids(chain)
            .key_condition_expression("#chain = :chain AND #mark >= :from")
            .expression_attribute_names("#mark", "mark")
            .expression_attribute_values(":from", text(from.as_str()));
        let mut items = query.into_paginator().items().send();
        let mut slices = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| Fault::of(&self.table, "read", error))?;
            slices.push(self.read_ids(chain, &item, Timestamp::MIN)?);
        }
        Ok(slices)
    }

    fn query_ids(&self, chain: &ChainId) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .projection_expression("#after, #committed_at, #version, #body")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#after", "after")
            .expression_attribute_names("#committed_at", "committed_at")
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#body", "body")
            .expression_attribute_values(":chain", text(chain.to_string()))
    }

    fn read_ids(&self, chain: &ChainId, item: &Item, since: Timestamp) -> Result<SliceIds, Fault> {
        ids_from_item(item, since).map_err(|unreadable| self.unreadable(chain, unreadable))
    }
}
