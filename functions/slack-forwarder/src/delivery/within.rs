//! Requests that are given up when the time for sending is over.

use std::{future::Future, pin::pin};

use futures::future::{Either, select};
use picket_aws::Fault;
use picket_rules::routes::Sink;
use picket_shared::clock::Clock;
use secrecy::SecretString;

use super::{Delivery, Invocation};
use crate::{delivery::SendError, ports::Ports};

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// The sink's secret, from memory where it is known.
    pub(super) async fn secret(
        &self,
        sink: &Sink,
        invocation: Invocation<'_>,
    ) -> Result<SecretString, SendError> {
        let read = self
            .within(invocation, self.secrets.get(sink, &self.ports))
            .await;
        read.unwrap_or_else(|fault| Err(self.unreadable(sink, fault)))
    }

    /// The sink's secret, from the parameter.
    pub(super) async fn renewed_secret(
        &self,
        sink: &Sink,
        invocation: Invocation<'_>,
    ) -> Result<SecretString, SendError> {
        let read = self
            .within(invocation, self.secrets.read(sink, &self.ports))
            .await;
        read.unwrap_or_else(|fault| Err(self.unreadable(sink, fault)))
    }

    /// The result of the request, if it comes while there is time to send.
    pub(crate) async fn within<V>(
        &self,
        invocation: Invocation<'_>,
        request: impl Future<Output = V>,
    ) -> Result<V, Fault> {
        let limit = invocation.time_to_send(self.clock.now());
        match select(pin!(request), pin!(self.clock.sleep(limit))).await {
            Either::Left((answer, _)) => Ok(answer),
            Either::Right(((), _)) => Err(Fault::transient("it did not answer in time")),
        }
    }

    fn unreadable(&self, sink: &Sink, fault: Fault) -> SendError {
        SendError::parameter(sink, self.secrets.parameter(sink), fault)
    }
}
