//! What happens in a history: alarms, their changes, how those travel, and what is out of order meanwhile.

/// Milliseconds since 1970.
pub(crate) type Ms = i64;

pub(crate) const SECOND: Ms = 1_000;
pub(crate) const MINUTE: Ms = 60 * SECOND;
pub(crate) const HOUR: Ms = 60 * MINUTE;
/// 2026-11-20T06:00:00Z.
pub(crate) const START: Ms = 1_795_154_400_000;

/// What a sink can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Webhook,
    Channel,
    Pager,
    Email,
}

/// A sink that routes may name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sink {
    pub(crate) id: &'static str,
    pub(crate) yaml: &'static str,
    pub(crate) kind: Kind,
}

pub(crate) static WEBHOOK: Sink = Sink {
    id: "webhook a",
    yaml: "{ webhook: a }",
    kind: Kind::Webhook,
};
pub(crate) static CHANNEL: Sink = Sink {
    id: "slack C1",
    yaml: "{ slack: C1 }",
    kind: Kind::Channel,
};
pub(crate) static PAGER: Sink = Sink {
    id: "pagerduty p",
    yaml: "{ pagerduty: p }",
    kind: Kind::Pager,
};
pub(crate) static EMAIL: Sink = Sink {
    id: "email critical",
    yaml: "{ email: critical }",
    kind: Kind::Email,
};
pub(crate) static OTHER: Sink = Sink {
    id: "webhook b",
    yaml: "{ webhook: b }",
    kind: Kind::Webhook,
};

/// Where an info message goes that no route takes and that cannot be kept for the digest.
pub(crate) static INFO: Sink = Sink {
    id: "webhook info",
    yaml: "{ webhook: info }",
    kind: Kind::Webhook,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    Ok,
    Unknown,
    Alarm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Critical,
    Warning,
    Info,
}

/// How a change travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Topic(Severity),
    EventBridge,
    Action,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) at: Ms,
    pub(crate) state: State,
}

#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    pub(crate) changes: Vec<Change>,
    /// Its Region, by which routes group.
    pub(crate) region: &'static str,
}

/// A copy of a change on its way to Lambda.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub(crate) at: Ms,
    pub(crate) alarm: usize,
    pub(crate) change: usize,
    pub(crate) carrier: Carrier,
}

/// What is out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Sink(&'static str),
    Table,
    Parameters,
    /// The alarms' states in CloudWatch.
    Alarms,
    /// Invocations are killed at any moment.
    Sandboxes,
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// 429, with or without the seconds to wait.
    Limits(Option<u64>),
    /// 5xx, `internal_error`.
    Breaks,
    /// No connection.
    Closes,
    /// Takes the connection and never answers.
    Hangs,
    /// Takes the request, and its answer is lost.
    LosesAnswers,
    /// The table answers after two seconds, which is too late.
    Slow,
    /// The table refuses to write.
    ReadOnly,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    pub(crate) target: Target,
    pub(crate) from: Ms,
    pub(crate) to: Ms,
    pub(crate) manner: Manner,
    /// Of a hundred calls, so many meet it.
    pub(crate) percent: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Silence {
    pub(crate) alarm: usize,
    pub(crate) from: Ms,
    pub(crate) until: Ms,
    /// An operator removes it before its end.
    pub(crate) removed: Option<Ms>,
    /// In the route file, from the start; else in the table.
    pub(crate) in_file: bool,
}

impl Silence {
    pub(crate) fn end(&self) -> Ms {
        self.removed.unwrap_or(self.until).min(self.until)
    }
}

/// Something that Alertmanager says, and later that it is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notice {
    pub(crate) fires: Ms,
    pub(crate) resolved: Ms,
    pub(crate) severity: Severity,
}

/// A forged OK of an alarm that is in ALARM.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forged {
    pub(crate) at: Ms,
    pub(crate) alarm: usize,
    /// The time that it gives.
    pub(crate) of: Ms,
    /// The change that it is taken for: the next OK, or, if there is none, the ALARM itself.
    pub(crate) change: usize,
    pub(crate) carrier: Carrier,
}

#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) seed: u64,
    pub(crate) critical: Vec<&'static Sink>,
    pub(crate) warning: Vec<&'static Sink>,
    /// The length of a route's windows, where it groups.
    pub(crate) group: Option<Ms>,
    pub(crate) storm: u32,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) arrivals: Vec<Arrival>,
    pub(crate) outages: Vec<Outage>,
    pub(crate) silences: Vec<Silence>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) forged: Vec<Forged>,
    /// Of a hundred answers about alarms, so many are of some seconds before.
    pub(crate) stale: usize,
    /// Of a hundred parcels, so many are handed out twice.
    pub(crate) twice: usize,
    /// Before that the failure queue's mapping hands nothing out: it is throttled, and its messages pile up.
    pub(crate) queue_from: Ms,
    /// Of a hundred minutes, in so many the schedule comes twice.
    pub(crate) ticks_twice: usize,
    /// What a partition key of the table takes.
    pub(crate) writes_a_second: Option<usize>,
    /// Requests for the states of alarms that CloudWatch takes.
    pub(crate) queries_a_second: Option<usize>,
    /// Invocations that run at once; the others wait.
    pub(crate) concurrency: Option<usize>,
    /// In a storm: when all of its alarms were in ALARM, and when those that end are OK.
    pub(crate) wave: Option<(Ms, Ms)>,
    /// When the schedule begins.
    pub(crate) tick: Ms,
    /// What arrives, by alarm.
    pub(crate) by_alarm: Vec<Vec<Arrival>>,
    pub(crate) end: Ms,
}

/// The greatest age of an answer about alarms.
pub(crate) const STALE: Ms = 5 * SECOND;
/// How long after the last disturbance a history goes on: the failure queue's ten minutes twice over, with what may be
/// in the way.
pub(crate) const PATIENCE: Ms = 25 * MINUTE;

/// Every moment at which something arrives or becomes well again.
pub(crate) fn disturbances(history: &History) -> Vec<Ms> {
    let arrivals = history.arrivals.iter().map(|arrival| arrival.at);
    let notices = history
        .notices
        .iter()
        .flat_map(|notice| [notice.fires, notice.resolved]);
    let outages = history.outages.iter().map(|outage| outage.to);
    let silences = history
        .silences
        .iter()
        .flat_map(|silence| [silence.from, silence.end()]);
    let forged = history.forged.iter().map(|forged| forged.at);
    let arrives = arrivals.chain(notices).chain(forged);
    arrives.chain(outages).chain(silences).collect()
}
