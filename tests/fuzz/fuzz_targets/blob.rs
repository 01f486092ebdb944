//! A slice's body: any bytes, any protobuf under a right checksum, what is written and read again, and a bit that was
//! changed: an error, or nothing else is read.
#![no_main]

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};
use picket_shared::chain::{decode, decode_event_ids, encode};

/// A body of version 2 with this message.
fn sealed(message: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(vec![2], Compression::fast());
    encoder.write_all(message).unwrap();
    let mut bytes = encoder.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(message);
    bytes.extend(crc.sum().to_le_bytes());
    bytes
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = decode(bytes);
    let _ = decode_event_ids(bytes);

    let Ok(body) = decode(&sealed(bytes)) else {
        return;
    };
    let encoded = encode(&body);
    let back = decode(&encoded).expect("what was read can be written and read");
    // Not the series: of buckets that no sketch makes, another sketch may be made each time.
    assert_eq!(
        (&back.usage, &back.quarantined, back.series.len()),
        (&body.usage, &body.quarantined, body.series.len())
    );
    assert_eq!(decode_event_ids(&encoded).unwrap(), body.event_ids);

    let mut changed = encoded;
    let place = 1 + bytes.len() % (changed.len() - 1);
    changed[place] ^= 1 << (bytes.len() % 8);
    // The bits between a block and the next byte mean nothing.
    assert!(decode(&changed).ok().is_none_or(|body| encode(&body) == encode(&back)));
});
