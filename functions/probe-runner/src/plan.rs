//! The probes that a tick runs.

use crate::{
    config::ActiveProbe,
    event::{InvalidTick, Tick},
};

/// The probes of a tick, and its minute.
#[derive(Debug, PartialEq)]
pub struct Plan<'p> {
    /// The minute of the datapoints, in minutes since 1970.
    pub minute: i64,
    /// The probes, in the order of the files.
    pub probes: Vec<&'p ActiveProbe>,
}

/// Selects the probes that are due in a minute, or those that the tick names. `now` replaces a missing scheduled time.
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
