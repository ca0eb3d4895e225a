//! What `open` and `openUrl` are given: an address, and the request that is to be sent for it.

use serde_json::{Map, Value};

use super::address;
use crate::browser::chromium::command::{Args, Failure};
use crate::browser::chromium::page::network::{Headers, headers};

const FORM: &str = "application/x-www-form-urlencoded";

/// Of `open` and `openUrl`.
#[derive(Debug)]
pub(super) struct Order {
    /// Whole.
    pub(super) url: String,
    /// None for a plain one.
    pub(super) request: Option<Request>,
    /// Nothing but an address was given.
    pub(super) is_plain: bool,
}

/// A request that Chromium would not send by itself.
#[derive(Clone, Debug)]
pub(in super::super) struct Request {
    pub(in super::super) method: String,
    pub(in super::super) headers: Headers,
    pub(in super::super) body: Option<Vec<u8>>,
}

/// What the next request for the page's own document is.
#[derive(Debug)]
pub(in super::super) enum Given {
    Request(Request),
    /// Nobody is asked: this is the document.
    Html(Vec<u8>),
    /// None: the page cannot be left.
    Nothing,
}

impl Order {
    /// args: [address, method or settings, data, headers]
    ///
    /// # Errors
    /// "invalid argument" for what cannot be sent.
    pub(super) fn read(args: &Args) -> Result<Self, Failure> {
        let mut settings = match args.value(1) {
            Value::Object(settings) => settings,
            Value::String(method) => {
                let mut settings = Map::new();
                let _ = settings.insert("operation".to_owned(), method.into());
                let _ = settings.insert("data".to_owned(), args.value(2));
                let _ = settings.insert("headers".to_owned(), args.value(3));
                settings
            }
            _ => Map::new(),
        };
        let headers = settings.remove("headers").unwrap_or_default();
        Ok(Self {
            url: Self::address(args)?,
            request: Request::of(&settings, &headers)?,
            is_plain: args.len() < 2,
        })
    }

    fn address(args: &Args) -> Result<String, Failure> {
        let Value::String(given) = args.value(0) else {
            return Err(Failure::argument("the address must be a string"));
        };
        let directory = std::env::current_dir().unwrap_or_default();
        Ok(address::whole(&given, &directory))
    }
}

impl Request {
    fn of(settings: &Map<String, Value>, headers: &Value) -> Result<Option<Self>, Failure> {
        let headers = headers::of_object(headers)?;
        let text = |name: &str| settings.get(name).and_then(Value::as_str);
        let method = text("operation").unwrap_or("get").to_ascii_uppercase();
        let data = settings.get("data").filter(|data| !data.is_null());
        let body = match (method.as_str(), data) {
            ("POST" | "PUT", data) => Some(bytes(
                &data.map(headers::text_of).unwrap_or_default(),
                text("encoding"),
            )),
            _ => None,
        };
        if method == "GET" && headers.0.is_empty() {
            return Ok(None);
        }
        let mut request = Self {
            method,
            headers,
            body,
        };
        if request.body.is_some() && request.headers.get("content-type").is_none() {
            request.headers.set("Content-Type", Some(FORM));
        }
        Ok(Some(request))
    }
}

/// PhantomJS writes a body in Latin-1 unless told otherwise, which suits bytes; what that cannot hold goes as UTF-8.
fn bytes(text: &str, encoding: Option<&str>) -> Vec<u8> {
    if encoding.is_none() {
        let latin: Result<Vec<u8>, _> = text
            .chars()
            .map(|one| u8::try_from(u32::from(one)))
            .collect();
        if let Ok(latin) = latin {
            return latin;
        }
    }
    text.as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(settings: Value, headers: Value) -> Option<Request> {
        let Value::Object(settings) = settings else {
            return None;
        };
        Request::of(&settings, &headers).expect("a request")
    }

    #[test]
    fn a_plain_request_is_chromiums_own() {
        assert!(request(json!({}), json!(null)).is_none());
        assert!(request(json!({ "operation": "get", "data": "a" }), json!({})).is_none());
        assert!(request(json!({}), json!({ "X-A": "1" })).is_some());
    }

    #[test]
    fn a_body_is_latin_1_where_that_can_hold_it() {
        let body =
            |settings: Value| request(settings, json!(null)).and_then(|request| request.body);
        let of = |data: &str, more: Value| {
            let mut settings = json!({ "operation": "post", "data": data });
            if let (Value::Object(all), Value::Object(more)) = (&mut settings, more) {
                all.extend(more);
            }
            body(settings)
        };
        assert_eq!(of("a=é", json!({})), Some(b"a=\xe9".to_vec()));
        assert_eq!(of("é😀", json!({})), Some("é😀".as_bytes().to_vec()));
        let encoding = json!({ "encoding": "utf8" });
        assert_eq!(of("é", encoding), Some("é".as_bytes().to_vec()));
        assert_eq!(body(json!({ "operation": "delete", "data": "a" })), None);
    }

    #[test]
    fn a_body_is_a_form_unless_its_headers_say_otherwise() {
        let type_of = |headers: Value| {
            let posted = request(json!({ "operation": "POST" }), headers);
            posted.map(|request| request.headers.0)
        };
        let form = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        assert_eq!(type_of(json!({})), Some(form("Content-Type", FORM)));
        let json = json!({ "content-type": "application/json" });
        assert_eq!(
            type_of(json),
            Some(form("content-type", "application/json"))
        );
    }
}
