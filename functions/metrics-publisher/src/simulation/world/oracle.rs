//! What the world saw of the publishers.

use super::*;

impl World {
    pub(in crate::simulation) fn assert_ledger_exact(&self) {
        let state = self.state();
        assert_eq!(state.ledger, state.expected);
    }

    /// The ledger's rows, requests and input tokens.
    pub(in crate::simulation) fn ledger_totals(&self) -> (usize, u64, u64) {
        let state = self.state();
        let sum = |of: fn(&Usage) -> u64| state.ledger.values().map(of).sum();
        let requests = sum(|usage| usage.requests);
        (
            state.ledger.len(),
            requests,
            sum(|usage| usage.tokens.input),
        )
    }

    /// Slices that CloudWatch never got.
    pub(in crate::simulation) fn never_sent(&self) -> usize {
        self.state()
            .sent
            .values()
            .filter(|times| **times == 0)
            .count()
    }

    /// In each chain, CloudWatch has the first so many slices, and none beyond.
    pub(in crate::simulation) fn assert_sent_in_order(&self) {
        let state = self.state();
        let mut first_unsent: BTreeMap<&ChainId, usize> = BTreeMap::new();
        let mut last_sent: BTreeMap<&ChainId, usize> = BTreeMap::new();
        for (name, (chain, place)) in &state.places {
            if state.sent[name] == 0 {
                let first = first_unsent.entry(chain).or_insert(usize::MAX);
                *first = (*first).min(*place);
            } else {
                let last = last_sent.entry(chain).or_default();
                *last = (*last).max(*place);
            }
        }
        for (chain, first) in first_unsent {
            assert!(
                last_sent.get(chain).is_none_or(|last| *last < first),
                "{chain}"
            );
        }
    }

    /// Calls so far, and the most at one time.
    pub(in crate::simulation) fn calls(&self) -> (u64, usize) {
        let state = self.state();
        (state.calls, state.most_in_flight)
    }

    /// Chains in which a sink has begun.
    pub(in crate::simulation) fn chains_begun(&self, sink: Sink) -> usize {
        let state = self.state();
        state.cursors.keys().filter(|(of, _)| *of == sink).count()
    }

    /// Transactions on the ledger so far, and those that met another.
    pub(in crate::simulation) fn transactions(&self) -> (u64, u64) {
        let state = self.state();
        (state.transactions, state.conflicts)
    }

    /// Seconds since the oldest slice that a sink has not done was committed; 0 where it has done all.
    pub(in crate::simulation) fn true_age(&self, sink: Sink) -> f64 {
        let state = self.state();
        let oldest = state.chains.iter().filter_map(|(chain, slices)| {
            let cursor = state.cursors.get(&(sink, chain.clone()));
            let mark = cursor.map_or_else(Position::start, |cursor| cursor.mark.clone());
            let left = slices.iter().find(|slice| slice.before >= mark)?;
            Some(state.now().duration_since(left.committed_at).as_secs_f64())
        });
        oldest.fold(0.0, f64::max)
    }

    /// Blobs written, and the kilobytes that DynamoDB bills of them.
    pub(in crate::simulation) fn blob_writes(&self) -> (u64, u64) {
        self.state().blob_writes
    }

    /// How many times CloudWatch got a slice it already had.
    pub(in crate::simulation) fn sent_twice(&self) -> u64 {
        self.state()
            .sent
            .values()
            .map(|times| times.saturating_sub(1))
            .sum()
    }

    /// The count of the metric that every slice contains.
    pub(in crate::simulation) fn events(&self) -> u64 {
        self.state().events
    }

    /// The ambiguous slices, as the cursors count them.
    pub(in crate::simulation) fn ambiguous(&self) -> u64 {
        self.state()
            .cursors
            .values()
            .map(|cursor| cursor.ambiguous)
            .sum()
    }

    /// The last value of one of the publisher's own metrics.
    pub(in crate::simulation) fn own(&self, name: &str) -> Option<f64> {
        self.state().own.get(name).copied()
    }

    /// The notifications that were published.
    pub(in crate::simulation) fn messages(&self) -> Vec<FleetMessage> {
        self.state().messages.clone()
    }

    /// The values of a distribution's last datapoint.
    pub(in crate::simulation) fn distribution(&self, name: &str) -> Vec<(f64, u64)> {
        self.state()
            .distributions
            .get(name)
            .cloned()
            .unwrap_or_default()
    }

    /// The quarantined objects, by key.
    pub(in crate::simulation) fn quarantine(&self) -> BTreeMap<String, String> {
        self.state().quarantine.clone()
    }

    /// The keys of the slices that were kept because nobody can read them.
    pub(in crate::simulation) fn kept(&self) -> BTreeSet<String> {
        self.state().kept.clone()
    }

    /// The values that CloudWatch has of each agent.
    pub(in crate::simulation) fn agents(&self) -> BTreeMap<String, f64> {
        self.state().agents.clone()
    }

    /// CloudWatch's statistics of a metric, by minute.
    pub(in crate::simulation) fn received(&self, name: &str) -> BTreeMap<i64, Statistics> {
        let state = self.state();
        let of_metric = state.received.iter().filter(|((of, _), _)| of == name);
        of_metric
            .map(|((_, minute), statistics)| (*minute, *statistics))
            .collect()
    }

    /// The chains' statistics of a metric, by minute.
    pub(in crate::simulation) fn committed(&self, name: &str) -> BTreeMap<i64, Statistics> {
        let state = self.state();
        let slices = state.chains.values().flatten();
        let mut committed = BTreeMap::<i64, Statistics>::new();
        for series in slices.flat_map(|slice| &slice.body.series) {
            if series.key.name == name {
                let statistics = series.aggregate.statistics();
                let known = committed.entry(series.minute);
                let known = known.and_modify(|known| known.merge(statistics));
                known.or_insert(statistics);
            }
        }
        committed
    }

    /// The samples of a Prometheus series, in the order of arrival.
    pub(in crate::simulation) fn samples(&self, name: &str) -> Vec<(i64, f64)> {
        self.state().samples.get(name).cloned().unwrap_or_default()
    }

    /// Requests that the receiver of samples was sent.
    pub(in crate::simulation) fn sample_requests(&self) -> u64 {
        self.state().sample_requests
    }

    /// Samples that came after newer ones.
    pub(in crate::simulation) fn out_of_order(&self) -> u64 {
        self.state().out_of_order
    }

    /// Slices committed, each with one `Events`.
    pub(in crate::simulation) fn slices(&self) -> u64 {
        self.state().names
    }

    /// A blob's bytes.
    pub(in crate::simulation) fn blob(&self, place: &BlobKey) -> Option<Vec<u8>> {
        Some(self.state().blobs.get(place)?.body.clone())
    }

    /// Blobs that hold something.
    pub(in crate::simulation) fn blobs(&self) -> usize {
        let state = self.state();
        state
            .blobs
            .values()
            .filter(|blob| !blob.body.is_empty())
            .count()
    }

    pub(in crate::simulation) fn heartbeats(&self) -> u64 {
        self.state().heartbeats
    }
}
