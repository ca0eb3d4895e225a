//! Frames as they come. What is the page's own text is passed on unread: any page can send a lone surrogate, for which
//! serde_json refuses to make a string.

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// JSON text.
pub(in crate::browser::chromium) type Raw = RawValue;

/// A reply (with an id) or an event (with a method).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Incoming<'a> {
    pub(super) id: Option<u64>,
    #[serde(borrow)]
    pub(super) session_id: Option<&'a str>,
    #[serde(borrow)]
    pub(super) method: Option<&'a str>,
    #[serde(borrow)]
    pub(super) params: Option<&'a Raw>,
    #[serde(borrow)]
    pub(super) result: Option<&'a Raw>,
    #[serde(borrow)]
    pub(super) error: Option<&'a Raw>,
}

/// Why a command was refused (JSON-RPC 2.0, section 5.1).
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) code: i64,
    #[serde(default)]
    pub(super) message: String,
}

/// Reads what a command gave, or an event's parameters. Lone surrogates become U+FFFD.
///
/// # Errors
/// When it is of another shape.
pub(in crate::browser::chromium) fn read<T: DeserializeOwned>(raw: &Raw) -> serde_json::Result<T> {
    serde_json::from_str(raw.get()).or_else(|error| match without_lone_surrogates(raw.get()) {
        Cow::Owned(text) => serde_json::from_str(&text),
        Cow::Borrowed(_) => Err(error),
    })
}

/// JSON text whose escapes of lone surrogates are replaced.
fn without_lone_surrogates(text: &str) -> Cow<'_, str> {
    let mut cleaned = String::new();
    let mut copied = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'\\', &bytes[at..]) {
        at += step;
        match escape_at(bytes, at) {
            Some(0xd800..=0xdbff) if matches!(escape_at(bytes, at + 6), Some(0xdc00..=0xdfff)) => {
                at += 12;
            }
            Some(0xd800..=0xdfff) => {
                cleaned.push_str(&text[copied..at]);
                cleaned.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            // A backslash that is escaped itself begins nothing.
            _ => at += 2,
        }
        if at >= bytes.len() {
            break;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    cleaned.push_str(&text[copied..]);
    Cow::Owned(cleaned)
}

/// The code unit of a `\uXXXX` at this place.
fn escape_at(bytes: &[u8], at: usize) -> Option<u32> {
    let escape = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_is_replaced_and_a_pair_stays() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).expect("JSON");
        for (given, expected) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (r#""\ude00""#, "\u{fffd}"),
            (r#""\ud83d\ude00\ud83d""#, "\u{1f600}\u{fffd}"),
            (r#""\\ud800 \udc00""#, "\\ud800 \u{fffd}"),
            (r#""plain""#, "plain"),
        ] {
            let text: String = read(&raw(given)).expect("a string");
            assert_eq!(text, expected, "{given}");
        }
    }

    #[test]
    fn a_frame_is_read_without_its_contents() {
        let frame = r#"{"id":7,"result":{"value":"\ud800"},"sessionId":"AB"}"#;
        let incoming: Incoming<'_> = serde_json::from_str(frame).expect("a frame");
        assert_eq!(incoming.id, Some(7));
        assert_eq!(incoming.session_id, Some("AB"));
        assert_eq!(
            incoming.result.map(RawValue::get),
            Some(r#"{"value":"\ud800"}"#)
        );
    }
}
