//! Sends requests until all are accepted or one is not.

use std::collections::{BTreeMap, VecDeque};

use picket_aws::{
    Fault,
    problem::Problem,
    timing::{CALL_TIME, RETRY_PAUSES},
};
use picket_shared::{clock::Clock, deadline::Deadline, report::ErrorChain};

use crate::{
    datum::{Datum, Reason},
    pack::Request,
    ports::{PublishPorts, PutError},
    rejected,
};

/// The result of sending requests.
#[derive(Debug, Default)]
pub struct SendResult {
    /// Requests that were neither accepted nor quarantined.
    pub left: Vec<Request>,
    /// Whether CloudWatch may have counted a request of `left`: its answer was lost.
    pub lost: bool,
    /// Accepted requests.
    pub requests: u64,
    /// Accepted datapoints.
    pub data: u64,
    /// Rejected datapoints, by reason.
    pub dropped: BTreeMap<Reason, u64>,
    /// Failures.
    pub problems: Vec<Problem>,
}

/// Sends the requests in order, until one is refused or time runs out between two. An invalid request is halved until
/// the invalid datapoint is alone; that one is quarantined and counted, so that it does not block the others.
pub async fn put_all<P: PublishPorts, C: Clock>(
    ports: &P,
    clock: &C,
    deadline: Deadline,
    requests: Vec<Request>,
) -> SendResult {
    let sender = Sender {
        ports,
        clock,
        deadline,
    };
    let mut sending = SendResult::default();
    let mut queue = VecDeque::from(requests);
    while let Some(request) = queue.pop_front() {
        if sending.requests > 0 && !sender.has_time() {
            sending.stop(request, queue);
            break;
        }
        match sender.put(&request).await {
            Ok(()) => {
                sending.requests += 1;
                sending.data += request.data.len() as u64;
            }
            Err(PutError::Illegal(fault)) => {
                if let [alone] = request.data.as_slice() {
                    sending
                        .quarantine(&sender, &request.namespace, alone, fault)
                        .await;
                } else if let Some([first, second]) = request.halves() {
                    queue.push_front(second);
                    queue.push_front(first);
                }
            }
            Err(PutError::Refused(fault)) => {
                sending.stop(request, queue);
                sending.fail("the metrics were not all sent", fault);
                break;
            }
            Err(PutError::Lost(fault)) => {
                sending.stop(request, queue);
                sending.lost = true;
                sending.fail(
                    "CloudWatch may have the metrics of one request: its answer was lost",
                    fault,
                );
                break;
            }
        }
    }
    sending
}

impl SendResult {
    /// Writes the datapoint to the quarantine bucket. If that fails, the whole datapoint is logged: sending everything
    /// else again would count all of that twice.
    async fn quarantine<P: PublishPorts, C: Clock>(
        &mut self,
        sender: &Sender<'_, P, C>,
        namespace: &str,
        datum: &Datum,
        fault: Fault,
    ) {
        *self.dropped.entry(Reason::Refused).or_default() += 1;
        let reason = ErrorChain(&fault).to_string();
        let object = rejected::quarantined(namespace, datum, &reason, sender.clock.now());
        match sender.ports.quarantine_datum(&object).await {
            Ok(()) => tracing::error!(
                error = reason,
                namespace,
                metric = datum.name,
                object = object.key,
                "CloudWatch refused a datapoint; it is in quarantine, and counted"
            ),
            Err(fault) => {
                tracing::error!(
                    error = reason, namespace, datum = ?datum,
                    "CloudWatch refused a datapoint; it is here alone, and counted"
                );
                self.problems.push(Problem {
                    part: "a datapoint that CloudWatch refused is in this function's log alone"
                        .to_owned(),
                    fault,
                });
            }
        }
    }

    fn stop(&mut self, request: Request, queue: VecDeque<Request>) {
        self.left = std::iter::once(request).chain(queue).collect();
    }

    fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }

    /// Adds a problem where requests are left, for a caller that has nowhere to keep them.
    #[must_use]
    pub fn or_out_of_time(mut self) -> Self {
        if !self.left.is_empty() && self.problems.is_empty() {
            self.fail(
                "the metrics were not all sent",
                Fault::transient("the invocation's time ran out"),
            );
        }
        self
    }
}

/// The ports of one call of [`put_all`], and the time it has.
struct Sender<'a, P, C> {
    ports: &'a P,
    clock: &'a C,
    deadline: Deadline,
}

impl<P: PublishPorts, C: Clock> Sender<'_, P, C> {
    fn has_time(&self) -> bool {
        self.deadline.remaining(self.clock.now()) >= CALL_TIME
    }

    /// Puts a request; again where CloudWatch throttled it and certainly counted nothing.
    async fn put(&self, request: &Request) -> Result<(), PutError> {
        let mut pauses = RETRY_PAUSES.into_iter();
        loop {
            let answer = self.ports.put_metrics(request).await;
            match (answer, pauses.next()) {
                (Err(PutError::Refused(fault)), Some(pause))
                    if fault.is_transient() && self.has_time() =>
                {
                    self.clock.sleep(pause).await;
                }
                (answer, _) => return answer,
            }
        }
    }
}
