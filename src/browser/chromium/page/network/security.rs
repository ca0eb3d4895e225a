//! `settings.webSecurityEnabled = false`: scripts of this page may read what any site answers; with
//! `localToRemoteUrlAccessEnabled` those of a file. Frames of other sites stay
//! closed to them: that only `--web-security=false` opens, for all pages.

use super::wire::{Header, Paused};

/// The headers of an answer, with those that let the page's scripts read it; none where that needs no word.
pub(super) fn opened(paused: &Paused) -> Option<Vec<Header>> {
    let origin = paused.request.headers.get("origin")?;
    let _ = paused.response_status_code?;
    let is_ours = |name: &str| name.to_ascii_lowercase().starts_with("access-control-");
    let mut headers: Vec<Header> = paused
        .response_headers
        .iter()
        .filter(|header| !is_ours(&header.name))
        .cloned()
        .collect();
    let mut add = |name: &str, value: &str| {
        headers.push(Header {
            name: name.to_owned(),
            value: value.to_owned(),
        });
    };
    add("Access-Control-Allow-Origin", origin);
    add("Access-Control-Allow-Credentials", "true");
    add("Access-Control-Expose-Headers", "*");
    Some(headers)
}

/// The answer to a question whether another site allows a request (CORS preflight); none of any other request.
pub(super) fn allowed(paused: &Paused) -> Option<Vec<Header>> {
    let asked = &paused.request.headers;
    let (origin, method) = (
        asked.get("origin")?,
        asked.get("access-control-request-method")?,
    );
    if paused.request.method != "OPTIONS" {
        return None;
    }
    let headers = asked.get("access-control-request-headers").unwrap_or("*");
    let answer = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", method),
        ("Access-Control-Allow-Headers", headers),
    ];
    let owned = |(name, value): &(&str, &str)| Header {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    Some(answer.iter().map(owned).collect())
}
