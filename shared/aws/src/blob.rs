//! Encodes and decodes the blobs of the ledger table ([`crate::state`]).

use picket_shared::blob::{self, BlobError};
use prost::Message;

use crate::Fault;

/// Encodes a message.
pub fn encode(message: &impl Message) -> Vec<u8> {
    blob::encode(message)
}

/// Decodes a message; `what` names it in errors. Version n reads n-1 and n+1.
pub fn decode<M: Message + Default>(what: &str, bytes: &[u8]) -> Result<M, Fault> {
    blob::decode(bytes).map_err(|error| match error {
        BlobError::Version(_) => {
            Fault::transient(format!("{what} has a newer format")).because(error)
        }
        BlobError::Damaged(_) => Fault::permanent(format!(
            "{what} cannot be read; delete it, and it is made anew"
        ))
        .because(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, PartialEq, Eq, Message)]
    struct Name {
        #[prost(string, tag = "1")]
        name: String,
    }

    #[test]
    fn a_newer_version_is_transient_and_damage_is_permanent() {
        let name = Name { name: "a".into() };
        let mut bytes = encode(&name);
        assert_eq!(decode::<Name>("the name", &bytes).unwrap(), name);
        bytes[0] = 4;
        assert!(
            decode::<Name>("the name", &bytes)
                .unwrap_err()
                .is_transient()
        );
        let damaged = decode::<Name>("the name", b"").unwrap_err();
        assert!(!damaged.is_transient());
        assert!(damaged.to_string().starts_with("the name cannot be read"));
    }
}
