//! The resources of a history: whose they are, and what they are. What a resource is differs from history to history.

/// How a resource's playbook treats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Act,
    Ask,
    Watch,
    Untagged,
    Own,
}

/// The owners of the resources. The first resource has two alarms.
pub(crate) const OWNERS: [Owner; 8] = [
    Owner::Act,
    Owner::Act,
    Owner::Act,
    Owner::Act,
    Owner::Ask,
    Owner::Watch,
    Owner::Untagged,
    Owner::Own,
];

/// What a resource is, by the setting that its playbook changes. All values are numbers:
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A function: its reservation.
    Reservation,
    /// An on-demand table: its maximum of write units.
    Ceiling,
    /// A provisioned table: its write units.
    Capacity,
    /// A table: its write units, or 0 in on-demand mode.
    Mode,
    /// An event source mapping: 1, or 0 where it is paused.
    Mapping,
    /// A parameter: the number of a text of [`TEXTS`].
    Parameter,
    /// An alias: its version.
    Alias,
    /// A service of ECS: its tasks.
    Tasks,
    /// A dead-letter queue: when its last move was started, or 0.
    Redrive,
    /// A service of ECS: the number of its newest deployment.
    Redeploy,
    /// An Automation document: the number of its last execution, or 0.
    Document,
    /// A provisioned stream: its shards.
    Shards,
    /// A stream: 1, or 0 in on-demand mode.
    StreamMode,
    /// An event source mapping of a stream: its parallelization.
    Parallelization,
    /// A log group: its retention in days, or 0 where it has none.
    Retention,
    /// A function that may be stopped: its reservation, or [`NONE`].
    Stop,
}

/// A function without a reservation.
pub(crate) const NONE: u64 = 9_999;

/// The texts of a parameter: that before, the playbook's, and a person's own.
pub(crate) const TEXTS: [&str; 3] = ["primary", "fallback", "mine"];

pub(crate) const ALL: [Kind; 16] = [
    Kind::Reservation,
    Kind::Ceiling,
    Kind::Capacity,
    Kind::Mode,
    Kind::Mapping,
    Kind::Parameter,
    Kind::Alias,
    Kind::Tasks,
    Kind::Redrive,
    Kind::Redeploy,
    Kind::Document,
    Kind::Shards,
    Kind::StreamMode,
    Kind::Parallelization,
    Kind::Retention,
    Kind::Stop,
];

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reservation => "reservation",
            Self::Ceiling => "ceiling",
            Self::Capacity => "capacity",
            Self::Mode => "mode",
            Self::Mapping => "mapping",
            Self::Parameter => "parameter",
            Self::Alias => "alias",
            Self::Tasks => "tasks",
            Self::Redrive => "redrive",
            Self::Redeploy => "redeploy",
            Self::Document => "document",
            Self::Shards => "shards",
            Self::StreamMode => "stream-mode",
            Self::Parallelization => "parallelization",
            Self::Retention => "retention",
            Self::Stop => "stop",
        }
    }

    /// Whether a change starts something that ends by itself.
    pub(crate) const fn is_run(self) -> bool {
        matches!(self, Self::Redrive | Self::Redeploy | Self::Document)
    }

    /// Whether a change is taken back. A switch of a stream's mode and the switch back would be both that AWS allows in a
    /// day.
    pub(crate) const fn reverts(self) -> bool {
        !self.is_run() && !matches!(self, Self::Alias | Self::Retention | Self::StreamMode)
    }

    /// Whether the alarm alone is the cause, and no metric shows another.
    pub(crate) const fn is_blind(self) -> bool {
        matches!(
            self,
            Self::Parameter | Self::Redeploy | Self::Document | Self::Retention
        )
    }

    /// The metric of the alarms on the resource with this number: namespace, name and dimensions.
    pub(crate) fn metric(
        self,
        number: usize,
    ) -> (&'static str, &'static str, Vec<(&'static str, String)>) {
        let function = || ("FunctionName", format!("f{number}"));
        match self {
            Self::Reservation => ("AWS/Lambda", "Throttles", vec![function()]),
            Self::Mapping => ("AWS/Lambda", "Errors", vec![function()]),
            Self::Parallelization => ("AWS/Lambda", "IteratorAge", vec![function()]),
            Self::Stop => ("AWS/Lambda", "Invocations", vec![function()]),
            Self::Alias => {
                let alias = ("Resource", format!("f{number}:live"));
                ("AWS/Lambda", "Errors", vec![function(), alias])
            }
            Self::Ceiling | Self::Capacity | Self::Mode => {
                let table = ("TableName", format!("t{number}"));
                ("AWS/DynamoDB", "WriteThrottleEvents", vec![table])
            }
            Self::Shards | Self::StreamMode => {
                let stream = ("StreamName", format!("k{number}"));
                let metric = "WriteProvisionedThroughputExceeded";
                ("AWS/Kinesis", metric, vec![stream])
            }
            Self::Retention => {
                let group = ("LogGroupName", format!("g{number}"));
                ("AWS/Logs", "IncomingBytes", vec![group])
            }
            Self::Tasks | Self::Redeploy => {
                let cluster = ("ClusterName", "c".to_owned());
                let service = ("ServiceName", format!("s{number}"));
                ("AWS/ECS", "CPUUtilization", vec![cluster, service])
            }
            Self::Redrive => {
                let queue = ("QueueName", format!("q{number}"));
                ("AWS/SQS", "ApproximateNumberOfMessagesVisible", vec![queue])
            }
            Self::Parameter => {
                let model = ("ModelId", format!("m{number}"));
                ("AWS/Bedrock", "InvocationServerErrors", vec![model])
            }
            Self::Document => {
                let service = ("Service", format!("x{number}"));
                ("Orders", "Failures", vec![service])
            }
        }
    }
}

/// The number of the resource at the end of a name: of `f3`, `table/t3`, `/agent/p3` and an ARN that ends so.
pub(crate) fn number_in(name: &str) -> Option<usize> {
    let digits = name.len()
        - name
            .trim_end_matches(|last: char| last.is_ascii_digit())
            .len();
    name[name.len() - digits..].parse().ok()
}
