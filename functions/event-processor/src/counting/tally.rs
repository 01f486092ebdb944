//! How events fared: the function's counts of its own.

/// How events fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events, whatever became of them.
    pub read: u64,
    /// Taken by a rule.
    pub matched: u64,
    /// Taken by none.
    pub unmatched: u64,
    /// That could not be read.
    pub quarantined: u64,
    /// Sent a second time by their producer, among the matched.
    pub repeated: u64,
    /// Whose own time could not be used for metrics.
    pub timestamps_replaced: u64,
    /// Roll-ups left out, the event lacking one of their dimensions.
    pub dimension_sets_left_out: u64,
    /// Values that are no number CloudWatch takes.
    pub values_refused: u64,
    /// Lines that our own stack logged, which no rule sees.
    pub own_logs_dropped: u64,
    /// CloudWatch Logs' own messages, which no rule sees.
    pub control_messages: u64,
    /// Copies of a record that was put back, another of which counts.
    pub copies_dropped: u64,
    /// Events that a rule takes and that carry a model's token usage too, which lacks its request id, its model or a count.
    pub usage_incomplete: u64,
    /// Requests to a model that a workload left alone, its `Source` being another.
    pub other_source: u64,
}

impl Tally {
    /// Of an event that no rule sees.
    pub(crate) fn dropped() -> Self {
        Self {
            read: 1,
            unmatched: 1,
            ..Self::default()
        }
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.matched += other.matched;
        self.unmatched += other.unmatched;
        self.quarantined += other.quarantined;
        self.repeated += other.repeated;
        self.timestamps_replaced += other.timestamps_replaced;
        self.dimension_sets_left_out += other.dimension_sets_left_out;
        self.values_refused += other.values_refused;
        self.own_logs_dropped += other.own_logs_dropped;
        self.control_messages += other.control_messages;
        self.copies_dropped += other.copies_dropped;
        self.usage_incomplete += other.usage_incomplete;
        self.other_source += other.other_source;
    }

    /// The counts by the names of our own metrics.
    pub const fn metrics(&self) -> [(&'static str, u64); 13] {
        [
            ("RecordsRead", self.read),
            ("RecordsMatched", self.matched),
            ("RecordsUnmatched", self.unmatched),
            ("RecordsQuarantined", self.quarantined),
            ("RecordsRepeated", self.repeated),
            ("TimestampsReplaced", self.timestamps_replaced),
            ("DimensionSetsLeftOut", self.dimension_sets_left_out),
            ("ValuesRefused", self.values_refused),
            ("OwnLogEventsDropped", self.own_logs_dropped),
            ("ControlMessages", self.control_messages),
            ("RecordCopiesDropped", self.copies_dropped),
            ("UsageIncomplete", self.usage_incomplete),
            ("RequestsOfAnotherSource", self.other_source),
        ]
    }
}
