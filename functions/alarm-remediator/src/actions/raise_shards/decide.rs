//! The decision on a stream's facts: the guard rails that need facts, in the order in which an operator needs to know
//! them.

use jiff::Timestamp;
use picket_rules::playbooks::RaiseShards;
use rust_decimal::Decimal;

use super::{
    facts::StreamFacts,
    finding::Finding,
    mode::to_on_demand,
    refusal::{BEHIND_MS, Refusal},
    target,
};
use crate::{
    actions::window::WINDOW_MINUTES,
    change::{Change, Decision, Quota},
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// The most shards of a stream that `UpdateShardCount` sets
/// (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html>).
const MOST_SHARDS: u32 = 10_000;
/// The changes that AWS allows a stream in 24 hours (same page). The revert is one too.
const CHANGES_A_DAY: u32 = 10;

/// What a shard takes in a minute: 1 MB and 1,000 records a second
/// (<https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>).
const BYTES_A_MINUTE: u64 = 60 * 1024 * 1024;
const RECORDS_A_MINUTE: u64 = 60 * 1_000;

/// How full the shards must be together, in percent, for more of them to help. A minute hides bursts of seconds, so
/// that half is a lot; below it the throttled writes went to a few shards.
const FULL_PERCENT: u64 = 50;

/// A shard for an hour in us-east-1: $0.015, the list price of Kinesis' provisioned mode
/// (<https://aws.amazon.com/kinesis/data-streams/pricing/>). Other regions cost more.
const SHARD_HOUR: Decimal = Decimal::from_parts(15, 0, 0, false, 3);

/// Decides on a change or a finding. `facts` is `None` where the stream does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: &RaiseShards,
    facts: Option<&StreamFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let target = || candidate.target.clone();
    let facts = facts.ok_or_else(|| Refusal::Absent(target()))?;
    not_own_stack(&candidate.target, &facts.tags, scope)?;
    if let Some(finding) = not_a_lack_of_shards(facts) {
        return Ok(Decision::Diagnose(finding));
    }
    if facts.measured.write_throttles == 0 {
        return Err(Refusal::NothingWrong(target()));
    }
    if !facts.stream.active {
        return Err(Refusal::Updating(target()));
    }
    cooled_down(candidate, facts.last_changed, now)?;
    allowed(candidate, &facts.tags)?;
    let change = match (raise(candidate, bounds, facts), bounds.on_demand) {
        (Err(Refusal::AtMaximum { .. } | Refusal::AccountExhausted { .. }), Some(part)) => {
            to_on_demand(candidate, part, facts, scope)?
        }
        (raised, _) => raised?,
    };
    Ok(Decision::Change(Box::new(change)))
}

/// What more shards do not repair. Throttled writes go before everything else: they alone lose data.
fn not_a_lack_of_shards(facts: &StreamFacts) -> Option<Finding> {
    let (stream, measured) = (facts.stream, facts.measured);
    let (throttles, shards) = (measured.write_throttles, stream.shards);
    if throttles == 0 {
        if measured.read_throttles > 0 {
            return Some(Finding::ReadThrottles {
                throttles: measured.read_throttles,
                shards,
                consumers: stream.consumers,
            });
        }
        let behind = measured.iterator_age_ms.filter(|age| *age >= BEHIND_MS);
        return behind.map(|age_ms| Finding::Behind {
            age_ms,
            records: measured.records_a_minute,
            shards,
        });
    }
    if stream.on_demand {
        return Some(Finding::OnDemand { throttles, shards });
    }
    let percent = full_percent(facts);
    (percent < FULL_PERCENT).then_some(Finding::HotShard {
        throttles,
        shards,
        percent,
    })
}

/// How full the shards were together in the busiest minute, in percent, by bytes or by records.
fn full_percent(facts: &StreamFacts) -> u64 {
    let of = |used: u64, of_a_shard: u64| {
        let capacity = u64::from(facts.stream.shards)
            .saturating_mul(of_a_shard)
            .max(1);
        used.saturating_mul(100) / capacity
    };
    of(facts.measured.bytes_a_minute, BYTES_A_MINUTE)
        .max(of(facts.measured.records_a_minute, RECORDS_A_MINUTE))
}

fn raise(
    candidate: &Candidate<'_>,
    bounds: &RaiseShards,
    facts: &StreamFacts,
) -> Result<Change, Refusal> {
    let target = &candidate.target;
    let from = facts.stream.shards;
    let to = bounds.next(from).map(|to| to.min(MOST_SHARDS));
    let to = to
        .filter(|to| *to > from)
        .ok_or_else(|| Refusal::AtMaximum {
            target: target.clone(),
            shards: from,
            maximum: bounds.maximum.min(MOST_SHARDS),
        })?;
    let needed = to - from;
    if facts.limit.open.saturating_add(needed) > facts.limit.limit {
        return Err(Refusal::AccountExhausted {
            open: facts.limit.open,
            limit: facts.limit.limit,
            needed,
        });
    }
    let write = Write {
        setting: Setting::ShardCount {
            stream: target::name(target).to_owned(),
        },
        from: Value::Number(from.into()),
        to: Value::Number(to.into()),
        revision: None,
    };
    let action = format!("raise the shards of {target} from {from} to {to}");
    let reason = format!(
        "{} writes were throttled in the last {WINDOW_MINUTES} minutes, and the busiest minute filled {} % of the shards together; \
         the account has {} open shards of {}; AWS allows {CHANGES_A_DAY} changes of a stream's shards in 24 hours, and putting it back is one too; \
         the price is as listed for us-east-1",
        facts.measured.write_throttles,
        full_percent(facts),
        facts.limit.open,
        facts.limit.limit,
    );
    Ok(Change {
        price_per_hour: Some((SHARD_HOUR * Decimal::from(needed)).normalize()),
        quota: Some(Quota {
            name: format!("UpdateShardCount of {target}"),
            allowed: CHANGES_A_DAY,
            window_hours: 24,
        }),
        ..Change::new(candidate, write, action, reason)
    })
}
