//! What gzip holds comes apart as it would without; gzip itself, damaged, is refused, and nothing inflates beyond its
//! bound.
#![no_main]

use picket_fuzz::{aggregate, gzip, parts};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let gzipped = gzip(bytes);
    let begins_like_another = [&[0x1f, 0x8b][..], &[0xf3, 0x89, 0x9a, 0xc2]]
        .iter()
        .any(|sign| bytes.starts_with(sign));
    if !begins_like_another {
        assert_eq!(parts(&gzipped), parts(bytes));
    }
    assert_eq!(
        parts(&gzip(&gzipped)),
        ["! the payload is gzip inside gzip"]
    );

    let cut = gzipped.len() - 1 - bytes.len() % gzipped.len();
    parts(&gzipped[..cut]);
    let damaged = [&[0x1f, 0x8b, 8], bytes].concat();
    parts(&damaged);
    parts(&aggregate(&[&damaged, &gzipped, &damaged]));
});
