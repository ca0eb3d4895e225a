//! Addresses as PhantomJS reads them: what has no protocol is a file, seen from the directory of the process.

use std::path::Path;

use url::Url;

use crate::browser::chromium::page::network::errors::{NetworkError, of_net};

/// The whole address. What cannot be one stays as it is.
pub(super) fn whole(given: &str, directory: &Path) -> String {
    if has_protocol(given) {
        return given.to_owned();
    }
    let joined = Url::from_directory_path(directory)
        .ok()
        .and_then(|directory| directory.join(given).ok());
    joined.map_or_else(|| given.to_owned(), Into::into)
}

/// Whether it begins as an address does. One letter is a drive of Windows.
fn has_protocol(given: &str) -> bool {
    given.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one))
    })
}

/// Whether two addresses name the same document: they differ in the fragment alone.
pub(super) fn is_same_document(one: &str, other: &str) -> bool {
    let of = |url: &str| Url::parse(url).ok();
    match (of(one), of(other)) {
        (Some(mut one), Some(mut other)) => {
            one.set_fragment(None);
            other.set_fragment(None);
            one == other
        }
        _ => false,
    }
}

/// Why Chromium does not try it.
pub(super) fn refusal(url: &str) -> NetworkError {
    if url.starts_with("http:") || url.starts_with("https:") {
        let text = "Host  not found".to_owned();
        return NetworkError { code: 3, text };
    }
    of_net("net::ERR_UNKNOWN_URL_SCHEME", url)
}

/// PhantomJS knows no such protocol; Chromium would run it in the page.
pub(super) fn is_script(url: &str) -> bool {
    url.trim_start()
        .get(.."javascript:".len())
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"))
}

/// Whether it is a file's.
pub(super) fn is_local(url: &str) -> bool {
    let scheme = url.trim_start().get(.."file:".len());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"))
}

/// A directory is no page: Chromium lists what is in it.
pub(super) async fn directory(url: &str) -> Option<NetworkError> {
    let path = Url::parse(url)
        .ok()
        .filter(|url| url.scheme() == "file")?
        .to_file_path()
        .ok()?;
    let looking = tokio::task::spawn_blocking(move || path.is_dir());
    let is_directory = looking.await.unwrap_or(false);
    is_directory.then(|| NetworkError {
        code: 202,
        text: format!("Cannot open {url}: Path is a directory"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_has_no_protocol_is_a_file() {
        for (given, expected) in [
            ("http://a/b", "http://a/b"),
            ("nothing:there", "nothing:there"),
            ("b c.html", "file:///home/me/b%20c.html"),
            ("a%20b.html?c#d", "file:///home/me/a%20b.html?c#d"),
            ("/b/c.html", "file:///b/c.html"),
            ("example.com", "file:///home/me/example.com"),
            ("", "file:///home/me/"),
        ] {
            assert_eq!(whole(given, Path::new("/home/me")), expected);
        }
    }

    #[test]
    fn fragments_are_in_the_same_document() {
        assert!(is_same_document("http://a/#b", "http://a"));
        assert!(is_same_document("http://a/?b#c", "http://a/?b#d"));
        assert!(!is_same_document("http://a/b#c", "http://a/d#c"));
        assert!(!is_same_document("", "http://a/d#c"));
    }
}
