//! KPL aggregates: any protobuf with a checksum that is right, records put together and taken apart, and a bit that was
//! changed.
#![no_main]

use picket_fuzz::{MAGIC, aggregate, parts, sealed};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parts(&sealed(bytes));
    parts(&[MAGIC, bytes].concat());

    // Of records that are none of gzip's: all in one have one allowance.
    let records: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .filter(|data| !data.starts_with(&[0x1f, 0x8b]) && !data.starts_with(MAGIC))
        .collect();
    if records.is_empty() {
        return;
    }
    let whole = aggregate(&records);
    let apart: Vec<String> = records.iter().flat_map(|record| parts(record)).collect();
    assert_eq!(parts(&whole), apart, "an aggregate is its records");

    let place = MAGIC.len() + bytes.len() % (whole.len() - MAGIC.len());
    let mut changed = whole;
    changed[place] ^= 1 << (bytes.len() % 8);
    assert_eq!(
        parts(&changed),
        ["! the payload begins like a KPL aggregate and is not: its MD5 differs"]
    );
});
