//! `picket quarantine replay`: seals the shard, reads the status, claims the original for the copy, and puts it. Each
//! step may be done again (docs/decisions/0013).

use std::fmt;

use event_processor::quarantine::{
    entry::{Entry, Reason},
    replay_status::ReplayStatus,
};
use picket_aws::stream::{OutgoingRecord, put_all};
use picket_shared::{clock::Clock, replay::Origin, report::ErrorChain};
use serde::Serialize;

use super::{
    Aws, Failure, Output, read,
    stack::{EntryStatus, Stack},
};
use crate::style::{BAD, BOLD, FAINT, GOOD, RESET};

/// Payload and partition key together (Kinesis `PutRecordsRequestEntry`, 1 MiB).
const LARGEST_RECORD: usize = 1 << 20;

/// The result for an entry.
#[derive(Debug, PartialEq, Serialize)]
struct ReplayResult {
    object: String,
    position: String,
    put_back: bool,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Puts back what may be, object by object: all of them, or those named.
pub(super) async fn run(
    name: &str,
    objects: Vec<String>,
    mended: bool,
    clock: &impl Clock,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let stack = Stack::find(name).await.map_err(Aws)?;
    let keys = if objects.is_empty() {
        stack.keys().await.map_err(Aws)?
    } else {
        objects
    };
    for key in keys {
        let entries = read(&stack, &key, output).await?;
        let mut decided = Vec::new();
        seal(&stack, &entries, clock).await?;
        for entry in &entries {
            decided.push(decide(&stack, entry, mended, clock).await?);
        }
        let copies: Vec<OutgoingRecord> = entries
            .iter()
            .zip(&decided)
            .filter_map(|(entry, decision)| Some(copy(entry, decision.as_ref().ok()?)))
            .collect();
        put_all(&stack.stream, &copies, clock, |_| ())
            .await
            .map_err(|error| {
                Aws(format!(
                    "{key}: {}; run it again: what is in the stream already counts once",
                    ErrorChain(&error)
                ))
            })?;
        for (entry, decision) in entries.iter().zip(decided) {
            output.answer(&ReplayResult::of(entry, decision.err()))?;
        }
    }
    Ok(())
}

/// Behind the last record of each shard in Lambda's object; ours are in the chain.
async fn seal(stack: &Stack, entries: &[Entry], clock: &impl Clock) -> Result<(), Failure> {
    let is_last = |index: &usize| {
        let following = entries.get(index + 1);
        following.is_none_or(|next| next.chain != entries[*index].chain)
    };
    for last in (0..entries.len())
        .filter(is_last)
        .map(|index| &entries[index])
    {
        if matches!(last.reason, Reason::Discarded(_)) {
            stack.seal(last, clock.now()).await.map_err(Aws)?;
        }
    }
    Ok(())
}

/// The copy's partition key, or why there is to be none.
async fn decide(
    stack: &Stack,
    entry: &Entry,
    mended: bool,
    clock: &impl Clock,
) -> Result<Result<String, String>, Failure> {
    let status = stack.status(entry, clock.now()).await.map_err(Aws)?;
    let origin = match may(status, mended) {
        Ok(origin) => origin,
        Err(why) => return Ok(Err(why.to_owned())),
    };
    if !stack.counts(entry, clock.now()).await.map_err(Aws)? {
        return Ok(Err("another copy of its original counts".to_owned()));
    }
    let key = key(&origin, entry.data.len());
    if key.is_ok() {
        stack.register(&origin, clock.now()).await.map_err(Aws)?;
    }
    Ok(key)
}

/// The partition key of a copy, where the stream takes the two together: one record too long would have its whole
/// request refused.
fn key(origin: &Origin, bytes: usize) -> Result<String, String> {
    let key = origin.partition_key().map_err(|long| long.to_string())?;
    if bytes + key.len() > LARGEST_RECORD {
        return Err(format!(
            "payload and partition key of a copy have {} bytes, and the stream takes {LARGEST_RECORD}; `show` has the payload",
            bytes + key.len()
        ));
    }
    Ok(key)
}

/// Whether an entry may be put back, and as whose copy.
fn may(status: EntryStatus, mended: bool) -> Result<Origin, &'static str> {
    match status {
        EntryStatus::InChain(ReplayStatus::Open(origin)) => Ok(origin),
        EntryStatus::InChain(ReplayStatus::Quarantined(origin)) if mended => Ok(origin),
        EntryStatus::InChain(ReplayStatus::Quarantined(_)) => {
            Err("it could not be read; with --mended it is put back, once decoder or rule is")
        }
        EntryStatus::InChain(ReplayStatus::Counted) => Err("a commit has counted it"),
        EntryStatus::InChain(ReplayStatus::Uncommitted) => {
            Err("no commit names it yet: the stream still has the record, or Lambda's own object")
        }
        EntryStatus::InChain(ReplayStatus::Forgotten) => Err(
            "it is so old that the chain does not show whether it was counted; `show` has the payload",
        ),
        EntryStatus::Replayed => Err("it was put back before"),
    }
}

fn copy(entry: &Entry, partition_key: &str) -> OutgoingRecord {
    OutgoingRecord {
        key: partition_key.to_owned(),
        data: entry.data.clone(),
    }
}

impl ReplayResult {
    fn of(entry: &Entry, why: Option<String>) -> Self {
        Self {
            object: entry.object.clone(),
            position: format!("{}/{}", entry.chain, entry.position),
            put_back: why.is_none(),
            why,
        }
    }
}

impl fmt::Display for ReplayResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, why, .. } = self;
        match why {
            None => write!(f, "{GOOD}put back{RESET}    {BOLD}{position}{RESET}"),
            Some(why) => write!(
                f,
                "{BAD}left{RESET}        {position}\n            {FAINT}{why}{RESET}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use picket_shared::replay::Extent;

    use super::*;

    fn origin() -> Origin {
        Origin {
            chain: "events/shard-0".parse().unwrap(),
            position: "0017.0000000000".parse().unwrap(),
            arrived_at: Timestamp::UNIX_EPOCH,
            extent: Extent::Event,
        }
    }

    #[test]
    fn a_copy_that_the_stream_would_refuse_is_left_and_the_others_go() {
        let longest = LARGEST_RECORD - origin().partition_key().unwrap().len();
        assert!(key(&origin(), longest).is_ok());
        let why = key(&origin(), longest + 1).unwrap_err();
        assert!(why.contains("1048577 bytes"), "{why}");
    }

    #[test]
    fn only_what_counts_nowhere_is_put_back_and_what_was_unreadable_when_a_person_says_so() {
        let quarantined = || EntryStatus::InChain(ReplayStatus::Quarantined(origin()));
        assert_eq!(
            may(EntryStatus::InChain(ReplayStatus::Open(origin())), false),
            Ok(origin())
        );
        assert_eq!(may(quarantined(), true), Ok(origin()));
        assert!(may(quarantined(), false).is_err());
        for status in [
            ReplayStatus::Counted,
            ReplayStatus::Uncommitted,
            ReplayStatus::Forgotten,
        ] {
            assert!(
                may(EntryStatus::InChain(status.clone()), true).is_err(),
                "{status:?}"
            );
        }
        assert!(may(EntryStatus::Replayed, true).is_err());
    }
}
