//! CloudWatch: what it got, and how often.

use super::*;

impl PutMetrics for World {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        self.call(|state| {
            let trouble = state.trouble;
            state.now_ms += state.put_ms;
            if state.quota == 0 || state.happens(trouble.throttled) {
                return Err(PutError::Refused(Fault::transient("throttled")));
            }
            if state.happens(trouble.lost_before_put) {
                return Err(PutError::Lost(Fault::transient("no answer")));
            }
            if request.data.iter().any(|datum| datum.name == ILLEGAL) {
                return Err(PutError::Illegal(Fault::permanent("illegal")));
            }
            state.quota -= 1;
            count(state, request);
            if state.happens(trouble.lost_after_put) {
                return Err(PutError::Lost(Fault::transient("the answer was lost")));
            }
            Ok(())
        })
        .await
    }
}

fn count(state: &mut State, request: &Request) {
    for datum in &request.data {
        if datum.name.starts_with(OWN_OF_A_SLICE) {
            *state.sent.get_mut(&datum.name).unwrap() += 1;
        }
        let minute = datum.at.as_second() / 60;
        if let DatumValues::Statistics(statistics) = &datum.values {
            let received = state.received.entry((datum.name.clone(), minute));
            let received = received.and_modify(|known| known.merge(*statistics));
            received.or_insert(*statistics);
        }
        if let DatumValues::Distribution(values) = &datum.values {
            state
                .distributions
                .insert(datum.name.clone(), values.clone());
        }
        if let DatumValues::Statistics(statistics) = &datum.values {
            if datum.name == "Events" {
                state.events += statistics.count;
            }
            if let Some((_, agent)) = datum.dimensions.iter().find(|(name, _)| name == "AgentId") {
                *state.agents.entry(agent.clone()).or_default() += statistics.sum;
            }
            let more = datum
                .dimensions
                .get(1)
                .map(|(_, value)| format!(" {value}"));
            let name = format!("{}{}", datum.name, more.unwrap_or_default());
            state.own.insert(name, statistics.sum);
        }
    }
}

impl QuarantineSlice for World {
    async fn quarantine_slice(&self, slice: &DamagedSlice) -> Result<(), Fault> {
        self.call(|state| {
            if state.happens(state.trouble.bucket) {
                return Err(Fault::transient("the bucket did not answer"));
            }
            state.kept.insert(damaged::key(slice));
            Ok(())
        })
        .await
    }
}

impl QuarantineDatum for World {
    async fn quarantine_datum(&self, object: &QuarantinedDatum) -> Result<(), Fault> {
        self.call(|state| {
            if state.happens(state.trouble.bucket) {
                return Err(Fault::transient("the bucket did not answer"));
            }
            state
                .quarantine
                .insert(object.key.clone(), object.body.clone());
            Ok(())
        })
        .await
    }
}
