//! Putting requests, until all are put or one is not.

use std::collections::{BTreeMap, VecDeque};

use picket_aws::Fault;
use picket_shared::{clock::Clock, report::Chain};

use crate::{
    claim::Ending,
    datum::{Datum, Reason},
    error::Problem,
    pack::Request,
    ports::{Point, PutFault, SendPorts},
    refusal,
    run::{PAUSES, Run},
};

/// How it went.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) ending: Ending,
    pub(crate) requests: u64,
    pub(crate) data: u64,
    pub(crate) dropped: BTreeMap<Reason, u64>,
    pub(crate) problems: Vec<Problem>,
}

/// Puts the requests in order. One that CloudWatch calls illegal is halved until the datapoint at fault stands alone; that one
/// is quarantined and counted, so that it holds up nothing else.
pub(crate) async fn put_all<P: SendPorts, C: Clock>(
    run: &Run<'_, P, C>,
    requests: Vec<Request>,
) -> Sending {
    let mut sending = Sending {
        ending: Ending::Sent,
        requests: 0,
        data: 0,
        dropped: BTreeMap::new(),
        problems: Vec::new(),
    };
    let mut queue = VecDeque::from(requests);
    while let Some(request) = queue.pop_front() {
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
                let ending = if sending.requests == 0 {
                    Ending::Unsent
                } else {
                    Ending::Unknown
                };
                return sending.failed(ending, fault);
            }
            Err(PutFault::Lost(fault)) => return sending.failed(Ending::Unknown, fault),
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
        let reason = Chain(&fault).to_string();
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

    fn failed(mut self, ending: Ending, fault: Fault) -> Self {
        self.ending = ending;
        let part = match ending {
            Ending::Unknown => {
                "CloudWatch may have only a part of the metrics, and all are sent again and counted"
            }
            Ending::Unsent | Ending::Sent => "the metrics were not sent, and are sent again",
        };
        self.problems.push(Problem {
            part: part.to_owned(),
            fault,
        });
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
                if fault.is_passing() && run.has_time() =>
            {
                run.clock.sleep(pause).await;
            }
            (answer, _) => return answer,
        }
    }
}
