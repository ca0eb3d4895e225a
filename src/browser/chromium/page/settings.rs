//! The settings of a page. They hold from one load that a command begins to the next, as in PhantomJS.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::Page;
use super::domains::Domain;
use super::network::headers;
use crate::browser::chromium::command::Failure;

/// The settings of one page.
#[derive(Debug)]
pub(super) struct Settings(Mutex<State>);

#[derive(Debug)]
struct State {
    /// As the user sees them.
    own: Map<String, Value>,
    /// Whether the page's scripts run, since the last load.
    runs_scripts: bool,
}

impl Settings {
    pub(super) fn new(defaults: Map<String, Value>) -> Self {
        Self(Mutex::new(State {
            own: defaults,
            runs_scripts: true,
        }))
    }

    /// As they are to be from the next load on.
    pub(super) fn all(&self) -> Map<String, Value> {
        self.0.lock().own.clone()
    }

    /// Whether the page's scripts run.
    pub(super) fn runs_scripts(&self) -> bool {
        self.0.lock().runs_scripts
    }

    /// Sets all of them. In PhantomJS one that is left out is off.
    ///
    /// # Errors
    /// See [`check`].
    pub(super) fn set(&self, settings: Map<String, Value>) -> Result<(), Failure> {
        check(&settings)?;
        self.0.lock().own = settings;
        Ok(())
    }
}

/// What settings may be.
///
/// # Errors
/// "invalid argument" for what cannot be sent, "unsupported operation" for what Chromium does not do.
pub(super) fn check(settings: &Map<String, Value>) -> Result<(), Failure> {
    headers::check_settings(settings)?;
    if is_on(settings, "XSSAuditingEnabled") {
        return Err(Failure::unsupported(
            "settings.XSSAuditingEnabled: Chromium has no such auditor any more; a Content-Security-Policy of the site's \
             own does that",
        ));
    }
    Ok(())
}

/// As Qt reads it: a text is on unless it is empty, "0" or "false".
pub(super) fn is_on(settings: &Map<String, Value>, name: &str) -> bool {
    match settings.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is)) => *is,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => {
            !text.is_empty() && !text.eq_ignore_ascii_case("false") && text != "0"
        }
        Some(_) => true,
    }
}

/// The page's settings hold from now on, with those of `own` in the place of the page's. Called right before a load.
pub(super) fn apply(page: &Arc<Page>, own: &Map<String, Value>) {
    let mut settings = page.settings.all();
    settings.extend(
        own.iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    page.network.apply(page, &settings);
    let runs_scripts = is_on(&settings, "javascriptEnabled");
    let before = std::mem::replace(&mut page.settings.0.lock().runs_scripts, runs_scripts);
    if before != runs_scripts {
        // Without scripts no document says with which status it came.
        if runs_scripts {
            page.domains.release(Domain::Network);
        } else {
            page.domains.hold(Domain::Network);
        }
        page.session.notify(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !runs_scripts }),
        );
    }
}

/// For the next page of the tab. False where it must have none: after this some pages were seen without scripts.
pub(super) fn undo(page: &Page) -> bool {
    page.settings.runs_scripts()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_left_out_is_off() {
        let of = |value: Value| value.as_object().cloned().unwrap_or_default();
        assert!(!is_on(&of(json!({})), "a"));
        assert!(!is_on(&of(json!({ "a": "False" })), "a"));
        assert!(is_on(&of(json!({ "a": 1 })), "a"));
    }

    #[test]
    fn what_chromium_cannot_do_is_refused() {
        let of = |value: Value| check(&value.as_object().cloned().unwrap_or_default());
        assert_eq!(of(json!({ "XSSAuditingEnabled": false })), Ok(()));
        let refused = of(json!({ "XSSAuditingEnabled": true }));
        assert_eq!(
            refused.map_err(|failure| failure.error),
            Err("unsupported operation")
        );
    }
}
