//! DynamoDB: conditional puts, items of at most 400 KB, pages of 1 MB, partitions that take so much a second,
//! transactions that conflict where they overlap in time, and TTL. Sources: DynamoDB developer guide, "Quotas",
//! "Query", "Partitions and data distribution", "Transactions", "Time to Live".

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use picket_aws::Fault as Error;
use picket_shared::chain::Slice;

use crate::{
    chance::Dice,
    faults::{Fault, Faults},
    kernel::SECOND,
    position::Position,
};

/// Most bytes of an item, attribute names included.
pub(crate) const LARGEST_ITEM: usize = 400 << 10;
/// Most bytes of a page.
pub(crate) const PAGE: usize = 1 << 20;
/// Write units of a partition a second, each a kilobyte.
const MOST_UNITS: usize = 1_000;
/// How long an expired item may stay.
const LATEST_EXPIRY: i64 = 48 * 3_600;

/// An item of a chain.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) first: String,
    pub(crate) after: String,
    pub(crate) body: Vec<u8>,
    /// Milliseconds since 1970.
    pub(crate) committed_at: i64,
    /// When the table took it, in milliseconds since 1970: no attribute.
    pub(crate) taken_at: i64,
    /// Seconds since 1970.
    pub(crate) expires_at: i64,
    /// As the functions read it, once it was read: many do, and inflating is most of the work.
    pub(crate) read: Option<Arc<Slice>>,
}

impl Item {
    /// Bytes with keys and names.
    pub(crate) fn bytes(&self, chain: &str, mark: &str) -> usize {
        let names = "chain mark after first body version committed_at expires_at".len() - 7;
        names
            + chain.len()
            + mark.len()
            + self.first.len()
            + self.after.len()
            + self.body.len()
            + 20
    }
}

/// What the oracle knows of a commit, which no TTL deletes.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "it is when it was committed")]
pub(crate) struct Committed {
    pub(crate) first: Position,
    pub(crate) after: Position,
    /// Milliseconds since 1970.
    pub(crate) committed_at: i64,
    /// When the table took it, in milliseconds since 1970.
    pub(crate) taken_at: i64,
    /// When the invocation began, in milliseconds since 1970.
    pub(crate) begun_at: i64,
    /// Positions that could not be read, with the objects that hold them.
    pub(crate) quarantined: Vec<(Position, String)>,
    /// Of those, the records that were left undecoded.
    pub(crate) left: Vec<Position>,
}

/// A row of the ledger: day, agent, model, incident, price, batch.
pub(crate) type RowKey = (String, String, String, Option<String>, Option<String>, bool);

/// A cursor as an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CursorItem {
    pub(crate) mark: String,
    pub(crate) rows_done: u32,
    pub(crate) claim: Option<ClaimItem>,
    pub(crate) ambiguous: u64,
}

/// A cursor's claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimItem {
    pub(crate) up_to: String,
    /// Milliseconds since 1970.
    pub(crate) until: i64,
    pub(crate) accepted: Vec<String>,
    pub(crate) certain: bool,
}

impl CursorItem {
    /// What a condition compares.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        let claim = |item: &Self| item.claim.as_ref().map(|it| (it.up_to.clone(), it.until));
        (&self.mark, self.rows_done, claim(self)) == (&other.mark, other.rows_done, claim(other))
    }
}

/// A blob: its version, its body, and when it expires in seconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) version: u64,
    pub(crate) body: Vec<u8>,
    pub(crate) expires_at: Option<i64>,
}

#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) chains: BTreeMap<String, BTreeMap<String, Item>>,
    /// When each entry expires, in seconds since 1970.
    pub(crate) registry: BTreeMap<String, i64>,
    /// Position, number, expiry.
    pub(crate) attempts: BTreeMap<String, (String, u32, i64)>,
    /// Chain and position of the original → the copy that counts.
    /// The owner is `None` until a copy has claimed the original.
    pub(crate) claims: BTreeMap<(String, String), Option<String>>,
    pub(crate) cursors: BTreeMap<(&'static str, String), CursorItem>,
    pub(crate) ledger: BTreeMap<RowKey, [u64; 6]>,
    pub(crate) blobs: BTreeMap<(String, String), Blob>,
    pub(crate) history: BTreeMap<String, Vec<Committed>>,
    /// Keys of items in a transaction that is under way.
    locked: BTreeSet<String>,
    /// Units that a partition used in a second.
    used: BTreeMap<String, (i64, usize)>,
}

impl Tables {
    /// Refuses an item that is too large, for good, and a partition that has had enough for this second.
    pub(crate) fn take_in(
        &mut self,
        partition: &str,
        bytes: usize,
        now: i64,
        faults: &mut Faults,
    ) -> Result<(), Error> {
        if bytes > LARGEST_ITEM {
            faults.count(Fault::ItemRefused);
            return Err(Error::permanent(format!(
                "AWS refused the request (ValidationException): an item of {bytes} bytes"
            )));
        }
        self.use_units(partition, bytes.div_ceil(1_024), now, faults)
    }

    pub(crate) fn use_units(
        &mut self,
        partition: &str,
        units: usize,
        now: i64,
        faults: &mut Faults,
    ) -> Result<(), Error> {
        let second = now / SECOND;
        let used = self.used.entry(partition.to_owned()).or_default();
        if used.0 != second {
            *used = (second, 0);
        }
        if used.1 >= MOST_UNITS {
            faults.count(Fault::PartitionThrottled);
            return Err(Error::transient("ThrottlingException"));
        }
        used.1 += units;
        Ok(())
    }

    /// Begins a transaction on these items; `false` where another one has one of them.
    pub(crate) fn lock(&mut self, keys: &[String]) -> bool {
        if keys.iter().any(|key| self.locked.contains(key)) {
            return false;
        }
        self.locked.extend(keys.iter().cloned());
        true
    }

    pub(crate) fn unlock(&mut self, keys: &[String]) {
        for key in keys {
            self.locked.remove(key);
        }
    }

    /// Deletes some of what has expired, in any order; all of it after two days. `now` in microseconds since 1970.
    pub(crate) fn expire(&mut self, now: i64, dice: &mut Dice, faults: &mut Faults) {
        let now = now / SECOND;
        let mut goes = |expires_at: i64| {
            let is_gone =
                expires_at <= now && (expires_at + LATEST_EXPIRY <= now || dice.once_in(12));
            if is_gone {
                faults.count(Fault::Expired);
            }
            is_gone
        };
        for chain in self.chains.values_mut() {
            chain.retain(|_, item| !goes(item.expires_at));
        }
        self.chains.retain(|_, chain| !chain.is_empty());
        self.registry.retain(|_, expires_at| !goes(*expires_at));
        self.attempts
            .retain(|_, (_, _, expires_at)| !goes(*expires_at));
        self.blobs
            .retain(|_, blob| !blob.expires_at.is_some_and(&mut goes));
    }
}
