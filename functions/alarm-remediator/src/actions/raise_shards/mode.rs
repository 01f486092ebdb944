//! The switch of a stream to on-demand mode, where the maximum of shards is reached.

use picket_rules::playbooks::OnDemand;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    facts::{Measured, StreamFacts},
    refusal::Refusal,
    target,
};
use crate::{
    actions::window::WINDOW_MINUTES,
    change::{Change, Quota},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// The switches of a stream's mode that AWS allows in 24 hours, in either direction
/// (<https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html>). The last is a person's, so that a
/// playbook with a revert can make none.
const SWITCHES_A_DAY: u32 = 2;

/// An on-demand stream for an hour, and a GB that is put into it, in us-east-1: $0.04 and $0.08, the list prices of
/// On-demand Standard (<https://aws.amazon.com/kinesis/data-streams/pricing/>). Other regions cost more.
const STREAM_HOUR: Decimal = Decimal::from_parts(4, 0, 0, false, 2);
const PUT_GB: Decimal = Decimal::from_parts(8, 0, 0, false, 2);

/// Each record is billed in whole units of this size (same page), so that at most one more is billed for each.
const BILLED_BYTES: u64 = 1_024;

const BYTES_A_GB: u64 = 1_073_741_824;
const MINUTES_AN_HOUR: u64 = 60;

pub(super) fn to_on_demand(
    candidate: &Candidate<'_>,
    part: OnDemand,
    facts: &StreamFacts,
    scope: &Scope<'_>,
) -> Result<Change, Refusal> {
    let target = &candidate.target;
    if facts.limit.on_demand >= facts.limit.on_demand_limit {
        return Err(Refusal::NoOnDemandStream {
            streams: facts.limit.on_demand,
            limit: facts.limit.on_demand_limit,
        });
    }
    let text = |mode: &str| Value::Text(mode.to_owned());
    let write = Write {
        setting: Setting::StreamMode {
            stream: scope
                .home
                .arn("kinesis", &format!("stream/{}", target::name(target))),
        },
        from: text("PROVISIONED"),
        to: text("ON_DEMAND"),
        revision: None,
    };
    let reason = format!(
        "{} writes were throttled in the last {WINDOW_MINUTES} minutes, and its {} shards are the most that are allowed; the \
         account has {} on-demand streams of {}; AWS allows {SWITCHES_A_DAY} switches of a stream's mode in 24 hours; the price \
         is at most that of the busiest minute, with records rounded up to 1 KB and without what consumers read, as listed for \
         On-demand Standard in us-east-1",
        facts.measured.write_throttles,
        facts.stream.shards,
        facts.limit.on_demand,
        facts.limit.on_demand_limit,
    );
    let action = format!("switch {target} from provisioned to on-demand mode");
    Ok(Change {
        mode: part.mode.min(candidate.playbook.mode),
        price_per_hour: price(facts.measured),
        quota: Some(Quota {
            name: format!("switches of the mode of {target}"),
            allowed: SWITCHES_A_DAY,
            window_hours: 24,
        }),
        ..Change::new(candidate, write, action, reason)
    })
}

/// The most that an hour at this rate costs.
fn price(measured: Measured) -> Option<Decimal> {
    let rounding = measured.records_a_minute.saturating_mul(BILLED_BYTES);
    let billed = measured.bytes_a_minute.saturating_add(rounding);
    let bytes = Decimal::from(billed.saturating_mul(MINUTES_AN_HOUR));
    let gigabytes = bytes.checked_div(Decimal::from(BYTES_A_GB))?;
    let price = gigabytes.checked_mul(PUT_GB)?.checked_add(STREAM_HOUR)?;
    let up = RoundingStrategy::AwayFromZero;
    Some(price.round_dp_with_strategy(4, up).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 25,165,824 bytes in 216,000 records a minute are 1.40625 GB an hour, and rounding adds at most 216,000 × 60 KB,
    /// 12.359619140625 GB: 13.765869140625 × $0.08 + $0.04. A record of 100 bytes is billed as 1 KB.
    #[test]
    fn each_record_may_be_billed_for_another_kilobyte() {
        for (bytes_a_minute, records_a_minute, expected) in [
            (25_165_824, 216_000, "1.1413"),
            (0, 0, "0.04"),
            // 100,000 records of 100 bytes: 10,000,000 + 102,400,000 bytes a minute; billed are 5.7221 GB an hour.
            (10_000_000, 100_000, "0.5425"),
            // One record of 1 MB: an hour of them is 0.0587 GB.
            (1_048_576, 1, "0.0447"),
        ] {
            let measured = Measured {
                bytes_a_minute,
                records_a_minute,
                ..Measured::default()
            };
            let expected: Decimal = expected.parse().unwrap();
            assert_eq!(price(measured), Some(expected), "{bytes_a_minute}");
        }
    }
}
