//! Cookies as PhantomJS shows and takes them, and as the protocol does.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::date;
use crate::browser::chromium::page::text_of;

/// `Network.Cookie`, and as `Storage.setCookies` takes it
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::browser::chromium) struct Cookie {
    pub(in crate::browser::chromium) name: String,
    pub(super) value: String,
    /// In the place of a domain, where the cookie is for one host alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) domain: String,
    pub(super) path: String,
    /// Seconds since 1970; negative for as long as the browser runs.
    #[serde(skip_serializing_if = "is_session")]
    pub(super) expires: f64,
    pub(super) http_only: bool,
    pub(super) secure: bool,
    /// The rest, which PhantomJS does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) same_site: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partition_key: Option<Value>,
}

fn is_session(expires: &f64) -> bool {
    *expires < 0.0
}

/// What PhantomJS shows.
#[derive(Debug, Serialize)]
pub(in crate::browser::chromium) struct Shown<'a> {
    domain: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<i64>,
    httponly: bool,
    name: &'a str,
    path: &'a str,
    secure: bool,
    value: &'a str,
}

impl Cookie {
    pub(in crate::browser::chromium) fn shown(&self) -> Shown<'_> {
        let expiry = (!is_session(&self.expires)).then_some(self.expires as i64);
        Shown {
            domain: &self.domain,
            expires: expiry.map(date::format),
            expiry,
            httponly: self.http_only,
            name: &self.name,
            path: &self.path,
            secure: self.secure,
            value: &self.value,
        }
    }

    /// Whether PhantomJS would show the same of both.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        let parts = |cookie: &Self| {
            let Self {
                name,
                value,
                domain,
                path,
                http_only,
                secure,
                ..
            } = cookie.clone();
            (
                name,
                value,
                domain,
                path,
                cookie.expires as i64,
                http_only,
                secure,
            )
        };
        parts(self) == parts(other)
    }

    /// As it is to be set: what is for one host alone is named by an address.
    pub(super) fn into_set(mut self) -> Self {
        if !self.domain.starts_with('.') && self.url.is_none() {
            let scheme = if self.secure { "https" } else { "http" };
            self.url = Some(format!("{scheme}://{}{}", self.domain, self.path));
            self.domain.clear();
        }
        self
    }

    /// The same, over since 1970.
    pub(super) fn over(self) -> Self {
        Self {
            expires: 1.0,
            ..self.into_set()
        }
    }

    fn is_over(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        !is_session(&self.expires) && now.is_ok_and(|now| self.expires <= now.as_secs_f64())
    }
}

/// A cookie that a user gave.
#[derive(Debug, PartialEq)]
pub(super) enum Given {
    Cookie(Cookie),
    /// PhantomJS takes no such cookie, and says false: it has no name, is another host's, or has expired.
    None,
    /// It has expired: one that is there goes.
    Over(Cookie),
}

/// Reads a cookie as PhantomJS does (its `CookieJar::addCookieFromMap`). `page` is the address of a page that it is given
/// to; without one it must have a domain.
pub(super) fn given(cookie: &Map<String, Value>, page: Option<&str>) -> Given {
    let part = |name: &str| {
        let value = cookie.get(name).filter(|value| !value.is_null());
        value.map(text_of)
    };
    let (Some(name), Some(value)) = (part("name").filter(|name| !name.is_empty()), part("value"))
    else {
        return Given::None;
    };
    let is_on = |name: &str| match cookie.get(name) {
        Some(Value::Bool(is_on)) => *is_on,
        Some(Value::String(text)) => !matches!(text.as_str(), "" | "0" | "false"),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        _ => false,
    };
    let secure = is_on("secure");
    let path = part("path").filter(|path| !path.is_empty());
    let path = path.unwrap_or_else(|| "/".to_owned());
    let host = page.and_then(host_of);
    let (url, domain) = match (part("domain").filter(|domain| !domain.is_empty()), host) {
        (None, None) => return Given::None,
        (None, Some(host)) => {
            let scheme = if secure { "https" } else { "http" };
            (Some(format!("{scheme}://{host}{path}")), String::new())
        }
        (Some(domain), host) => {
            if host.is_some_and(|host| !is_of(&host, &domain)) {
                return Given::None;
            }
            (None, domain)
        }
    };
    let cookie = Cookie {
        name,
        value,
        url,
        domain,
        path,
        expires: expires_of(cookie).unwrap_or(-1.0),
        http_only: is_on("httponly"),
        secure,
        same_site: None,
        partition_key: None,
    };
    if cookie.is_over() {
        Given::Over(cookie.over())
    } else {
        Given::Cookie(cookie)
    }
}

