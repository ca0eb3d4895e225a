//! Why a load failed, for `page.loadError`.

use serde::Serialize;

use crate::browser::chromium::page::network::errors::{NetworkError, of_net, of_status};

/// What Node keeps as `page.loadError`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct LoadError {
    /// Qt's number.
    pub(super) code: Option<u32>,
    pub(super) text: String,
    /// Of HTTP.
    pub(super) status: Option<u32>,
    /// Where redirects led.
    pub(super) url: String,
}

/// Why a document will not come.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    Known(NetworkError),
    /// Chromium's name for it, `net::ERR_…`.
    Net(String),
}

/// What is known of the answer that a document came by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Response {
    pub(super) status: Option<u32>,
    pub(super) content_type: Option<String>,
    /// It has an HTTP status of 400 or above, and no content.
    pub(super) is_empty: bool,
    /// Chromium keeps it as a file.
    pub(super) is_download: bool,
}

impl Response {
    /// What PhantomJS takes for a failure: no password, or an error without a page.
    pub(super) fn is_refused(&self) -> bool {
        self.status == Some(401) || self.is_empty
    }
}

/// A request that somebody ended.
pub(super) fn canceled() -> NetworkError {
    of_net("net::ERR_ABORTED", "about:blank")
}

/// Of Chromium's name. What was ended may as well have given no page: then nothing is known.
fn known(name: &str, url: &str) -> Option<NetworkError> {
    let error = of_net(name, url);
    (error != canceled()).then_some(error)
}

impl LoadError {
    /// `url` may have a fragment, which is no address of its own.
    fn of(error: Option<NetworkError>, text: Option<&str>, status: Option<u32>, url: &str) -> Self {
        let (code, words) = match error {
            Some(NetworkError { code, text }) => (Some(code), text),
            None => (None, "Chromium did not load it".to_owned()),
        };
        Self {
            code,
            text: text.map_or(words, str::to_owned),
            status,
            url: url.split('#').next().unwrap_or_default().to_owned(),
        }
    }

    pub(super) fn new(failure: Option<&Failure>, response: &Response, url: &str) -> Self {
        let error = match failure {
            Some(Failure::Known(error)) => Some(error.clone()),
            Some(Failure::Net(name)) => known(name, url),
            None => None,
        };
        let status = response.status;
        let content_type = response.content_type.as_deref().unwrap_or_default();
        let text = match (status, &error) {
            (Some(status @ 400..), _) => Some(format!("HTTP {status}")),
            (Some(status), None) if content_type.is_empty() => {
                Some(format!("HTTP {status} without a page"))
            }
            (Some(_), None) if !is_page(content_type) => {
                Some(format!("Chromium does not show {content_type}"))
            }
            (None, None) if response.is_download => {
                Some("Chromium does not show it: it is a file to be kept".to_owned())
            }
            _ => None,
        };
        Self::of(error, text.as_deref(), status, url)
    }

    /// The answer was an error of which PhantomJS shows nothing.
    pub(super) fn refused(response: &Response, url: &str) -> Self {
        let error = match response.status {
            // It gives up when it has no password.
            Some(401) => Some(canceled()),
            status => of_status(status.unwrap_or_default(), "", url),
        };
        let failure = error.map(Failure::Known);
        Self::new(failure.as_ref(), response, url)
    }

    pub(super) fn canceled(url: &str) -> Self {
        Self::of(Some(canceled()), None, None, url)
    }

    pub(super) fn replaced(url: &str) -> Self {
        Self::of(None, Some("another load took its place"), None, url)
    }

    pub(super) fn locked(url: &str) -> Self {
        let text = "the page cannot be left: navigationLocked is true";
        Self::of(None, Some(text), None, url)
    }
}

/// Whether PhantomJS shows it as a document.
fn is_page(content_type: &str) -> bool {
    content_type.contains("html") || content_type.contains("xml")
}
