//! The receiver of samples.

use std::time::Duration;

use metrics_publisher::{
    ports::{SamplesError, WriteSamples},
    remote_write::WriteRequest,
};
use picket_aws::Fault as Error;

use super::Publisher;
use crate::{
    faults::Fault,
    kernel::{MILLISECOND, SECOND},
};

impl WriteSamples for Publisher {
    async fn write_samples(&self, request: &WriteRequest) -> Result<(), SamplesError> {
        let world = &self.world;
        world.travel(&self.life).await;
        let now = world.now();
        {
            let state = &mut *world.state();
            if state.dice.once_in(state.weather.samples_refused) {
                let pause = state.dice.between(0, 4 * SECOND);
                state.receiver.refuses_until = now + pause;
            }
            if now <= state.receiver.refuses_until {
                state.faults.count(Fault::SamplesRefused);
                let error = Error::transient("429");
                return Err(if state.dice.once_in(2) {
                    SamplesError::Later(error, Duration::from_secs(1))
                } else {
                    SamplesError::Failed(error)
                });
            }
            if !state.receiver.take(request, now / MILLISECOND) {
                // Of two publishers at once, the one that is later.
                state.faults.count(Fault::SamplesTooLate);
                return Err(SamplesError::Final(Error::permanent("out of order")));
            }
        }
        world.travel(&self.life).await;
        let lost = world.fails(Fault::SamplesLost, |weather| weather.samples_lost);
        lost.map_err(SamplesError::Failed)
    }
}