/// `expires` goes before `expiry`; as a number both are milliseconds. What is no date is none.
fn expires_of(cookie: &Map<String, Value>) -> Option<f64> {
    let given = ["expires", "expiry"]
        .iter()
        .find_map(|name| cookie.get(*name).filter(|value| !value.is_null()))?;
    match given {
        Value::String(text) => date::parse(text).map(|seconds| seconds as f64),
        Value::Number(ms) => ms.as_f64().map(|ms| (ms / 1000.0).floor().max(0.0)),
        _ => None,
    }
}

/// Whether a host may have cookies of this domain.
fn is_of(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.');
    let parent = host.strip_suffix(domain);
    host.eq_ignore_ascii_case(domain) || parent.is_some_and(|rest| rest.ends_with('.'))
}

fn host_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    url.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(cookie: &Value, page: Option<&str>) -> Given {
        given(cookie.as_object().expect("an object"), page)
    }

    fn taken(cookie: &Value, page: Option<&str>) -> Cookie {
        match read(cookie, page) {
            Given::Cookie(cookie) => cookie,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_cookie_without_a_domain_is_the_pages() {
        let page = Some("http://a.test:80/b");
        let cookie = taken(&json!({ "name": "c", "value": 1 }), page);
        assert_eq!(cookie.url.as_deref(), Some("http://a.test/"));
        assert_eq!(cookie.value, "1");
        assert_eq!(read(&json!({ "name": "c", "value": 1 }), None), Given::None);
    }

    #[test]
    fn a_page_takes_cookies_of_its_host_and_of_parents() {
        let given = |domain: &str| json!({ "name": "c", "value": "1", "domain": domain });
        for domain in ["www.a.test", "a.test", ".a.test"] {
            let cookie = taken(&given(domain), Some("http://www.a.test/"));
            assert_eq!(cookie.domain, domain);
        }
        for domain in ["other.test", "b.www.a.test", "w.a.test", "st"] {
            let refused = read(&given(domain), Some("http://www.a.test/"));
            assert_eq!(refused, Given::None, "{domain}");
        }
        let _ = taken(&given("other.test"), None);
    }

    #[test]
    fn dates_are_texts_or_milliseconds_and_the_past_is_over() {
        let with = |name: &str, value: Value| {
            read(
                &json!({ "name": "c", "value": "1", "domain": "a.test", name: value }),
                None,
            )
        };
        for past in [
            with("expires", json!("Sat, 01 Jan 2000 00:00:00 GMT")),
            with("expires", json!(946_684_800_000_i64)),
            with("expiry", json!(946_684_800_000_i64)),
        ] {
            assert!(matches!(past, Given::Over(_)), "{past:?}");
        }
        match with("expires", json!("nonsense")) {
            Given::Cookie(cookie) => assert!(cookie.shown().expires.is_none()),
            other => panic!("{other:?}"),
        }
        match with("expires", json!("Thu, 31 Dec 2099 23:59:59 GMT")) {
            Given::Cookie(cookie) => {
                assert_eq!(cookie.shown().expiry, Some(4_102_444_799));
            }
            other => panic!("{other:?}"),
        }
    }
}
