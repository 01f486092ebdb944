//! One request to a receiver, with patience.

use std::time::Duration;

use picket_aws::{Fault, timing::RETRY_PAUSES};
use picket_shared::{clock::Clock, report::ErrorChain};

use crate::{
    context::Run,
    ports::{Point, Ports, SamplesFault},
    prometheus::wire::WriteRequest,
};

/// Sends a request, again where the receiver did not take it for now: after as long as it asked for, if there is so much time.
/// How many samples it will never take, or why it failed.
pub(super) async fn send<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    request: &WriteRequest,
) -> Result<u64, Fault> {
    let mut pauses = RETRY_PAUSES.into_iter();
    loop {
        run.ports.reach(Point::BeforeSamples);
        let answer = run.ports.write_samples(request).await;
        run.ports.reach(Point::AfterSamples);
        let (fault, asked) = match answer {
            Ok(()) => return Ok(0),
            Err(SamplesFault::Final(fault)) => {
                let samples = request.samples() as u64;
                tracing::error!(
                    error = %ErrorChain(&fault), samples,
                    "Prometheus refused samples for good; they are counted, and the next repair them"
                );
                return Ok(samples);
            }
            Err(SamplesFault::Later(fault, asked)) => (fault, asked),
            Err(SamplesFault::Failed(fault)) if fault.is_transient() => (fault, Duration::ZERO),
            Err(SamplesFault::Failed(fault)) => return Err(fault),
        };
        match pauses.next().map(|pause| pause.max(asked)) {
            Some(pause) if run.has_time_after(pause) => run.clock.sleep(pause).await,
            _ => return Err(fault),
        }
    }
}
