//! What pages are like at first: what PhantomJS's switches say, read by `lib/browser`.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::place::GivenProxy;

/// From JavaScript, as JSON text. What is left out is as in PhantomJS.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Defaults {
    /// `--load-images`
    pub(crate) load_images: bool,
    pub(crate) javascript_enabled: bool,
    /// `--web-security`
    pub(crate) web_security_enabled: bool,
    /// `--local-to-remote-url-access`
    pub(crate) local_to_remote_url_access_enabled: bool,
    /// `--local-url-access`
    pub(crate) local_url_access_enabled: bool,
    /// `--ignore-ssl-errors`
    pub(crate) ignore_ssl_errors: bool,
    /// `--proxy`, which Chromium was started with, and `--proxy-auth`
    pub(super) proxy: Option<GivenProxy>,
    /// `--cookies-file`
    pub(crate) cookies_file: Option<PathBuf>,
    /// Option `isolate`, for the first tab. Each page says itself what it is to have.
    pub(crate) isolate: bool,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            load_images: true,
            javascript_enabled: true,
            web_security_enabled: true,
            local_to_remote_url_access_enabled: false,
            local_url_access_enabled: true,
            ignore_ssl_errors: false,
            proxy: None,
            cookies_file: None,
            isolate: false,
        }
    }
}

impl Defaults {
    /// `defaultPageSettings`, but for `userAgent`.
    pub(crate) fn page_settings(&self) -> Map<String, Value> {
        let settings = json!({
            "XSSAuditingEnabled": false,
            "javascriptCanCloseWindows": true,
            "javascriptCanOpenWindows": true,
            "javascriptEnabled": self.javascript_enabled,
            "loadImages": self.load_images,
            "localToRemoteUrlAccessEnabled": self.local_to_remote_url_access_enabled,
            "webSecurityEnabled": self.web_security_enabled,
        });
        match settings {
            Value::Object(settings) => settings,
            _ => Map::new(),
        }
    }

    /// Reads them; JSON text of ours.
    ///
    /// # Errors
    /// When it is of another shape.
    pub(crate) fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}
