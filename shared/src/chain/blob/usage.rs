//! A usage row in the blob.

use super::{BlobError, wire};
use crate::usage::{TokenCounts, Usage, UsageKey, UsageRow};

pub(super) fn to_wire(row: &UsageRow) -> wire::Usage {
    let TokenCounts {
        input,
        output,
        cache_read,
        cache_write_5m,
        cache_write_1h,
    } = row.usage.tokens;
    wire::Usage {
        date: row.key.date.to_string(),
        agent: row.key.agent.clone(),
        model: row.key.model.clone(),
        incident: row.key.incident.clone(),
        price: row.key.price.clone(),
        batch: row.key.batch,
        requests: row.usage.requests,
        input,
        output,
        cache_read,
        cache_write_5m,
        cache_write_1h,
    }
}

pub(super) fn from_wire(message: wire::Usage) -> Result<UsageRow, BlobError> {
    let wire::Usage {
        input,
        output,
        cache_read,
        cache_write_5m,
        cache_write_1h,
        ..
    } = message;
    let date = message
        .date
        .parse()
        .map_err(|_| BlobError::Damaged(format!("{:?} is not a day", message.date)))?;
    let key = UsageKey {
        date,
        agent: message.agent,
        model: message.model,
        incident: message.incident,
        price: message.price,
        batch: message.batch,
    };
    let tokens = TokenCounts {
        input,
        output,
        cache_read,
        cache_write_5m,
        cache_write_1h,
    };
    Ok(UsageRow {
        key,
        usage: Usage {
            requests: message.requests,
            tokens,
        },
    })
}
