//! CloudWatch, and the quarantine bucket for datapoints that it rejects.

use picket_aws::Fault as Error;
use picket_cloudwatch::{
    pack::Request,
    ports::{PutError, PutMetrics, QuarantineDatum},
    rejected::QuarantinedDatum,
};

use super::Publisher;
use crate::{
    cloudwatch::{count, is_legal},
    faults::Fault,
    kernel::{MILLISECOND, SECOND},
};

impl PutMetrics for Publisher {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        let world = &self.world;
        world.travel(&self.life).await;
        let now = world.now();
        {
            let state = &mut *world.state();
            if state.dice.once_in(state.weather.put_refused) {
                let pause = state.dice.between(0, 4 * SECOND);
                state.cloudwatch.refuses_until = now + pause;
            }
            if now <= state.cloudwatch.refuses_until {
                state.faults.count(Fault::PutRefused);
                return Err(PutError::Refused(Error::transient("Throttling")));
            }
        }
        if let Err(error) = world.fails(Fault::PutLostBefore, |weather| weather.put_lost) {
            self.doubt();
            return Err(PutError::Lost(error));
        }
        if !is_legal(request, now / SECOND) {
            let what = format!(
                "CloudWatch does not take a request to {}",
                request.namespace
            );
            world.state().violate(what);
            return Err(PutError::Illegal(Error::permanent("illegal")));
        }
        self.sent.lock().unwrap().push(request.clone());
        {
            let state = &mut *world.state();
            state.cloudwatch.requests += 1;
            count(request, &mut state.cloudwatch.has);
            let begun_at = self.life.begun_at() / MILLISECOND;
            let untrue = state.check_ages(request, begun_at, now / MILLISECOND);
            self.untrue.lock().unwrap().extend(untrue);
        }
        world.travel(&self.life).await;
        if let Err(error) = world.fails(Fault::PutLostAfter, |weather| weather.put_lost) {
            self.doubt();
            return Err(PutError::Lost(error));
        }
        Ok(())
    }
}

impl QuarantineDatum for Publisher {
    async fn quarantine_datum(&self, object: &QuarantinedDatum) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, _| {
                state.bucket.insert(object.key.clone(), object.body.clone());
                Ok(())
            })
            .await
    }
}
