//! A receiver of samples that insists on their order, as Prometheus does.

use super::*;

impl WriteSamples for World {
    async fn write_samples(&self, request: &WriteRequest) -> Result<(), SamplesError> {
        let receiver = self.state().receiver.clone();
        if let Some(receiver) = receiver {
            return receiver.write(request).await;
        }
        self.call(|state| {
            state.sample_requests += 1;
            if state.happens(state.trouble.samples_throttled) {
                let fault = Fault::transient("429");
                return Err(match state.retry_after {
                    Some(pause) => SamplesError::Later(fault, pause),
                    None => SamplesError::Failed(fault),
                });
            }
            let in_order = request
                .timeseries
                .iter()
                .all(|series| sample(state, series));
            if !in_order {
                return Err(SamplesError::Final(Fault::permanent("out of order")));
            }
            if state.happens(state.trouble.lost_after_samples) {
                return Err(SamplesError::Failed(Fault::transient("no answer")));
            }
            Ok(())
        })
        .await
    }
}

/// Takes a series' samples, less what comes after newer ones; whether nothing did. The same again is the same.
fn sample(state: &mut State, series: &TimeSeries) -> bool {
    let value = |name: &str| series.labels.iter().find(|label| label.name == name);
    let is_own = |name: &str| !["__name__", "stack"].contains(&name);
    let others = series.labels.iter().filter(|label| is_own(&label.name));
    let others: Vec<&str> = others.map(|label| label.value.as_str()).collect();
    let name = [
        &[value("__name__").unwrap().value.as_str()],
        others.as_slice(),
    ]
    .concat()
    .join(" ");
    let taken = state.samples.entry(name).or_default();
    let mut in_order = true;
    for sample in &series.samples {
        match taken.last() {
            Some(last) if *last == (sample.timestamp, sample.value) => {}
            Some((last, _)) if *last >= sample.timestamp => {
                state.out_of_order += 1;
                in_order = false;
            }
            _ => taken.push((sample.timestamp, sample.value)),
        }
    }
    in_order
}
