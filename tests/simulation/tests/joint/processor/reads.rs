//! The chain, as who commits reads it.

use std::sync::Arc;

use event_processor::ports::{ReadBeyond, ReadMark, ReadNewest};
use jiff::Timestamp;
use picket_aws::Fault as Error;
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, SliceIds, StoredSlice, decode},
    position::Position as Mark,
};

use super::Sandbox;
use crate::{tables::PAGE, world::State};

impl State {
    /// A slice as the functions read it.
    pub(crate) fn slice(&mut self, chain: &ChainId, mark: &str) -> StoredSlice {
        let items = self.tables.chains.get_mut(&chain.to_string()).unwrap();
        let item = items.get_mut(mark).unwrap();
        if let Some(slice) = &item.read {
            return Ok(Slice::clone(slice));
        }
        let (before, first) = (mark.parse().unwrap(), item.first.parse().unwrap());
        let after = item.after.parse().unwrap();
        let committed_at = Timestamp::from_millisecond(item.committed_at).unwrap();
        let chain = chain.clone();
        match decode(&item.body) {
            Ok(body) => {
                let slice = Slice {
                    chain,
                    before,
                    first,
                    after,
                    committed_at,
                    body,
                };
                item.read = Some(Arc::new(slice.clone()));
                Ok(slice)
            }
            Err(error) => Err(Box::new(DamagedSlice {
                chain,
                before,
                first,
                after,
                committed_at,
                bytes: item.body.clone(),
                reason: error.to_string(),
            })),
        }
    }

    /// A slice as who commits reads it: a damaged one has no ids.
    fn ids(&mut self, chain: &ChainId, mark: &str) -> SliceIds {
        self.slices_read += 1;
        match self.slice(chain, mark) {
            Ok(slice) => SliceIds::from(&slice),
            Err(damaged) => SliceIds {
                after: damaged.after,
                committed_at: damaged.committed_at,
                event_ids: Vec::new(),
            },
        }
    }

    /// The next page of a chain backwards: marks below `below`, as many as a megabyte holds.
    fn page_before(&self, chain: &str, below: Option<&String>) -> Vec<(String, i64)> {
        let Some(items) = self.tables.chains.get(chain) else {
            return Vec::new();
        };
        let mut bytes = 0;
        let mut page = Vec::new();
        for (mark, item) in items.iter().rev() {
            if below.is_some_and(|below| mark >= below) {
                continue;
            }
            if bytes >= PAGE {
                break;
            }
            bytes += item.bytes(chain, mark);
            page.push((mark.clone(), item.committed_at));
        }
        page
    }
}

impl ReadMark for Sandbox {
    async fn read_mark(&self, chain: &ChainId) -> Result<Mark, Error> {
        self.world
            .call(&self.life, |state, _| {
                let items = state.tables.chains.get(&chain.to_string());
                let newest = items.and_then(|items| items.values().next_back());
                Ok(newest.map_or_else(Mark::start, |item| item.after.parse().unwrap()))
            })
            .await
    }
}

impl ReadNewest for Sandbox {
    async fn read_newest(&self, chain: &ChainId, since: Timestamp) -> Result<Vec<SliceIds>, Error> {
        let (mut slices, mut below) = (Vec::new(), None);
        loop {
            let (page, read) = self
                .world
                .call(&self.life, |state, _| {
                    let page = state.page_before(&chain.to_string(), below.as_ref());
                    let recent = page.iter().enumerate().take_while(|(index, (_, at))| {
                        (below.is_none() && *index == 0) || *at >= since.as_millisecond()
                    });
                    let read = recent.map(|(_, (mark, _))| state.ids(chain, mark));
                    let read: Vec<SliceIds> = read.collect();
                    Ok((page, read))
                })
                .await?;
            let is_end = page.is_empty() || read.len() < page.len();
            slices.extend(read);
            if is_end {
                return Ok(slices);
            }
            below = page.last().map(|(mark, _)| mark.clone());
        }
    }
}

impl ReadBeyond for Sandbox {
    async fn read_beyond(&self, chain: &ChainId, mark: &Mark) -> Result<Vec<SliceIds>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let Some(items) = state.tables.chains.get(&chain.to_string()) else {
                    return Ok(Vec::new());
                };
                let marks = items
                    .range(mark.to_string()..)
                    .map(|(mark, _)| mark.clone());
                let marks: Vec<String> = marks.collect();
                Ok(marks.iter().map(|mark| state.ids(chain, mark)).collect())
            })
            .await
    }
}
