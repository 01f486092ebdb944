//! The usage ledger, whose transactions take time and conflict with others.

use futures::channel::oneshot;
use jiff::civil::Date;
use metrics_publisher::ports::{FoldUsage, ReadUsage};
use picket_aws::{
    Fault as Error,
    ledger::{CursorMove, Move, Sink},
};
use picket_shared::usage::{TokenCounts, Usage, UsageKey, UsageRow};

use super::{Publisher, cursors::to_item};
use crate::{faults::Fault, kernel::MILLISECOND, tables::RowKey, world::State};

/// A row's key and what is added to it.
fn addition(row: &UsageRow) -> (RowKey, [u64; 6]) {
    let UsageRow { key, usage } = row;
    let tokens = usage.tokens;
    let key = (
        key.date.to_string(),
        key.agent.clone(),
        key.model.clone(),
        key.incident.clone(),
        key.price.clone(),
        key.batch,
    );
    let counts = [
        usage.requests,
        tokens.input,
        tokens.output,
        tokens.cache_read,
        tokens.cache_write_5m,
        tokens.cache_write_1h,
    ];
    (key, counts)
}

fn row((key, counts): (&RowKey, &[u64; 6])) -> UsageRow {
    let (date, agent, model, incident, price, batch) = key.clone();
    let tokens = TokenCounts {
        input: counts[1],
        output: counts[2],
        cache_read: counts[3],
        cache_write_5m: counts[4],
        cache_write_1h: counts[5],
    };
    UsageRow {
        key: UsageKey {
            date: date.parse().unwrap(),
            agent,
            model,
            incident,
            price,
            batch,
        },
        usage: Usage {
            requests: counts[0],
            tokens,
        },
    }
}

impl FoldUsage for Publisher {
    /// The table goes on with a transaction whose sender dies.
    async fn fold_usage(&self, moves: &[CursorMove], rows: &[UsageRow]) -> Result<Move, Error> {
        if moves.len() + rows.len() > 100 {
            let what = format!("a transaction of {} actions", moves.len() + rows.len());
            self.world.state().violate(what);
        }
        let additions: Vec<_> = rows.iter().map(addition).collect();
        let keys = additions.iter().map(|(key, _)| format!("{key:?}"));
        let items = keys.chain(moves.iter().map(|cursor| cursor.chain.to_string()));
        let items: Vec<String> = items.collect();
        let moves = moves.to_vec();
        self.world.travel(&self.life).await;
        self.world
            .fails(Fault::Throttled, |weather| weather.throttled)?;
        if !self.world.state().tables.lock(&items) {
            self.world.state().faults.count(Fault::TransactionConflict);
            self.world.travel(&self.life).await;
            return Err(Error::transient("TransactionConflict"));
        }
        let (sender, receiver) = oneshot::channel();
        let world = self.world.clone();
        self.world.kernel.spawn(async move {
            world.pause_between(5 * MILLISECOND, 20 * MILLISECOND).await;
            let now = world.now();
            let state = &mut *world.state();
            state.tables.unlock(&items);
            let outcome = state.fold(&moves, additions, now);
            drop(sender.send(outcome));
        });
        let outcome = receiver.await.unwrap();
        self.world.travel(&self.life).await;
        self.world
            .fails(Fault::LostAnswer, |weather| weather.lost_answer)?;
        outcome
    }
}

impl State {
    fn fold(
        &mut self,
        moves: &[CursorMove],
        additions: Vec<(RowKey, [u64; 6])>,
        now: i64,
    ) -> Result<Move, Error> {
        for (row, _) in &additions {
            self.tables.use_units(&row.0, 2, now, &mut self.faults)?;
        }
        let key = |cursor: &CursorMove| (Sink::Ledger.partition(), cursor.chain.to_string());
        let is_at = |cursor: &CursorMove| self.is_at(&key(cursor), cursor.from.as_ref());
        if !moves.iter().all(is_at) {
            return Ok(Move::Collided);
        }
        for cursor in moves {
            let item = to_item(&cursor.to);
            self.tables.cursors.insert(key(cursor), item);
        }
        for (key, counts) in additions {
            let row = self.tables.ledger.entry(key).or_default();
            let sums = row.iter_mut().zip(counts);
            sums.for_each(|(has, more)| *has += more);
        }
        Ok(Move::Moved)
    }
}

impl ReadUsage for Publisher {
    async fn read_usage(&self, day: Date, most: usize) -> Result<Option<Vec<UsageRow>>, Error> {
        let day = day.to_string();
        self.world
            .call(&self.life, |state, _| {
                let rows = state.tables.ledger.iter();
                let rows: Vec<UsageRow> = rows.filter(|(key, _)| key.0 == day).map(row).collect();
                Ok((rows.len() <= most).then_some(rows))
            })
            .await
    }
}
