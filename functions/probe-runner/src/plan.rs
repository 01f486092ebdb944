//! Which probes a tick asks.

use crate::{
    config::ActiveProbe,
    event::{InvalidTick, Tick},
};

/// What a tick asks, and for which minute.
#[derive(Debug, PartialEq)]
pub struct Plan<'p> {
    /// In minutes since 1970: the minute that the answers' datapoints get.
    pub minute: i64,
    /// In the order of the files.
    pub probes: Vec<&'p ActiveProbe>,
}

/// What is due in a minute, or what the tick asks for by name. `now` stands in where the tick does not say when it was due.
pub fn plan<'p>(
    active: &'p [ActiveProbe],
    tick: &Tick,
    now: jiff::Timestamp,
) -> Result<Plan<'p>, InvalidTick> {
    let minute = tick.at.unwrap_or(now).as_second().div_euclid(60);
    let named = |name: &String| active.iter().find(|active| active.id == *name);
    for name in &tick.probes {
        if named(name).is_none() {
            let known: Vec<_> = active.iter().map(|active| active.id.as_str()).collect();
            return Err(InvalidTick::Unknown {
                name: name.clone(),
                known: known.join(", "),
            });
        }
    }
    let is_asked = |active: &&ActiveProbe| {
        if tick.probes.is_empty() {
            active.probe.is_due(minute)
        } else {
            tick.probes.contains(&active.id)
        }
    };
    Ok(Plan {
        minute,
        probes: active.iter().filter(is_asked).collect(),
    })
}
