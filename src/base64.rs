//! Base64 (RFC 4648 § 4): models and posteriors are bytes, and documents are text.

use alloc::string::String;
use alloc::vec::Vec;

/// Encodes, with padding.
///
/// ```
/// # use unspoken::base64::{decode, encode};
/// assert_eq!(encode(b"foob"), "Zm9vYg==");
/// assert_eq!(decode("Zm9vYg==", 4), Some(b"foob".to_vec()));
/// assert_eq!(decode("Zm9vYg", 3), None, "too long");
/// assert_eq!(decode("Zm9v!", 99), None);
/// ```
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let mut bits = 0u32;
        for at in 0..3 {
            bits = bits << 8 | part.get(at).map_or(0, |byte| *byte as u32);
        }
        for at in 0..4 {
            let six = (bits >> (18 - 6 * at) & 63) as u8;
            let digit = match six {
                0..=25 => b'A' + six,
                26..=51 => b'a' + six - 26,
                52..=61 => b'0' + six - 52,
                62 => b'+',
                _ => b'/',
            };
            text.push(if at <= part.len() { digit as char } else { '=' });
        }
    }
    text
}

/// Decodes at most `most` bytes, with or without padding.
pub fn decode(text: &str, most: usize) -> Option<Vec<u8>> {
    if text.len() > most * 4 / 3 + 4 {
        return None;
    }
    let (mut out, mut bits, mut held, mut ended) = (Vec::new(), 0u32, 0, false);
    for byte in text.bytes() {
        let six = match byte {
            b'=' => {
                ended = true;
                continue;
            }
            _ if ended => return None,
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        (bits, held) = (bits << 6 | six as u32, held + 6);
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    (out.len() <= most).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rfcs_examples_go_there_and_back() {
        let known = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, text) in known.iter().enumerate() {
            let bytes = &b"foobar"[..length];
            assert_eq!(encode(bytes), *text);
            assert_eq!(decode(text, 6).as_deref(), Some(bytes));
            assert_eq!(decode(text.trim_end_matches('='), 6).as_deref(), Some(bytes));
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all), 256), Some(all));
        for rubbish in ["Zg==Zg==", "Z g=", "Zm9v-", "é"] {
            assert_eq!(decode(rubbish, 99), None, "{rubbish}");
        }
    }
}
