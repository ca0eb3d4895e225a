//! Where a page lives: in the browser context that pages share, or in one of its own. Cookies, cached credentials and the
//! proxy are a context's.

use serde::Deserialize;
use url::Url;

use super::page::Credentials;

/// What a page asks of its browser context.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    /// Nobody else is there.
    pub(super) is_own: bool,
    /// None for that of all pages (`ph.setProxy`). One of a page's own needs a context of its own.
    pub(super) proxy: Option<Proxy>,
}

/// By what a page's requests go.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proxy {
    /// As Chromium takes it; "direct://" for none.
    pub(super) server: String,
    /// Also for addresses of this machine.
    pub(super) for_loopback: bool,
    pub(super) credentials: Option<Credentials>,
}

/// What JavaScript read of PhantomJS's switches.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct GivenProxy {
    user: Option<String>,
    #[serde(default)]
    password: String,
}

/// Chromium's name for no proxy.
const DIRECT: &str = "direct://";
/// PhantomJS's port of a proxy that names none.
const PORT: u16 = 1080;

impl Place {
    /// Whether no other page may be there.
    pub(super) fn is_apart(&self) -> bool {
        self.is_own || self.proxy.is_some()
    }
}

impl Proxy {
    fn new(scheme: &str, host: &str, port: u16, credentials: Option<Credentials>) -> Self {
        let scheme = if scheme.starts_with("socks") {
            "socks5"
        } else {
            "http"
        };
        Self {
            server: format!("{scheme}://{host}:{port}"),
            for_loopback: false,
            credentials,
        }
    }

    /// None at all, whatever other pages have.
    pub(super) fn direct() -> Self {
        Self {
            server: DIRECT.to_owned(),
            for_loopback: false,
            credentials: None,
        }
    }

    /// Of `page.setProxy`: "http://me:secret@host:3128", without a scheme too; none of "".
    pub(super) fn of_address(address: &str) -> Option<Self> {
        let address = address.trim();
        if address.is_empty() {
            return None;
        }
        let with_scheme = if address.contains("://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        let url = Url::parse(&with_scheme).ok()?;
        let host = url.host_str()?;
        let usual = if url.scheme() == "http" && with_scheme.contains(":80") {
            80
        } else {
            PORT
        };
        let port = url.port().unwrap_or(usual);
        let decoded = |text: &str| {
            let bytes: Vec<u8> = super::cdp::percent_decoded(text);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let credentials = (!url.username().is_empty()).then(|| Credentials {
            user: decoded(url.username()),
            password: decoded(url.password().unwrap_or_default()),
        });
        let mut proxy = Self::new(url.scheme(), host, port, credentials);
        proxy.for_loopback = true;
        Some(proxy)
    }

    /// Of `ph.setProxy(host, port, type, user, password)`.
    pub(super) fn of_parts(
        host: &str,
        port: u16,
        kind: &str,
        credentials: Option<Credentials>,
    ) -> Option<Self> {
        let is_none = host.is_empty() || kind == "none";
        let port = if port == 0 { PORT } else { port };
        (!is_none).then(|| Self::new(kind, host, port, credentials))
    }
}

impl GivenProxy {
    /// Of `--proxy-auth`.
    pub(super) fn credentials(&self) -> Option<Credentials> {
        self.user.clone().map(|user| Credentials {
            user,
            password: self.password.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(proxy: Option<Proxy>) -> Option<String> {
        proxy.map(|proxy| proxy.server)
    }

    #[test]
    fn a_proxy_is_read_as_phantomjs_does() {
        let of = |address| server(Proxy::of_address(address));
        assert_eq!(
            of("http://127.0.0.1:3128/").as_deref(),
            Some("http://127.0.0.1:3128")
        );
        assert_eq!(of("proxy.test:80").as_deref(), Some("http://proxy.test:80"));
        assert_eq!(of("proxy.test").as_deref(), Some("http://proxy.test:1080"));
        assert_eq!(
            of("socks5://proxy.test:1").as_deref(),
            Some("socks5://proxy.test:1")
        );
        assert_eq!(of(""), None);
        let with = Proxy::of_address("http://me:a%40b@proxy.test:3128").expect("a proxy");
        let credentials = with.credentials.expect("credentials");
        assert_eq!(
            (credentials.user.as_str(), credentials.password.as_str()),
            ("me", "a@b")
        );
        let parts = |host, port, kind| server(Proxy::of_parts(host, port, kind, None));
        assert_eq!(parts("h", 1, "http").as_deref(), Some("http://h:1"));
        assert_eq!(parts("h", 0, "socks5").as_deref(), Some("socks5://h:1080"));
        assert_eq!(parts("", 0, ""), None);
        assert_eq!(parts("h", 1, "none"), None);
    }
}
