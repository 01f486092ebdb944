//! One request to a receiver, with patience.

use picket_aws::Fault;
use picket_shared::{clock::Clock, report::Chain};

use crate::{
    ports::{Ports, SamplesFault},
    prometheus::wire::WriteRequest,
    run::{PAUSES, Run},
};

/// Sends a request, again where the receiver did not take it for now. How many samples it will never take, or why it failed.
pub(super) async fn send<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    request: &WriteRequest,
) -> Result<u64, Fault> {
    let mut pauses = PAUSES.into_iter();
    loop {
        match (run.ports.write_samples(request).await, pauses.next()) {
            (Ok(()), _) => return Ok(0),
            (Err(SamplesFault::Final(fault)), _) => {
                let samples = request.samples() as u64;
                tracing::error!(
                    error = %Chain(&fault), samples,
                    "Prometheus refused samples for good; they are counted, and the next repair them"
                );
                return Ok(samples);
            }
            (Err(SamplesFault::Failed(fault)), Some(pause))
                if fault.is_passing() && run.has_time() =>
            {
                run.clock.sleep(pause).await;
            }
            (Err(SamplesFault::Failed(fault)), _) => return Err(fault),
        }
    }
}
