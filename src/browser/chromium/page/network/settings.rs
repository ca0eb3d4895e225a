//! The settings of a page that are about its requests. They hold from one `open` to the next, as in PhantomJS.

use std::time::Duration;

use serde_json::{Map, Value};

use super::headers::text_of;
use crate::browser::chromium::page::settings::is_on;
use crate::browser::chromium::qt_value;

/// Without a word PhantomJS answers so many challenges.
const MAX_AUTH_ATTEMPTS: u32 = 3;

/// As they hold now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    /// None for Chromium's own.
    pub(super) user_agent: Option<String>,
    /// The language that requests ask for; none for Chromium's own.
    pub(super) locale: Option<String>,
    pub(super) load_images: bool,
    pub(super) credentials: Option<Credentials>,
    pub(super) max_auth_attempts: u32,
    pub(super) resource_timeout: Option<Duration>,
    pub(super) web_security: bool,
    /// Whether scripts of a file may read what other sites answer.
    pub(super) local_to_remote: bool,
}

/// A name and a password.
#[derive(Clone, PartialEq)]
pub(in crate::browser::chromium) struct Credentials {
    pub(in crate::browser::chromium) user: String,
    pub(in crate::browser::chromium) password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: None,
            locale: None,
            load_images: true,
            credentials: None,
            max_auth_attempts: MAX_AUTH_ATTEMPTS,
            resource_timeout: None,
            web_security: true,
            local_to_remote: false,
        }
    }
}

/// Whether they have a name to answer challenges with. Chromium keeps what opened a site, so such a page is by itself.
pub(in crate::browser::chromium::page) fn has_credentials(settings: &Map<String, Value>) -> bool {
    settings
        .get("userName")
        .is_some_and(|name| !name.is_null() && name != "")
}

impl Settings {
    /// Something of what a page says of its browser is not the browser's own.
    pub(super) fn has_agent(&self) -> bool {
        self.user_agent.is_some() || self.locale.is_some()
    }

    pub(super) fn of(settings: &Map<String, Value>) -> Self {
        let text = |name: &str| {
            let given = settings.get(name).filter(|value| !value.is_null());
            given.map(text_of).filter(|text| !text.is_empty())
        };
        let number = |name: &str| {
            let given = settings.get(name).filter(|value| !value.is_null());
            given.map(qt_value::whole)
        };
        let is_off = |name: &str| settings.contains_key(name) && !is_on(settings, name);
        Self {
            user_agent: text("userAgent"),
            locale: text("locale"),
            load_images: !is_off("loadImages"),
            credentials: text("userName").map(|user| Credentials {
                user,
                password: text("password").unwrap_or_default(),
            }),
            max_auth_attempts: number("maxAuthAttempts")
                .map_or(MAX_AUTH_ATTEMPTS, |attempts| attempts.max(0).unsigned_abs()),
            resource_timeout: number("resourceTimeout")
                .filter(|ms| *ms > 0)
                .map(|ms| Duration::from_millis(ms.unsigned_abs().into())),
            web_security: !is_off("webSecurityEnabled"),
            local_to_remote: is_on(settings, "localToRemoteUrlAccessEnabled"),
        }
    }
}

impl Settings {
    /// Whether some page may read what other sites answer.
    pub(super) fn opens_sites(&self) -> bool {
        !self.web_security || self.local_to_remote
    }

    /// Whether this one may.
    pub(super) fn opens_sites_to(&self, page: &str) -> bool {
        !self.web_security || self.local_to_remote && page.starts_with("file:")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(value: Value) -> Settings {
        Settings::of(value.as_object().expect("an object"))
    }

    #[test]
    fn what_is_null_or_left_out_is_as_it_was() {
        assert_eq!(settings(json!({})), Settings::default());
        let nothing = json!({ "userAgent": null, "userName": null, "resourceTimeout": null });
        assert_eq!(settings(nothing), Settings::default());
    }

    #[test]
    fn each_setting_is_read() {
        let given = settings(json!({
            "userAgent": "a/1", "loadImages": false, "userName": "me", "password": "secret",
            "maxAuthAttempts": 2, "resourceTimeout": 1500, "webSecurityEnabled": false,
            "localToRemoteUrlAccessEnabled": true,
        }));
        assert_eq!(given.user_agent.as_deref(), Some("a/1"));
        assert!(!given.load_images && !given.web_security && given.local_to_remote);
        assert_eq!(given.max_auth_attempts, 2);
        assert_eq!(given.resource_timeout, Some(Duration::from_millis(1500)));
        assert_eq!(format!("{given:?}").matches("secret").count(), 0);
    }

    #[test]
    fn texts_are_read_as_qt_reads_them() {
        let given = settings(json!({
            "loadImages": "false", "maxAuthAttempts": "2", "resourceTimeout": "1500",
            "webSecurityEnabled": 0, "localToRemoteUrlAccessEnabled": "true",
        }));
        assert!(!given.load_images && !given.web_security && given.local_to_remote);
        assert_eq!(given.max_auth_attempts, 2);
        assert_eq!(given.resource_timeout, Some(Duration::from_millis(1500)));
        let unreadable = settings(json!({ "resourceTimeout": "soon", "loadImages": "yes" }));
        assert_eq!(unreadable, Settings::default());
    }
}
