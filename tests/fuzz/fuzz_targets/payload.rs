//! A record as it comes: JSON, text, gzip, a subscription's envelope, an aggregate; and through the whole core.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use picket_fuzz::parts;
use picket_fuzz::{ingest::Ingest, rules::RuleSet};

static RULE_SET: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::built_in("fuzz", "picket"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let once = parts(bytes);
    assert_eq!(once, parts(bytes), "the same bytes come apart the same way");

    let mut ingest = Ingest::new(RULE_SET.clone(), Timestamp::UNIX_EPOCH);
    ingest.payloads("fuzz", bytes);
    let ingested = ingest.finish();
    let records = ingested.records;
    assert_eq!(
        records.read,
        records.matched + records.unmatched + records.quarantined
    );
    assert_eq!(records.quarantined, ingested.quarantine.len() as u64);
    for quarantined in &ingested.quarantine {
        assert!(!quarantined.reason.is_empty());
    }
    for series in &ingested.series {
        assert!(series.sum.is_finite() && series.min <= series.max && series.count > 0);
    }
});
