//! The requests of a notification, sent one after the other.

use picket_rules::routes::Sink;
use picket_shared::clock::Clock;

use super::{Delivery, Invocation};
use crate::{
    delivery::{
        SendError,
        attempts::{Attempts, LONGEST_POST, Next},
    },
    incident::Step,
    ports::Ports,
    sinks::{self, Notification, Post, Posted, SinkRequest},
};

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Sends each form of a step; the message that stands in a channel afterwards.
    pub(super) async fn send(
        &self,
        sink: &Sink,
        notification: &Notification<'_>,
        invocation: Invocation<'_>,
    ) -> Result<Option<Posted>, SendError> {
        let mut root = None;
        for form in sinks::requests(sink, notification, &self.endpoints) {
            let post = match &form {
                SinkRequest::Post(post) => post,
                SinkRequest::Email(topic, email) => {
                    let publish = self.ports.publish_email(topic, email);
                    let published = self.within(invocation, publish).await.and_then(|sent| sent);
                    published.map_err(|source| SendError::Unpublished {
                        sink: sink.clone(),
                        source,
                    })?;
                    continue;
                }
            };
            match self.post(sink, post, invocation).await {
                // A message of an incident that is over is not edited: a message of another incident may have replaced
                // it.
                Ok(_) if matches!(notification.step, Step::Late { .. }) => {}
                Ok(posted) => root = post.group_role(posted).or(root),
                Err(SendError::Refused { source, .. })
                    if post.is_edit() && !source.is_transient() =>
                {
                    tracing::warn!(%sink, alert = notification.alert, error = %source, "the message could not be edited; the reply says it");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(root)
    }

    async fn post(
        &self,
        sink: &Sink,
        post: &Post,
        invocation: Invocation<'_>,
    ) -> Result<Option<Posted>, SendError> {
        let mut secret = self.secret(sink, invocation).await?;
        let mut attempts = Attempts::new(post.service());
        let pause = self.pace.pause(&sink.to_string(), self.clock.now());
        self.clock
            .sleep(pause.min(invocation.time_to_send(self.clock.now())))
            .await;
        loop {
            let limit = invocation.time_to_send(self.clock.now());
            if limit.is_zero() {
                return Err(SendError::NoTime { sink: sink.clone() });
            }
            let request = post.request(&secret, &self.endpoints, attempts.is_plain());
            let request = match request {
                Ok(request) => request,
                Err(source) => return Err(self.unusable(sink, source).await),
            };
            let answer = self.ports.post(&request, limit.min(LONGEST_POST)).await;
            match attempts.next(answer, invocation.time_to_send(self.clock.now())) {
                Next::Delivered(posted) => return Ok(posted),
                Next::Wait(pause) => self.clock.sleep(pause).await,
                Next::ReadAgain => secret = self.renewed_secret(sink, invocation).await?,
                Next::Plain => {
                    tracing::warn!(%sink, "the form was refused; sending the plain one");
                }
                Next::GiveUp(source) => {
                    return Err(SendError::Refused {
                        sink: sink.clone(),
                        source,
                    });
                }
            }
        }
    }

    /// Forgets a secret that is not valid, since it may have been corrected: it is read again when it is needed next.
    async fn unusable(&self, sink: &Sink, source: sinks::NotASecret) -> SendError {
        self.secrets.forget(sink).await;
        SendError::NotASecret {
            sink: sink.clone(),
            parameter: self.secrets.parameter(sink),
            source,
        }
    }
}
