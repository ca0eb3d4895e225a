//! The properties of a page: what `get` and `set` do.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::{Page, evaluate};
use crate::browser::chromium::command::{Args, Failure, Outcome, json as answer};
use crate::browser::chromium::settings::Defaults;

/// What is kept here and has no place in the browser.
#[derive(Debug)]
pub(super) struct Properties {
    settings: Mutex<Map<String, Value>>,
}

impl Properties {
    pub(super) fn new(defaults: &Defaults) -> Self {
        let mut settings = Map::new();
        let _ = settings.insert("loadImages".into(), defaults.load_images.into());
        let _ = settings.insert(
            "javascriptEnabled".into(),
            defaults.javascript_enabled.into(),
        );
        Self {
            settings: Mutex::new(settings),
        }
    }

    pub(super) fn all_settings(&self) -> Map<String, Value> {
        self.settings.lock().clone()
    }
}

/// args: [name]
pub(super) async fn get(page: &Arc<Page>, args: &Args) -> Outcome {
    let name = args.text(0);
    match name.as_str() {
        "title" => evaluate::expression(page, "document.title").await,
        "url" => evaluate::expression(page, "location.href").await,
        "content" => evaluate::expression(page, "document.documentElement.outerHTML").await,
        _ => match name.strip_prefix("settings.") {
            Some(setting) => answer(&page.properties.settings.lock().get(setting)),
            None => Err(Failure::argument(format!("no property {name}"))),
        },
    }
}

/// args: [name, value]
pub(super) async fn set(page: &Arc<Page>, args: &Args) -> Outcome {
    let name = args.text(0);
    if let Some(setting) = name.strip_prefix("settings.") {
        let _ = page
            .properties
            .settings
            .lock()
            .insert(setting.to_owned(), args.value(1));
        return Ok(json!(args.value(1)).to_string());
    }
    if name == "customHeaders" {
        return Ok(args.raw(1).get().to_owned());
    }
    Err(Failure::argument(format!("no property {name}")))
}
