//! The digest of the day's usage: an item of the ledger table with the digest as JSON in `body` (B).

use picket_aws::{Fault, state::BlobKey};
use picket_shared::usage::{USAGE_DIGEST_KEY, UsageDigest};

use super::Adapters;
use crate::ports::ReadUsageDigest;

impl ReadUsageDigest for Adapters {
    async fn read_usage_digest(&self) -> Result<Option<UsageDigest>, Fault> {
        let (name, part) = USAGE_DIGEST_KEY;
        let stored = self.ledger.read(&BlobKey::new(name, part)).await?;
        Ok(stored.and_then(|stored| UsageDigest::decode(&stored.body)))
    }
}
