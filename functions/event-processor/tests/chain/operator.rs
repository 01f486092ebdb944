//! A person who puts back what waits in the bucket, as often as they like, while everything else goes on, and whose answers get lost.

use event_processor::quarantine::{
    standing::Standing,
    waiting::{self, Reason, Waiting},
};
use jiff::Timestamp;
use picket_shared::{
    chain::Slice,
    replay::{Origin, Place},
};
use serde_json::json;

use crate::{
    dice::Dice,
    faults::Fault,
    poller::Lambda,
    support,
    world::{NOW, World},
};

/// Puts back what Lambda gave up and no commit covers; and where the decoder is mended, what it died of. Answers how many records.
pub(crate) fn put_back(lambda: &mut Lambda, dice: &mut Dice) -> usize {
    let waiting = all(lambda);
    let mut count = 0;
    for waiting in &waiting {
        let Some(origin) = lambda.world().origin_of(waiting) else {
            continue;
        };
        count += 1;
        lambda.world().faults.count(Fault::PutBack);
        // An answer that was lost, and the person who tries again.
        for _ in 0..=dice.below(2) {
            append_copy(lambda, waiting, &origin, dice);
        }
    }
    count
}

/// Lambda's objects and ours, read from what lies in the bucket.
fn all(lambda: &Lambda) -> Vec<Waiting> {
    let mut all = Vec::new();
    for shard in &lambda.shards {
        for entry in shard.log.iter().filter(|entry| entry.discarded) {
            let event = support::event(std::slice::from_ref(&entry.sent));
            let object = json!({
                "requestContext": { "condition": "RecordAgeExceeded" },
                "payload": String::from_utf8(event).unwrap(),
            });
            all.extend(
                waiting::read("aws/lambda/uuid/object", object.to_string().as_bytes()).unwrap(),
            );
        }
    }
    let world = lambda.world();
    if world.is_mended {
        for (key, body) in &world.bucket {
            let ours = waiting::read(key, body.as_bytes()).unwrap().into_iter();
            all.extend(ours.filter(|waiting| {
                matches!(&waiting.reason, Reason::Unreadable(reason) if reason.contains("died"))
            }));
        }
    }
    all
}

fn append_copy(lambda: &mut Lambda, waiting: &Waiting, origin: &Origin, dice: &mut Dice) {
    let original = lambda.entry(&waiting.chain, &waiting.position);
    let (wrap, kinds) = (original.wrap, original.kinds.clone());
    // To a shard that is open: one that no other came from.
    let is_parent = |of: &usize| lambda.shards.iter().any(|shard| shard.parents.contains(of));
    let open: Vec<usize> = (0..lambda.shards.len())
        .filter(|shard| !is_parent(shard))
        .collect();
    let to = open[dice.below(open.len())];
    lambda.shards[to].append(to, wrap, kinds, dice);
    let copy = lambda.shards[to].log.last_mut().unwrap();
    copy.sent.partition_key = origin.partition_key().unwrap();
    assert_eq!(copy.sent.payload, waiting.data);
}

impl World {
    /// As `picket quarantine replay` decides: seal, look, claim for the copy that it is, and look whether it was put back.
    fn origin_of(&mut self, waiting: &Waiting) -> Option<Origin> {
        let now = Timestamp::from_millisecond(NOW).unwrap();
        if matches!(waiting.reason, Reason::Discarded(_)) {
            self.seal(waiting, now);
        }
        let slice = self.slice_below(&waiting.chain, &waiting.probe());
        let (Standing::Open(origin) | Standing::Quarantined(origin)) =
            waiting.standing(slice.as_ref(), now)
        else {
            return None;
        };
        if let Some(before) = Origin::of(&waiting.partition_key) {
            let place = Place {
                chain: waiting.chain.clone(),
                record: waiting.position.with_sub(0),
            };
            if !self.claim(&before, &place) {
                return None;
            }
        }
        let key = (origin.chain.clone(), origin.position.clone());
        (!self.claims.contains_key(&key)).then_some(origin)
    }

    fn seal(&mut self, waiting: &Waiting, now: Timestamp) {
        let mark = self.newest_mark(&waiting.chain);
        if mark < waiting.position.end_of_record() {
            self.registry.insert(waiting.chain.clone());
            self.put(&Slice::seal(
                waiting.chain.clone(),
                mark,
                &waiting.position,
                now,
            ));
        }
    }
}
