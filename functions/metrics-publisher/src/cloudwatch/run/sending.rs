//! Putting requests, until all are put or one is not.

use std::collections::{BTreeMap, VecDeque};

use picket_aws::Fault;
use picket_shared::{clock::Clock, report::ErrorChain};

use crate::{
    context::{PAUSES, Run},
    datum::{Datum, Reason},
    error::Problem,
    pack::Request,
    ports::{Point, PutFault, SendPorts},
    refusal,
};

/// How it went.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    /// What was not settled, by a success or by quarantine.
    pub(crate) left: Vec<Request>,
    /// Whether something of what is left may have been counted: an answer was lost.
    pub(crate) lost: bool,
    pub(crate) requests: u64,
    pub(crate) data: u64,
    pub(crate) dropped: BTreeMap<Reason, u64>,
    pub(crate) problems: Vec<Problem>,
}

/// Puts the requests in order, until one is refused or time runs out between two. One that CloudWatch calls illegal is halved until
/// the datapoint at fault stands alone; that one is quarantined and counted, so that it holds up nothing else.
pub(crate) async fn put_all<P: SendPorts, C: Clock>(
    run: &Run<'_, P, C>,
    requests: Vec<Request>,
) -> Sending {
    let mut sending = Sending::default();
    let mut queue = VecDeque::from(requests);
    while let Some(request) = queue.pop_front() {
        if sending.requests > 0 && !run.has_time() {
            sending.stop(request, queue);
            break;
        }
        match put_with_patience(run, &request).await {
            Ok(()) => {
                sending.requests += 1;
                sending.data += request.data.len() as u64;
            }
            Err(PutFault::Illegal(fault)) => {
                if let [alone] = request.data.as_slice() {
                    sending
                        .set_aside(run, &request.namespace, alone, fault)
                        .await;
                } else if let Some([first, second]) = request.halves() {
                    queue.push_front(second);
                    queue.push_front(first);
                }
            }
            Err(PutFault::Refused(fault)) => {
                sending.stop(request, queue);
                sending.fail("the metrics were not all sent", fault);
                break;
            }
            Err(PutFault::Lost(fault)) => {
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

impl Sending {
    /// The datapoint goes to the quarantine bucket. Where that cannot be reached it is in the log alone, whole: to send
    /// everything else again for its sake would count all of that twice.
    async fn set_aside<P: SendPorts, C: Clock>(
        &mut self,
        run: &Run<'_, P, C>,
        namespace: &str,
        datum: &Datum,
        fault: Fault,
    ) {
        *self.dropped.entry(Reason::Refused).or_default() += 1;
        let reason = ErrorChain(&fault).to_string();
        let object = refusal::object(namespace, datum, &reason, run.clock.now());
        match run.ports.keep_datum(&object).await {
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

    /// A sender that has nowhere to keep the rest says that there is one.
    pub(crate) fn or_out_of_time(mut self) -> Self {
        if !self.left.is_empty() && self.problems.is_empty() {
            self.fail(
                "the metrics were not all sent",
                Fault::transient("the invocation's time ran out"),
            );
        }
        self
    }
}

/// Puts a request, again where CloudWatch refused it for now and certainly counted nothing.
async fn put_with_patience<P: SendPorts, C: Clock>(
    run: &Run<'_, P, C>,
    request: &Request,
) -> Result<(), PutFault> {
    let mut pauses = PAUSES.into_iter();
    loop {
        run.ports.reach(Point::BeforePut);
        let answer = run.ports.put_metrics(request).await;
        run.ports.reach(Point::AfterPut);
        match (answer, pauses.next()) {
            (Err(PutFault::Refused(fault)), Some(pause))
                if fault.is_transient() && run.has_time() =>
            {
                run.clock.sleep(pause).await;
            }
            (answer, _) => return answer,
        }
    }
}
