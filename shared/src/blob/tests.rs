use std::io::Read;

use flate2::read::DeflateDecoder;

use super::*;

#[derive(Clone, PartialEq, Eq, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

fn label() -> Label {
    Label {
        name: "a".into(),
        value: "b".repeat(1_000),
    }
}

/// Version 1: the version and a deflate stream.
fn version_1() -> Vec<u8> {
    let mut bytes = encode(&label());
    bytes[0] = 1;
    bytes.truncate(bytes.len() - 4);
    bytes
}

#[test]
fn a_message_survives_and_is_smaller() {
    let bytes = encode(&label());
    assert!(bytes.len() < 50);
    assert_eq!(decode::<Label>(&bytes).unwrap(), label());
}

#[test]
fn the_version_before_and_the_one_after_are_read() {
    assert_eq!(decode::<Label>(&version_1()).unwrap(), label());
    // A build of version 1 inflates what follows the version byte and stops at the end of the stream.
    let mut message = Vec::new();
    DeflateDecoder::new(&encode(&label())[1..])
        .read_to_end(&mut message)
        .unwrap();
    assert_eq!(Label::decode(message.as_slice()).unwrap(), label());
    let mut next = encode(&label());
    next[0] = VERSION + 1;
    assert_eq!(decode::<Label>(&next).unwrap(), label());
    next[0] = VERSION + 2;
    assert!(matches!(decode::<Label>(&next), Err(BlobError::Version(4))));
}

#[test]
fn a_damaged_byte_is_noticed_wherever_it_is() {
    let whole = encode(&label());
    for at in 1..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let read = decode::<Label>(&bytes);
        assert!(!matches!(read, Ok(read) if read != label()), "{at}");
    }
    for bytes in [
        &b""[..],
        b"\0",
        b"\x01no deflate",
        &whole[..whole.len() - 1],
    ] {
        assert!(matches!(decode::<Label>(bytes), Err(BlobError::Damaged(_))));
    }
}

#[test]
fn a_message_above_the_limit_is_an_error_and_not_cut() {
    let message = Label {
        name: String::new(),
        value: "b".repeat(MOST_INFLATED),
    };
    let error = decode::<Label>(&encode(&message)).unwrap_err();
    assert!(
        error.to_string().contains("inflates to more than"),
        "{error}"
    );
}
