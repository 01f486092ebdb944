//! The raw body of an invocation, for a decoder that borrows from it.
//!
//! The runtime's payload type cannot borrow and its decoder takes four times as long (docs/decisions/0003).

use std::{
    cell::Cell,
    mem,
    task::{Context, Poll},
};

use bytes::Bytes;
use lambda_runtime::{Error, LambdaInvocation};
use tokio::task::futures::TaskLocalFuture;
use tower::{Layer, Service};

tokio::task_local! {
    static BODY: Cell<Option<Bytes>>;
}

/// A layer that keeps the body for [`take`], and passes `null` to the runtime's decoder.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawBody;

/// The service of [`RawBody`].
#[derive(Debug, Clone)]
pub struct RawBodyService<S>(S);

impl<S> Layer<S> for RawBody {
    type Service = RawBodyService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RawBodyService(inner)
    }
}

impl<S> Service<LambdaInvocation> for RawBodyService<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
{
    type Response = ();
    type Error = Error;
    type Future = TaskLocalFuture<Cell<Option<Bytes>>, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> Self::Future {
        let body = mem::replace(&mut invocation.body, Bytes::from_static(b"null"));
        BODY.scope(Cell::new(Some(body)), self.0.call(invocation))
    }
}

/// Takes the body of this invocation; `None` a second time, and outside the layer.
pub fn take() -> Option<Bytes> {
    BODY.try_with(Cell::take).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_body_is_taken_once() {
        let body = Cell::new(Some(Bytes::from_static(b"{}")));
        let taken = BODY.scope(body, async { (take(), take()) }).await;
        assert_eq!(taken, (Some(Bytes::from_static(b"{}")), None));
        assert_eq!(take(), None);
    }
}
