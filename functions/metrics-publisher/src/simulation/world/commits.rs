//! What producers send meanwhile.

use super::*;

impl World {
    /// Commits a slice to each chain, with usage, a metric of its own and a common one, now and then with a stamp
    /// ahead.
    pub(in crate::simulation) fn commit_some(&self) {
        let mut state = self.state();
        for chain in state.shards() {
            let name = format!("{OWN_OF_A_SLICE}{}", state.names);
            state.names += 1;
            state.sent.insert(name.clone(), 0);
            let place = (chain.clone(), state.chains[&chain].len());
            state.places.insert(name.clone(), place);
            let ahead = if state.random(10) == 0 { 30 } else { 0 };
            let minute = state.now_ms / 60_000 + ahead;
            let mut own = series(&name, minute);
            // Two namespaces, so that a round has two requests.
            if state.names.is_multiple_of(2) {
                own.key.namespace = "Picket/Test".into();
            }
            let series = vec![own, series("Events", minute)];
            let rows = [0, 1, 3, 120, 250][usize::try_from(state.random(5)).unwrap()];
            let usage = (0..rows).map(|_| state.usage_row()).collect();
            state.commit(
                &chain,
                Body {
                    series,
                    usage,
                    ..Body::default()
                },
            );
        }
    }

    pub(in crate::simulation) fn commit_illegal(&self) {
        self.commit_one(ILLEGAL);
    }

    /// Commits a slice to a chain that nobody will be able to read.
    pub(in crate::simulation) fn commit_damaged(&self) {
        let mut state = self.state();
        let chain = state.chains.keys().nth(1).unwrap().clone();
        state.commit(&chain, Body::default());
        let after = state.chains[&chain].last().unwrap().after.clone();
        state.damaged.insert((chain, after));
    }

    pub(in crate::simulation) fn commit_heartbeat(&self) {
        self.commit_one("Heartbeat");
    }

    /// Commits a heartbeat on every shard.
    pub(in crate::simulation) fn commit_heartbeats(&self) {
        let shards = self.state().chains.len();
        let minute = self.now_ms() / 60_000;
        for shard in 0..shards {
            self.commit_series(shard, vec![series("Heartbeat", minute)]);
        }
    }

    fn commit_one(&self, name: &str) {
        let mut state = self.state();
        let chain = state.shards().remove(0);
        let series = vec![series(name, state.now_ms / 60_000)];
        state.commit(
            &chain,
            Body {
                series,
                ..Body::default()
            },
        );
    }

    /// Commits a slice with this usage to a shard.
    pub(in crate::simulation) fn commit_usage(&self, shard: usize, usage: Vec<UsageRow>) {
        let mut state = self.state();
        let chain = state.shards().remove(shard);
        for row in &usage {
            add(&mut state.expected, &row.key, row.usage);
        }
        let body = Body {
            usage,
            ..Body::default()
        };
        state.commit(&chain, body);
    }

    /// Commits a slice with this series to a shard.
    pub(in crate::simulation) fn commit_series(&self, shard: usize, series: Vec<SeriesMinute>) {
        self.commit_body(
            shard,
            Body {
                series,
                ..Body::default()
            },
        );
    }

    /// Commits a slice to a shard.
    pub(in crate::simulation) fn commit_body(&self, shard: usize, body: Body) {
        let mut state = self.state();
        let chain = state.shards().remove(shard);
        state.commit(&chain, body);
    }
}

impl State {
    fn usage_row(&mut self) -> UsageRow {
        let key = UsageKey {
            date: jiff::civil::date(2023, 11, 14),
            agent: format!("agent-{}", self.random(150)),
            model: "m".into(),
            incident: None,
            price: None,
            batch: false,
        };
        let tokens = TokenCounts {
            input: self.random(1_000),
            output: self.random(1_000),
            ..TokenCounts::default()
        };
        let usage = Usage {
            requests: 1,
            tokens,
        };
        add(&mut self.expected, &key, usage);
        UsageRow { key, usage }
    }

    fn commit(&mut self, chain: &ChainId, body: Body) {
        let after = Position::new(&self.next_position.to_string(), 0).unwrap();
        self.next_position += 1;
        let committed_at = self.now();
        let slices = self.chains.get_mut(chain).unwrap();
        let before = slices
            .last()
            .map_or_else(Position::start, |last| last.after.clone());
        slices.push(Slice {
            chain: chain.clone(),
            before,
            first: after.clone(),
            after,
            committed_at,
            body,
        });
    }
}

fn series(name: &str, minute: i64) -> SeriesMinute {
    let key = SeriesKey {
        namespace: "Picket".into(),
        name: name.into(),
        unit: "Count".into(),
        dimensions: vec![("Stack".into(), "picket-dev".into())],
    };
    SeriesMinute {
        key,
        minute,
        aggregate: Aggregate::Sum(Statistics::of(1.0)),
    }
}
