//! Why a request failed, in the codes and words of PhantomJS: those of Qt's QNetworkReply::NetworkError.

/// A code of Qt's, and its text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::browser::chromium) struct NetworkError {
    pub(in crate::browser::chromium) code: u32,
    pub(in crate::browser::chromium) text: String,
}

impl NetworkError {
    fn new(code: u32, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { code, text }
    }

    /// A function has aborted the request: it has lost its address.
    pub(super) fn aborted() -> Self {
        Self::new(301, "Protocol \"\" is unknown")
    }

    /// `settings.resourceTimeout` is over. No code of Qt's, but of HTTP.
    pub(super) fn late() -> Self {
        Self::new(408, "Network timeout on resource.")
    }
}

/// Of Chromium's "net::ERR_…" (<https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h>).
pub(in crate::browser::chromium) fn of_net(error: &str, url: &str) -> NetworkError {
    let name = error.strip_prefix("net::ERR_").unwrap_or(error);
    // What its own tools blocked has their name behind.
    let name = name.split('.').next().unwrap_or(name);
    match name {
        "CONNECTION_REFUSED" => NetworkError::new(1, "Connection refused"),
        "CONNECTION_RESET"
        | "CONNECTION_CLOSED"
        | "CONNECTION_ABORTED"
        | "EMPTY_RESPONSE"
        | "CONTENT_LENGTH_MISMATCH"
        | "INCOMPLETE_CHUNKED_ENCODING"
        | "SOCKET_NOT_CONNECTED" => NetworkError::new(2, "Connection closed"),
        "NAME_NOT_RESOLVED" | "NAME_RESOLUTION_FAILED" | "DNS_TIMED_OUT" => {
            NetworkError::new(3, format!("Host {} not found", host_of(url)))
        }
        "TIMED_OUT" | "CONNECTION_TIMED_OUT" => NetworkError::new(4, "Socket operation timed out"),
        // Chromium asks nobody for a protocol that it does not know, and calls that an end.
        "ABORTED" if !is_known(scheme_of(url)) => unknown_protocol(url),
        "ABORTED" => NetworkError::new(5, "Operation canceled"),
        "INTERNET_DISCONNECTED" | "NETWORK_CHANGED" | "NETWORK_IO_SUSPENDED" => {
            NetworkError::new(7, "Temporary network failure.")
        }
        "ADDRESS_UNREACHABLE" | "ADDRESS_INVALID" => NetworkError::new(99, "Network unreachable"),
        "PROXY_CONNECTION_FAILED" | "SOCKS_CONNECTION_FAILED" => {
            NetworkError::new(101, "Proxy connection refused")
        }
        "TUNNEL_CONNECTION_FAILED" | "SOCKS_CONNECTION_HOST_UNREACHABLE" => {
            NetworkError::new(102, "Proxy connection closed prematurely")
        }
        "PROXY_AUTH_REQUESTED" | "PROXY_AUTH_UNSUPPORTED" => {
            NetworkError::new(105, "Proxy requires authentication")
        }
        "ACCESS_DENIED" => NetworkError::new(
            201,
            format!("Error opening {}: Permission denied", path_of(url)),
        ),
        "FILE_NOT_FOUND" => NetworkError::new(
            203,
            format!("Error opening {}: No such file or directory", path_of(url)),
        ),
        "UNKNOWN_URL_SCHEME" | "DISALLOWED_URL_SCHEME" | "INVALID_URL" => unknown_protocol(url),
        _ if name.starts_with("CERT_") || name.contains("SSL_") => {
            NetworkError::new(6, "SSL handshake failed")
        }
        _ if name.starts_with("BLOCKED_BY_") => NetworkError::new(201, error),
        _ => NetworkError::new(99, error),
    }
}

/// Of an answer; none of one that is no error.
pub(in crate::browser::chromium) fn of_status(
    status: u32,
    status_text: &str,
    url: &str,
) -> Option<NetworkError> {
    let code = match status {
        _ if status < 400 => return None,
        400 | 418 => 302,
        401 => 204,
        403 | 405 => 202,
        404 => 203,
        407 => 105,
        409 => 206,
        410 => 207,
        500 => 401,
        501 => 402,
        503 => 403,
        _ if status < 500 => 299,
        _ => 499,
    };
    let text = format!("Error downloading {url} - server replied: {status_text}");
    Some(NetworkError::new(code, text))
}

fn unknown_protocol(url: &str) -> NetworkError {
    let scheme = scheme_of(url);
    NetworkError::new(301, format!("Protocol \"{scheme}\" is unknown"))
}

fn scheme_of(url: &str) -> &str {
    url.split(':').next().unwrap_or_default()
}

fn is_known(scheme: &str) -> bool {
    let known = [
        "about", "blob", "data", "file", "ftp", "http", "https", "ws", "wss",
    ];
    known.contains(&scheme)
}

fn host_of(url: &str) -> String {
    url::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

fn path_of(url: &str) -> String {
    let path = url::Url::parse(url)
        .ok()
        .and_then(|url| url.to_file_path().ok());
    path.map_or_else(|| url.to_owned(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_chromium_have_the_codes_and_words_of_qt() {
        let of = |error: &str, url: &str| {
            let NetworkError { code, text } = of_net(error, url);
            (code, text)
        };
        let refused = of("net::ERR_CONNECTION_REFUSED", "http://a.test/");
        assert_eq!(refused, (1, "Connection refused".to_owned()));
        let unknown = of("net::ERR_NAME_NOT_RESOLVED", "http://nobody.invalid/a");
        assert_eq!(unknown, (3, "Host nobody.invalid not found".to_owned()));
        let missing = of("net::ERR_FILE_NOT_FOUND", "file:///no/a%20b");
        assert_eq!(missing.0, 203);
        assert_eq!(
            missing.1,
            "Error opening /no/a b: No such file or directory"
        );
        assert_eq!(
            of("net::ERR_CERT_AUTHORITY_INVALID", "https://a.test/").0,
            6
        );
        assert_eq!(
            of("net::ERR_BLOCKED_BY_CLIENT.Inspector", "http://a.test/").0,
            201
        );
        assert_eq!(of("net::ERR_UNSAFE_PORT", "http://a.test:1/").0, 99);
    }

    #[test]
    fn answers_have_the_codes_that_phantomjs_gives_them() {
        // As PhantomJS 2.1.1 was seen to give them.
        let seen = [
            (200, None),
            (302, None),
            (400, Some(302)),
            (401, Some(204)),
            (402, Some(299)),
            (403, Some(202)),
            (404, Some(203)),
            (405, Some(202)),
            (407, Some(105)),
            (409, Some(206)),
            (410, Some(207)),
            (418, Some(302)),
            (429, Some(299)),
            (500, Some(401)),
            (501, Some(402)),
            (502, Some(499)),
            (503, Some(403)),
            (511, Some(499)),
        ];
        for (status, code) in seen {
            let given = of_status(status, "No", "http://a.test/").map(|error| error.code);
            assert_eq!(given, code, "{status}");
        }
    }
}
