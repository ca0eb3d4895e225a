//! What may stand in the head of a request. A line break there would begin another header, or another request; and some
//! headers Chromium writes itself.

use serde_json::{Map, Value};

use super::wire::Headers;
use crate::browser::chromium::command::Failure;

/// Those that Chromium sets by what it sends: they are as good as given.
const COUNTED: [&str; 2] = ["content-length", "transfer-encoding"];
/// Those that it lets nobody set (`services/network/public/cpp/header_util.cc`).
const ITS_OWN: [&str; 6] = ["host", "trailer", "te", "upgrade", "cookie2", "keep-alive"];

/// Refuses a line break in a text.
///
/// # Errors
/// "invalid argument", as PhantomJS's driver words it.
fn check_text(what: &str, text: &str) -> Result<(), Failure> {
    if text.contains(['\r', '\n', '\0']) {
        let text = Value::from(text);
        return Err(Failure::argument(format!(
            "{what} holds a line break: {text}"
        )));
    }
    Ok(())
}

/// What JavaScript's `String(value)` would be.
pub(in crate::browser::chromium) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(text_of).collect();
            texts.join(",")
        }
        Value::Object(_) => "[object Object]".to_owned(),
        other => other.to_string(),
    }
}

/// Headers that a user gave, as an object; none where there are none.
///
/// # Errors
/// "invalid argument" for a line break, "unsupported operation" for a header that is Chromium's own.
pub(in crate::browser::chromium) fn of_object(value: &Value) -> Result<Headers, Failure> {
    let Value::Object(object) = value else {
        return Ok(Headers::default());
    };
    let mut headers = Headers::default();
    for (name, value) in object {
        let value = text_of(value);
        check_text("the name of a header", name)?;
        check_text(&format!("header {name}"), &value)?;
        let lower = name.to_ascii_lowercase();
        if COUNTED.contains(&lower.as_str()) {
            continue;
        }
        if ITS_OWN.contains(&lower.as_str()) {
            return Err(unsafe_header(name));
        }
        if !is_name(name) {
            return Err(Failure::argument(format!(
                "{name:?} is no name of a header"
            )));
        }
        headers.set(name, Some(&value));
    }
    Ok(headers)
}

fn unsafe_header(name: &str) -> Failure {
    let instead = if name.eq_ignore_ascii_case("host") {
        "to reach a host at another address, use browserArguments: [\"--host-resolver-rules=MAP host address\"]"
    } else {
        "leave it out"
    };
    Failure::unsupported(format!("Chromium sets the header {name} itself; {instead}"))
}

/// A token (RFC 9110, section 5.6.2).
fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_part)
}

/// Whether a function of the user's may set this one; the others are passed over.
pub(super) fn may_be_set(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_own = |own: &[&str]| own.contains(&lower.as_str());
    is_name(name) && !is_own(&COUNTED) && !is_own(&ITS_OWN)
}

/// Refuses line breaks in a cookie that a user gave.
///
/// # Errors
/// "invalid argument".
pub(in crate::browser::chromium) fn check_cookie(cookie: &Value) -> Result<(), Failure> {
    for part in ["name", "value", "domain", "path"] {
        let Some(value) = cookie.get(part) else {
            continue;
        };
        check_text(&format!("a cookie's {part}"), &text_of(value))?;
    }
    Ok(())
}

/// Refuses line breaks in the user agent.
///
/// # Errors
/// "invalid argument".
pub(in crate::browser::chromium) fn check_user_agent(value: &Value) -> Result<(), Failure> {
    check_text("settings.userAgent", &text_of(value))
}

/// What a page's settings may be.
///
/// # Errors
/// As [`check_user_agent`].
pub(in crate::browser::chromium) fn check_settings(
    settings: &Map<String, Value>,
) -> Result<(), Failure> {
    settings.get("userAgent").map_or(Ok(()), check_user_agent)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn line_breaks_are_refused_wherever_they_are() {
        for evil in ["1\r\nX-Evil: yes", "1\n", "1\r", "1\0"] {
            for headers in [
                json!({ "x-a": evil }),
                json!({ "x-a": ["b", evil] }),
                json!({ evil: "1" }),
            ] {
                let refused = of_object(&headers).expect_err("refused");
                assert_eq!(refused.error, "invalid argument");
                assert!(
                    refused.message.contains("holds a line break"),
                    "{refused:?}"
                );
            }
            assert!(check_cookie(&json!({ "name": "a", "value": evil })).is_err());
            assert!(check_user_agent(&json!(evil)).is_err());
        }
        assert!(check_cookie(&json!({ "name": "a", "value": 1 })).is_ok());
    }

    #[test]
    fn what_chromium_counts_is_left_out_and_what_is_its_own_is_refused() {
        let headers = of_object(&json!({ "Content-Length": 5, "X-A": 1 })).expect("headers");
        assert_eq!(headers.0, [("X-A".to_owned(), "1".to_owned())]);
        let refused = of_object(&json!({ "Host": "a.test" })).expect_err("refused");
        assert_eq!(refused.error, "unsupported operation");
        assert!(refused.message.contains("--host-resolver-rules"));
    }
}
