//! The switch of a stream to on-demand mode, where the maximum of shards is reached.

use picket_rules::playbooks::OnDemand;
use rust_decimal::Decimal;

use super::{facts::StreamFacts, refusal::Refusal, target};
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

/// An on-demand stream for an hour, and a GB that is put into it, in us-east-1: $0.04 and $0.08, the list prices
/// (<https://aws.amazon.com/kinesis/data-streams/pricing/>). Other regions cost more.
const STREAM_HOUR: Decimal = Decimal::from_parts(4, 0, 0, false, 2);
const PUT_GB: Decimal = Decimal::from_parts(8, 0, 0, false, 2);

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
         is that of the busiest minute without what consumers read, as listed for us-east-1",
        facts.measured.write_throttles,
        facts.stream.shards,
        facts.limit.on_demand,
        facts.limit.on_demand_limit,
    );
    let action = format!("switch {target} from provisioned to on-demand mode");
    Ok(Change {
        mode: part.mode.min(candidate.playbook.mode),
        price_per_hour: price(facts.measured.bytes_a_minute),
        quota: Some(Quota {
            name: format!("switches of the mode of {target}"),
            allowed: SWITCHES_A_DAY,
            window_hours: 24,
        }),
        ..Change::new(candidate, write, action, reason)
    })
}

/// The price of an hour at this rate.
fn price(bytes_a_minute: u64) -> Option<Decimal> {
    let bytes = Decimal::from(bytes_a_minute.saturating_mul(MINUTES_AN_HOUR));
    let gigabytes = bytes.checked_div(Decimal::from(BYTES_A_GB))?;
    let price = gigabytes.checked_mul(PUT_GB)?.checked_add(STREAM_HOUR)?;
    Some(price.round_dp(4).normalize())
}
