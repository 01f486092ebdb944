//! A message as bytes in a table: a version, then deflated protobuf, as the chain's items.

use std::io::{Read, Write};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use picket_aws::Fault;
use prost::Message;

const VERSION: u8 = 1;
/// An item has 400 KB, and deflate gains at most about a thousandfold; far above any blob of ours.
const MOST_INFLATED: u64 = 64 << 20;

/// Bytes of a message.
pub(crate) fn encode(message: &impl Message) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(vec![VERSION], Compression::default());
    encoder
        .write_all(&message.encode_to_vec())
        .and_then(|()| encoder.finish())
        .expect("writing to a Vec cannot fail")
}

/// The message of bytes; `what` names it for people. Version n reads n-1 and n+1.
pub(crate) fn decode<M: Message + Default>(what: &str, bytes: &[u8]) -> Result<M, Fault> {
    let damaged = || {
        Fault::permanent(format!(
            "{what} cannot be read; delete it, and it is made anew"
        ))
    };
    let (&version, deflated) = bytes.split_first().ok_or_else(damaged)?;
    if !(1..=VERSION + 1).contains(&version) {
        return Err(Fault::transient(format!(
            "{what} has format version {version}, and this build reads version {VERSION} and the next: finish the deployment"
        )));
    }
    let mut message = Vec::new();
    DeflateDecoder::new(deflated)
        .take(MOST_INFLATED)
        .read_to_end(&mut message)
        .map_err(|error| damaged().because(error))?;
    M::decode(message.as_slice()).map_err(|error| damaged().because(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prometheus::wire::Label;

    fn label() -> Label {
        Label {
            name: "a".into(),
            value: "b".repeat(1_000),
        }
    }

    #[test]
    fn a_message_comes_back_as_it_went_and_smaller() {
        let bytes = encode(&label());
        assert!(bytes.len() < 50);
        assert_eq!(decode::<Label>("the label", &bytes).unwrap(), label());
    }

    #[test]
    fn a_newer_build_passes_and_damage_does_not() {
        let mut bytes = encode(&label());
        bytes[0] = 2;
        assert!(decode::<Label>("the label", &bytes).is_ok());
        bytes[0] = 3;
        assert!(
            decode::<Label>("the label", &bytes)
                .unwrap_err()
                .is_transient()
        );
        for bytes in [&b""[..], b"\x01no deflate"] {
            assert!(
                !decode::<Label>("the label", bytes)
                    .unwrap_err()
                    .is_transient()
            );
        }
    }
}
