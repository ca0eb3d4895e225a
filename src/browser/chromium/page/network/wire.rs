//! What the protocol says of requests: the parameters of the events of `Network` and `Fetch`, as far as they are of use.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Headers in the order in which they came. Those of one name are one, with line breaks between.
#[derive(Clone, Debug, Default)]
pub(in crate::browser::chromium) struct Headers(
    pub(in crate::browser::chromium::page) Vec<(String, String)>,
);

impl Headers {
    pub(in crate::browser::chromium::page) fn get(&self, name: &str) -> Option<&str> {
        let of = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        self.0.iter().find(of).map(|(_, value)| value.as_str())
    }

    /// Sets one, or takes it away.
    pub(in crate::browser::chromium::page) fn set(&mut self, name: &str, value: Option<&str>) {
        let of = |(other, _): &(String, String)| other.eq_ignore_ascii_case(name);
        match (self.0.iter().position(of), value) {
            (Some(place), Some(value)) => self.0[place] = (name.to_owned(), value.to_owned()),
            (Some(place), None) => drop(self.0.remove(place)),
            (None, Some(value)) => self.0.push((name.to_owned(), value.to_owned())),
            (None, None) => {}
        }
    }
}

impl Headers {
    /// As `Fetch` takes them.
    pub(super) fn entries(self) -> Vec<Header> {
        self.0
            .into_iter()
            .map(|(name, value)| Header { name, value })
            .collect()
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Headers;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("headers")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Headers, M::Error> {
                let mut headers = Vec::new();
                while let Some(header) = map.next_entry()? {
                    headers.push(header);
                }
                Ok(Headers(headers))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// `Network.Request`, also of a request that is held
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) url: String,
    pub(super) method: String,
    pub(super) headers: Headers,
    pub(super) post_data: Option<String>,
}

/// `Network.Response`
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::browser::chromium::page) struct Answered {
    pub(in crate::browser::chromium::page) url: String,
    pub(in crate::browser::chromium::page) status: u32,
    pub(in crate::browser::chromium::page) status_text: String,
    pub(in crate::browser::chromium::page) headers: Headers,
}

/// `Network.requestWillBeSent`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WillBeSent {
    pub(super) request_id: String,
    pub(super) request: Asked,
    #[serde(default)]
    pub(super) redirect_has_extra_info: bool,
    pub(super) redirect_response: Option<Answered>,
    #[serde(default)]
    pub(super) r#type: String,
    #[serde(default)]
    pub(super) frame_id: String,
}

/// `Network.responseReceived`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponseReceived {
    pub(super) request_id: String,
    pub(super) response: Answered,
    #[serde(default)]
    pub(super) has_extra_info: bool,
}

/// `Network.responseReceivedExtraInfo`: what the renderer is not told
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExtraInfo {
    pub(super) request_id: String,
    pub(super) headers: Headers,
}

/// `Network.dataReceived`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataReceived {
    pub(super) request_id: String,
    pub(super) data_length: u64,
}

/// `Network.loadingFinished`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoadingFinished {
    pub(super) request_id: String,
}

/// `Network.loadingFailed`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoadingFailed {
    pub(super) request_id: String,
    pub(super) error_text: String,
}

/// `Network.getResponseBody`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body {
    /// Text may hold lone surrogates.
    pub(super) body: Box<serde_json::value::RawValue>,
    pub(super) base64_encoded: bool,
}

/// `Fetch.requestPaused`
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::browser::chromium::page) struct Paused {
    /// Of `Fetch`.
    pub(super) request_id: String,
    pub(super) request: Asked,
    #[serde(default)]
    pub(super) frame_id: String,
    #[serde(default)]
    pub(super) resource_type: String,
    /// Set where there is an answer already.
    pub(super) response_status_code: Option<u32>,
    #[serde(default)]
    pub(super) response_headers: Vec<Header>,
    pub(super) response_error_reason: Option<String>,
    /// Of `Network`; none where it is not enabled.
    pub(super) network_id: Option<String>,
    /// Set of what a redirect asks for.
    pub(super) redirected_request_id: Option<String>,
}

/// `Fetch.HeaderEntry`
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: String,
}

/// `Fetch.authRequired`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthRequired {
    pub(super) request_id: String,
    pub(super) auth_challenge: Challenge,
}

/// `Fetch.AuthChallenge`
#[derive(Debug, Deserialize)]
pub(super) struct Challenge {
    /// "Server" or "Proxy".
    #[serde(default)]
    pub(super) source: String,
}
