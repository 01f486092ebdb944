//! Sends a request to a receiver, with retries.

use std::time::Duration;

use picket_aws::{Fault, timing::RETRY_PAUSES};
use picket_shared::{clock::Clock, report::ErrorChain};

use crate::{
    chains::context::TickContext,
    ports::{Point, Ports, SamplesError},
    remote_write::WriteRequest,
};

/// Sends a request, again after a transient error and the pause that the receiver asks for, while there is time.
/// Returns the number of rejected samples, or the error.
pub(super) async fn send<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    request: &WriteRequest,
) -> Result<u64, Fault> {
    let mut pauses = RETRY_PAUSES.into_iter();
    loop {
        context.ports.reach(Point::BeforeSamples);
        let answer = context.ports.write_samples(request).await;
        context.ports.reach(Point::AfterSamples);
        let (fault, requested) = match answer {
            Ok(()) => return Ok(0),
            Err(SamplesError::Final(fault)) => {
                let samples = request.samples() as u64;
                tracing::error!(
                    error = %ErrorChain(&fault), samples,
                    "Prometheus refused samples for good; they are counted, and the next repair them"
                );
                return Ok(samples);
            }
            Err(SamplesError::Later(fault, requested)) => (fault, requested),
            Err(SamplesError::Failed(fault)) if fault.is_transient() => (fault, Duration::ZERO),
            Err(SamplesError::Failed(fault)) => return Err(fault),
        };
        match pauses.next().map(|pause| pause.max(requested)) {
            Some(pause) if context.has_time_after(pause) => context.clock.sleep(pause).await,
            _ => return Err(fault),
        }
    }
}
