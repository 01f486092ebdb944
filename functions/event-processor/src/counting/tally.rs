//! Counts of events by their result: the function's own metrics.

/// Counts of events by their result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All events.
    pub read: u64,
    /// Events that match a rule.
    pub matched: u64,
    /// Events that match no rule.
    pub unmatched: u64,
    /// Events that could not be read.
    pub quarantined: u64,
    /// Duplicates by their producer, among the matched.
    pub repeated: u64,
    /// Events whose own time CloudWatch would reject.
    pub timestamps_replaced: u64,
    /// Roll-ups without a value because the event lacks one of their dimensions.
    pub dimension_sets_left_out: u64,
    /// Values that are not numbers, or that CloudWatch rejects.
    pub values_refused: u64,
    /// Log events of Picket's own stack, which are not evaluated.
    pub own_logs_dropped: u64,
    /// Control messages of CloudWatch Logs, which are not evaluated.
    pub control_messages: u64,
    /// Copies of a replayed record of which another copy counts.
    pub copies_dropped: u64,
    /// Events that match a rule and hold token usage that lacks its request id, its model or a count.
    pub usage_incomplete: u64,
    /// Model requests that a workload does not accept, because its `Source` is another.
    pub other_source: u64,
}

impl Tally {
    /// Returns the counts of an event that is not evaluated.
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

    /// Returns the counts by the names of their metrics.
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
