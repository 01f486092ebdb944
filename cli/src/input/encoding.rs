//! The encoding of a file: UTF-8 with or without a byte order mark, or UTF-16, as Windows writes it.

/// Why text cannot be decoded.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undecodable {
    /// UTF-16 with an odd number of bytes, or half of a surrogate pair.
    #[error("the text begins as {0} and is not: save the file as UTF-8")]
    Broken(Encoding),
    /// UTF-32.
    #[error("the text is UTF-32, which is not read: save the file as UTF-8")]
    Utf32,
}

/// How a file was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, or bytes of no encoding that is known here, which stay as they are.
    Utf8,
    /// Little endian, as Windows PowerShell redirects output.
    Utf16Le,
    /// Big endian.
    Utf16Be,
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 (little endian)",
            Self::Utf16Be => "UTF-16 (big endian)",
        })
    }
}

/// The bytes as UTF-8 without a byte order mark, and the encoding that they had.
pub(super) fn decoded(bytes: Vec<u8>) -> Result<(Vec<u8>, Encoding), Undecodable> {
    // The mark of UTF-32, little endian, begins with that of UTF-16.
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(Undecodable::Utf32);
    }
    match *bytes.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => Ok((bytes[3..].to_vec(), Encoding::Utf8)),
        [0xff, 0xfe, ref rest @ ..] => utf16(rest, Encoding::Utf16Le),
        [0xfe, 0xff, ref rest @ ..] => utf16(rest, Encoding::Utf16Be),
        // Without a mark: two characters of ASCII, as every JSON text begins (RFC 4627, section 3).
        [first, 0, second, 0, ..] if first.is_ascii() && first > 0 && second > 0 => {
            utf16(&bytes, Encoding::Utf16Le)
        }
        [0, first, 0, second, ..] if first.is_ascii() && first > 0 && second > 0 => {
            utf16(&bytes, Encoding::Utf16Be)
        }
        _ => Ok((bytes, Encoding::Utf8)),
    }
}

fn utf16(bytes: &[u8], encoding: Encoding) -> Result<(Vec<u8>, Encoding), Undecodable> {
    let broken = Undecodable::Broken(encoding);
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return Err(broken);
    };
    let unit = |pair: &[u8; 2]| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(*pair),
        Encoding::Utf16Le | Encoding::Utf8 => u16::from_le_bytes(*pair),
    };
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(unit)).collect();
    let text = text.map_err(|_| broken)?;
    Ok((text.into_bytes(), encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_whatever_its_byte_order_mark_and_other_bytes_stay() {
        let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        let (le, be) = (
            u16::to_le_bytes as fn(u16) -> [u8; 2],
            u16::to_be_bytes as fn(u16) -> [u8; 2],
        );
        let text = "{\"a\": \"größe 🔥\"}\n";
        let marked = format!("\u{feff}{text}");
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), Ok((text, Encoding::Utf8))),
            (marked.as_bytes().to_vec(), Ok((text, Encoding::Utf8))),
            (utf16(&marked, le), Ok((text, Encoding::Utf16Le))),
            (utf16(&marked, be), Ok((text, Encoding::Utf16Be))),
            (utf16(text, le), Ok((text, Encoding::Utf16Le))),
            (utf16(text, be), Ok((text, Encoding::Utf16Be))),
            (utf16("\u{feff}", le), Ok(("", Encoding::Utf16Le))),
            (Vec::new(), Ok(("", Encoding::Utf8))),
            (b"{".to_vec(), Ok(("{", Encoding::Utf8))),
            (b"\0\0\0\0".to_vec(), Ok(("\0\0\0\0", Encoding::Utf8))),
            (
                b"\xff\xfe{".to_vec(),
                Err(Undecodable::Broken(Encoding::Utf16Le)),
            ),
            (
                b"\xfe\xff\xd8\x00".to_vec(),
                Err(Undecodable::Broken(Encoding::Utf16Be)),
            ),
            (b"\xff\xfe\0\0{\0\0\0".to_vec(), Err(Undecodable::Utf32)),
            (b"\0\0\xfe\xff\0\0\0{".to_vec(), Err(Undecodable::Utf32)),
        ] {
            let read = decoded(bytes.clone());
            let expected = expected.map(|(text, encoding)| (text.as_bytes().to_vec(), encoding));
            assert_eq!(read, expected, "{bytes:?}");
        }
        let gzip = b"\x1f\x8b\x08\0\0\0".to_vec();
        assert_eq!(decoded(gzip.clone()), Ok((gzip, Encoding::Utf8)));
    }
}
