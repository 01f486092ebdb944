//! Reads the next slices of chains, and the ledger's rows of their days.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use jiff::civil::Date;
use picket_aws::{Fault, ledger::Sink};
use picket_shared::{chain::ChainId, clock::Clock, position::Position};

use super::{
    folded::Folded,
    shards::{Failed, ShardProgress},
};
use crate::{
    chains::{
        context::{MOST_AT_ONCE, TickContext},
        memory::{ChainRead, KeptBytes, keep_usage},
        read::{Continuity, read_next},
    },
    ledger::{day_rows::DayRows, plan::Backlog},
    ports::Ports,
    self_metrics::waiting::Waiting,
};

/// Reads the next slices of each chain, several chains concurrently. Only the usage is kept, since all are in memory at
/// once.
pub(super) async fn read_all<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    wave: &mut [&mut ShardProgress<'_>],
    folded: &mut Folded,
    failed: &mut Failed,
) -> Vec<Backlog> {
    let share = wave.len();
    let kept = &KeptBytes::of(Sink::Ledger);
    let mut reads = stream::iter(wave)
        .map(|chain| async move {
            let limit = context.limit(share, chain.done);
            (read(context, chain.chain, limit, kept).await, chain)
        })
        .buffered(MOST_AT_ONCE);
    let mut backlogs = Vec::new();
    while let Some((read, chain)) = reads.next().await {
        match read {
            Ok(ChainRead::Read((backlog, continuity))) => {
                folded.gaps += u64::from(continuity == Continuity::Gap);
                let first = backlog.slices.first();
                chain.waiting = Waiting::Since(first.map(|slice| slice.committed_at));
                chain.left = backlog.slices.is_empty();
                backlogs.extend((!chain.left).then_some(backlog));
            }
            Ok(ChainRead::NoTime) => chain.left = true,
            Ok(ChainRead::NoMemory) => {}
            Err(fault) => failed.add(std::iter::once(&mut **chain), fault),
        }
    }
    backlogs
}

/// Reads the rows of the days to which usage is added: a query a day, once a process.
pub(super) async fn read_days<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    backlogs: &[Backlog],
    days: &mut DayRows,
) -> Result<(), Fault> {
    let slices = backlogs.iter().flat_map(|backlog| &backlog.slices);
    let rows = slices.flat_map(|slice| &slice.body.usage);
    let named: BTreeSet<Date> = rows.map(|row| row.key.date).collect();
    for day in named {
        if !days.contains(day) {
            let rows = context.ports.read_usage(day, days.most_read()).await?;
            days.insert(day, rows.as_deref());
        }
    }
    Ok(())
}

/// Reads the next slices of a chain, at most `limit`, and adds their usage to what is kept.
async fn read<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chain: &ChainId,
    limit: u16,
    kept: &KeptBytes,
) -> Result<ChainRead<(Backlog, Continuity)>, Fault> {
    if limit == 0 || !context.has_time() {
        return Ok(ChainRead::NoTime);
    }
    let cursor = context
        .cursors
        .read(context.ports, Sink::Ledger, chain)
        .await?;
    let mark = cursor
        .as_ref()
        .map_or_else(Position::start, |cursor| cursor.mark.clone());
    let _permit = context.decoding.permit(Sink::Ledger).await;
    if kept.is_full() {
        return Ok(ChainRead::NoMemory);
    }
    let (mut slices, continuity) = read_next(context, chain, &mark, limit).await?;
    kept.add(keep_usage(&mut slices));
    let backlog = Backlog {
        chain: chain.clone(),
        cursor,
        slices,
    };
    Ok(ChainRead::Read((backlog, continuity)))
}
