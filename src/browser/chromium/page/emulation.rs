//! Settings of a page that PhantomJS has not: the language, the time zone and the colours that it sees, and how many
//! pixels a px has. They hold at once; the language that requests ask for holds from the next load on, as the page's user
//! agent does (`network`).

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::{Page, view};
use crate::browser::chromium::cdp::{CdpError, Session};
use crate::browser::chromium::command::Failure;

const NAMES: [&str; 4] = ["locale", "timezone", "colorScheme", "deviceScaleFactor"];
const SCHEMES: [&str; 3] = ["light", "dark", "no-preference"];
/// More than any screen has.
const MOST_PIXELS: f64 = 100.0;

/// What is emulated in a page.
#[derive(Debug, Default)]
pub(super) struct Emulation(Mutex<State>);

#[derive(Clone, Debug, Default)]
struct State {
    locale: Option<String>,
    timezone: Option<String>,
    scheme: Option<String>,
}

/// A page's settings are others from now on. null and "" are the browser's own.
///
/// # Errors
/// "invalid argument" where there is no such language, zone, scheme or number.
pub(super) async fn change(
    page: &Arc<Page>,
    before: &Map<String, Value>,
    settings: &Map<String, Value>,
) -> Result<(), Failure> {
    for name in NAMES {
        let value = settings.get(name);
        if value != before.get(name) {
            set(page, name, value.unwrap_or(&Value::Null)).await?;
        }
    }
    Ok(())
}

async fn set(page: &Arc<Page>, name: &str, value: &Value) -> Result<(), Failure> {
    match name {
        "locale" => locale(page, text(name, value)?).await,
        "timezone" => timezone(page, text(name, value)?).await,
        "colorScheme" => scheme(page, text(name, value)?).await,
        "deviceScaleFactor" => view::set_scale(page, scale(value)?).await,
        _ => Ok(()),
    }
}

fn text(name: &str, value: &Value) -> Result<Option<String>, Failure> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(wrong(name, value, "text")),
    }
}

fn scale(value: &Value) -> Result<f64, Failure> {
    if value.is_null() {
        return Ok(1.0);
    }
    let number = value
        .as_f64()
        .filter(|scale| *scale > 0.0 && *scale <= MOST_PIXELS);
    number.ok_or_else(|| {
        wrong(
            "deviceScaleFactor",
            value,
            "a number above 0, and 100 at most",
        )
    })
}

fn wrong(name: &str, value: &Value, wanted: &str) -> Failure {
    Failure::argument(format!("settings.{name} must be {wanted}, not {value}"))
}

async fn locale(page: &Arc<Page>, locale: Option<String>) -> Result<(), Failure> {
    let params = locale_params(locale.as_deref());
    match page
        .session
        .run("Emulation.setLocaleOverride", params)
        .await
    {
        Err(CdpError::Refused { .. }) => {
            return Err(wrong(
                "locale",
                &json!(locale),
                "a language such as \"de-DE\"",
            ));
        }
        outcome => outcome?,
    }
    page.emulation.0.lock().locale = locale;
    tell_children(page);
    Ok(())
}

async fn timezone(page: &Arc<Page>, timezone: Option<String>) -> Result<(), Failure> {
    if let Some(zone) = &timezone {
        // Chromium takes any name, and shows UTC.
        let source = format!(
            "new Intl.DateTimeFormat('en',{{timeZone:{}}}),1",
            json!(zone)
        );
        let trying = page
            .session
            .call_slow::<Value, _>("Runtime.evaluate", json!({ "expression": source }));
        if trying.await?.get("exceptionDetails").is_some() {
            let wanted = "a time zone such as \"Europe/Berlin\"";
            return Err(wrong("timezone", &json!(zone), wanted));
        }
    }
    let params = timezone_params(timezone.as_deref());
    page.session
        .run("Emulation.setTimezoneOverride", params)
        .await?;
    page.emulation.0.lock().timezone = timezone;
    tell_children(page);
    Ok(())
}

async fn scheme(page: &Arc<Page>, scheme: Option<String>) -> Result<(), Failure> {
    if let Some(scheme) = scheme.as_deref().filter(|scheme| !SCHEMES.contains(scheme)) {
        let wanted = "\"light\", \"dark\" or \"no-preference\"";
        return Err(wrong("colorScheme", &json!(scheme), wanted));
    }
    let params = scheme_params(scheme.as_deref());
    page.session
        .run("Emulation.setEmulatedMedia", params)
        .await?;
    page.emulation.0.lock().scheme = scheme;
    tell_children(page);
    Ok(())
}

fn locale_params(locale: Option<&str>) -> Value {
    locale.map_or_else(|| json!({}), |locale| json!({ "locale": locale }))
}

fn timezone_params(timezone: Option<&str>) -> Value {
    json!({ "timezoneId": timezone.unwrap_or_default() })
}

fn scheme_params(scheme: Option<&str>) -> Value {
    let features: Vec<Value> = scheme
        .into_iter()
        .map(|scheme| json!({ "name": "prefers-color-scheme", "value": scheme }))
        .collect();
    json!({ "features": features })
}

/// Frames of other sites.
fn tell_children(page: &Page) {
    let state = page.emulation.0.lock().clone();
    for session in page.children.sessions() {
        state.tell(&session);
    }
}

impl State {
    fn tell(&self, session: &Session) {
        let locale = locale_params(self.locale.as_deref());
        session.notify("Emulation.setLocaleOverride", locale);
        let timezone = timezone_params(self.timezone.as_deref());
        session.notify("Emulation.setTimezoneOverride", timezone);
        let scheme = scheme_params(self.scheme.as_deref());
        session.notify("Emulation.setEmulatedMedia", scheme);
    }

    fn is_plain(&self) -> bool {
        self.locale.is_none() && self.timezone.is_none() && self.scheme.is_none()
    }
}

impl Emulation {
    /// A frame of another site is there.
    pub(super) fn attached(&self, session: &Session) {
        let state = self.0.lock();
        if !state.is_plain() {
            state.tell(session);
        }
    }

    /// The tab is to be as a new one is.
    pub(super) fn reset(&self, session: &Session) {
        let state = std::mem::take(&mut *self.0.lock());
        if !state.is_plain() {
            State::default().tell(session);
        }
    }
}
