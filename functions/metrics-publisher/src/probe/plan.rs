//! Which probes a tick asks.

use super::{
    config::PlacedProbe,
    event::{InvalidTick, Tick},
};

/// What a tick asks, and for which minute.
#[derive(Debug, PartialEq)]
pub struct Plan<'p> {
    /// In minutes since 1970: the minute that the answers' datapoints get.
    pub minute: i64,
    /// In the order of the files.
    pub probes: Vec<&'p PlacedProbe>,
}

/// What is due in a minute, or what the tick asks for by name. `now` stands in where the tick does not say when it was due.
pub fn plan<'p>(
    placed: &'p [PlacedProbe],
    tick: &Tick,
    now: jiff::Timestamp,
) -> Result<Plan<'p>, InvalidTick> {
    let minute = tick.at.unwrap_or(now).as_second().div_euclid(60);
    let named = |name: &String| placed.iter().find(|placed| placed.id == *name);
    for name in &tick.probes {
        if named(name).is_none() {
            let known: Vec<_> = placed.iter().map(|placed| placed.id.as_str()).collect();
            return Err(InvalidTick::Unknown {
                name: name.clone(),
                known: known.join(", "),
            });
        }
    }
    let is_asked = |placed: &&PlacedProbe| {
        if tick.probes.is_empty() {
            placed.probe.is_due(minute)
        } else {
            tick.probes.contains(&placed.id)
        }
    };
    Ok(Plan {
        minute,
        probes: placed.iter().filter(is_asked).collect(),
    })
}
