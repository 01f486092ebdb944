//! The ages that the publisher reports, beside the real ones.

use picket_cloudwatch::pack::Request;

use crate::world::State;

impl State {
    /// How old the oldest slice is that a sink has not done, of those committed before the tick began; in milliseconds.
    pub(crate) fn age_of_waiting(&self, sink: &str, begun_at: i64, now: i64) -> i64 {
        let age = |chain: &String| {
            let cursor = self
                .tables
                .cursors
                .iter()
                .find(|((of, name), _)| *of == sink && name == chain);
            let mark = cursor.map_or("000", |(_, item)| item.mark.as_str());
            let items = self.tables.chains.get(chain)?;
            let (_, item) = items.range(mark.to_owned()..).next()?;
            (item.taken_at < begun_at).then_some(now - item.committed_at)
        };
        let chains = self.tables.registry.keys();
        chains.filter_map(age).max().unwrap_or(0)
    }

    /// What the publisher says of its backlog must not be less than there is: what is, where it is.
    pub(super) fn check_ages(&self, request: &Request, begun_at: i64, now: i64) -> Vec<String> {
        let mut untrue = Vec::new();
        for datum in &request.data {
            let sink = datum.dimensions.iter().find(|(name, _)| name == "Sink");
            let partition = match sink.map(|(_, sink)| sink.as_str()) {
                Some("Ledger") if datum.name == "CursorAge" => "cursor/ledger",
                Some("CloudWatch") if datum.name == "CursorAge" => "cursor/cloudwatch",
                _ => continue,
            };
            let picket_cloudwatch::datum::DatumValues::Statistics(said) = &datum.values else {
                continue;
            };
            let age = self.age_of_waiting(partition, begun_at, now);
            #[expect(clippy::cast_precision_loss, reason = "ages in milliseconds")]
            let is = age as f64 / 1_000.0;
            // What is younger than a tick is left to the next one unsaid, and the request may be refused some times
            // before it is taken.
            if said.max + 80.0 < is {
                untrue.push(format!(
                    "CursorAge of {partition} was said to be {} s, and a slice waits for {is} s",
                    said.max
                ));
            }
        }
        untrue
    }
}
