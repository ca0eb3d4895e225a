//! Chromium's events about loads, as far as they are read.

use std::borrow::Cow;

use serde::Deserialize;

/// `Page.frameScheduledNavigation`, `Page.frameRequestedNavigation`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Requested {
    pub(super) frame_id: String,
    pub(super) reason: String,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) disposition: String,
}

/// `Page.frameStartedNavigating`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Navigating {
    pub(super) frame_id: String,
    pub(super) url: String,
    pub(super) loader_id: String,
    pub(super) navigation_type: String,
}

/// `Page.frameNavigated`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Navigated {
    pub(super) frame: Frame,
    #[serde(default, rename = "type")]
    pub(super) kind: String,
}

/// `Page.Frame`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Frame {
    pub(super) id: String,
    pub(super) loader_id: String,
    url: String,
    url_fragment: Option<String>,
    pub(super) unreachable_url: Option<String>,
}

impl Frame {
    pub(super) fn address(&self) -> Cow<'_, str> {
        match &self.url_fragment {
            Some(fragment) => Cow::Owned(format!("{}{fragment}", self.url)),
            None => Cow::Borrowed(&self.url),
        }
    }
}

/// `Page.frameStoppedLoading`, `Page.frameDetached`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfFrame {
    pub(super) frame_id: String,
    #[serde(default)]
    pub(super) reason: String,
}

/// `Page.documentOpened`
#[derive(Debug, Deserialize)]
pub(super) struct Opened {
    pub(super) frame: FrameId,
}

/// `Page.Frame`
#[derive(Debug, Deserialize)]
pub(super) struct FrameId {
    pub(super) id: String,
}

/// `Page.navigatedWithinDocument`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Moved {
    pub(super) frame_id: String,
    pub(super) url: String,
    #[serde(default)]
    pub(super) navigation_type: String,
}

/// `Page.lifecycleEvent`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lifecycle {
    pub(super) frame_id: String,
    pub(super) loader_id: String,
    pub(super) name: String,
}

/// `Network.requestWillBeSent`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) request_id: String,
    pub(super) loader_id: String,
    #[serde(default)]
    pub(super) frame_id: String,
}

/// `Network.responseReceived`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Received {
    pub(super) request_id: String,
    pub(super) response: Response,
}

/// `Network.Response`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response {
    pub(super) status: u32,
    pub(super) mime_type: String,
}

/// `Network.dataReceived`, `Network.loadingFinished`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfRequest {
    pub(super) request_id: String,
}

/// `Network.loadingFailed`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failed {
    pub(super) request_id: String,
    pub(super) error_text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_fragment() {
        let event = r##"{"frame":{"id":"A","loaderId":"B","url":"http://a/","urlFragment":"#c","mimeType":"text/html"},"type":"Navigation"}"##;
        let Navigated { frame, kind } = serde_json::from_str(event).expect("an event");
        assert_eq!(frame.address(), "http://a/#c");
        assert_eq!((frame.unreachable_url, kind.as_str()), (None, "Navigation"));
    }
}
