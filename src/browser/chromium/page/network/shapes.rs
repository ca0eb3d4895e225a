//! The arguments of the events of requests, in PhantomJS's shapes (<https://phantomjs.org/api/webpage/>).

use std::time::SystemTime;

use serde::Serialize;

use super::errors::NetworkError;
use super::wire::{Answered, Asked, Headers};

/// As a date's `toJSON()`.
fn now() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    value: &'a str,
}

fn named<'a>(headers: &'a Headers, more: Option<&'a str>) -> Vec<Named<'a>> {
    let all = headers
        .0
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let more = more.map(|value| ("set-cookie", value));
    all.chain(more)
        .map(|(name, value)| Named { name, value })
        .collect()
}

/// What onResourceRequested gets, and onResourceTimeout with the error besides.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_string: Option<&'a str>,
    headers: Vec<Named<'a>>,
    id: u64,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<&'a str>,
    time: &'a str,
    url: &'a str,
}

/// A request as it was told of.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) id: u64,
    pub(super) asked: Asked,
    time: String,
}

impl Told {
    pub(super) fn new(id: u64, asked: Asked) -> Self {
        let time = now();
        Self { id, asked, time }
    }

    /// Arguments of an event, as JSON text.
    pub(super) fn args(&self, error: Option<&NetworkError>) -> String {
        let Asked {
            url,
            method,
            headers,
            post_data,
        } = &self.asked;
        text(&RequestData {
            error_code: error.map(|error| error.code),
            error_string: error.map(|error| error.text.as_str()),
            headers: named(headers, None),
            id: self.id,
            method,
            post_data: post_data.as_deref().filter(|_| method == "POST"),
            time: &self.time,
            url,
        })
    }
}

/// What onResourceReceived gets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_size: Option<u64>,
    content_type: Option<&'a str>,
    headers: Vec<Named<'a>>,
    id: u64,
    #[serde(rename = "redirectURL")]
    redirect_url: Option<String>,
    stage: &'static str,
    status: Option<u32>,
    status_text: Option<&'a str>,
    time: String,
    url: &'a str,
}

/// Arguments of onResourceReceived, as JSON text: "start" with the bytes that have come, or "end". Without an answer there
/// was none; `set_cookie` is what the answer's headers lack.
pub(super) fn received(
    id: u64,
    url: &str,
    answer: Option<&Answered>,
    set_cookie: Option<&str>,
    begun: Option<u64>,
) -> String {
    let is_http = url.starts_with("http:") || url.starts_with("https:");
    let none = Headers::default();
    let headers = answer.map_or(&none, |answer| &answer.headers);
    let (status, status_text) = status_of(answer.filter(|_| is_http));
    text(&ResponseData {
        body: begun.map(|_| ""),
        body_size: begun,
        content_type: headers.get("content-type"),
        headers: named(headers, set_cookie),
        id,
        redirect_url: headers.get("location").and_then(absolute),
        stage: if begun.is_some() { "start" } else { "end" },
        status,
        status_text,
        time: now(),
        url,
    })
}

/// What onResourceError gets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorData<'a> {
    error_code: u32,
    error_string: &'a str,
    id: u64,
    status: Option<u32>,
    status_text: Option<&'a str>,
    url: &'a str,
}

/// Arguments of onResourceError, as JSON text.
pub(super) fn failed(
    id: u64,
    url: &str,
    error: &NetworkError,
    answer: Option<&Answered>,
) -> String {
    let (status, status_text) = status_of(answer);
    text(&ErrorData {
        error_code: error.code,
        error_string: &error.text,
        id,
        status,
        status_text,
        url,
    })
}

/// HTTP/2 has no status text: the usual one.
pub(super) fn status_of(answer: Option<&Answered>) -> (Option<u32>, Option<&str>) {
    let Some(answer) = answer else {
        return (None, None);
    };
    let usual = || {
        let status = u16::try_from(answer.status).ok()?;
        http::StatusCode::from_u16(status).ok()?.canonical_reason()
    };
    let text = Some(answer.status_text.as_str()).filter(|text| !text.is_empty());
    (Some(answer.status), text.or_else(usual))
}

fn absolute(to: &str) -> Option<String> {
    Some(url::Url::parse(to).ok()?.into())
}

/// One argument. Of texts and numbers alone, which serde can always write.
fn text(data: &impl Serialize) -> String {
    let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
    format!("[{data}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u32, status_text: &str, headers: &[(&str, &str)]) -> Answered {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answered {
            url: String::new(),
            status,
            status_text: status_text.to_owned(),
            headers: Headers(headers.iter().map(owned).collect()),
        }
    }

    fn value(text: &str) -> serde_json::Value {
        let all: serde_json::Value = serde_json::from_str(text).expect("JSON");
        all[0].clone()
    }

    #[test]
    fn the_start_has_a_size_and_the_end_has_none() {
        let page = answer(200, "OK", &[("Content-Type", "text/html")]);
        let start = value(&received(
            1,
            "http://a.test/",
            Some(&page),
            Some("a=1\nb=2"),
            Some(31),
        ));
        assert_eq!(start["bodySize"], 31);
        assert_eq!(start["body"], "");
        assert_eq!(start["stage"], "start");
        assert_eq!(start["contentType"], "text/html");
        assert_eq!(start["headers"][1]["value"], "a=1\nb=2");
        let end = value(&received(1, "http://a.test/", Some(&page), None, None));
        assert_eq!(end["stage"], "end");
        assert!(end.get("bodySize").is_none());
        assert_eq!(end["status"], 200);
    }

    #[test]
    fn without_http_there_is_no_status_and_http2_has_the_usual_words() {
        let plain = answer(200, "", &[]);
        let data = value(&received(1, "data:,a", Some(&plain), None, None));
        assert!(data["status"].is_null() && data["statusText"].is_null());
        let data = value(&received(1, "https://a.test/", Some(&plain), None, None));
        assert_eq!(data["statusText"], "OK");
    }

    #[test]
    fn a_redirect_says_where_to_if_its_answer_names_the_whole_address() {
        let to = |location: &str| {
            let moved = answer(302, "Found", &[("location", location)]);
            value(&received(1, "http://a.test/b", Some(&moved), None, None))["redirectURL"].take()
        };
        assert_eq!(to("http://a.test/there"), "http://a.test/there");
        assert!(to("/there").is_null());
    }
}
