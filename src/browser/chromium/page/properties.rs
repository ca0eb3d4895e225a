//! The properties of a page: what `get` and `set` do.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::{Page, evaluate, jar, view};
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
    if let Some(value) = view::get(page, top_of(&name)) {
        return Ok(descend(&value, &name)?.to_string());
    }
    match name.as_str() {
        "title" => evaluate::expression(page, "document.title").await,
        "cookies" => jar::get(page).await,
        "customHeaders" => answer(&page.network.headers()),
        "url" => evaluate::expression(page, "location.href").await,
        "content" => evaluate::expression(page, "document.documentElement.outerHTML").await,
        _ => match name.strip_prefix("settings.") {
            Some(setting) => answer(&page.properties.settings.lock().get(setting)),
            None => Err(no_property(&name)),
        },
    }
}

/// args: [name, value]
pub(super) async fn set(page: &Arc<Page>, args: &Args) -> Outcome {
    let name = args.text(0);
    if let Some(mut value) = view::get(page, top_of(&name)) {
        *descend_mut(&mut value, &name)? = args.value(1);
        view::set(page, top_of(&name), value).await?;
        return get(page, args).await;
    }
    if let Some(setting) = name.strip_prefix("settings.") {
        let _ = page
            .properties
            .settings
            .lock()
            .insert(setting.to_owned(), args.value(1));
        return Ok(json!(args.value(1)).to_string());
    }
    match name.as_str() {
        "cookies" => return jar::set(page, &args.value(1)).await,
        "customHeaders" => return Ok(args.raw(1).get().to_owned()),
        _ => {}
    }
    Err(no_property(&name))
}

/// The name of the property itself in a dotted one such as `viewportSize.width`.
fn top_of(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// What a dotted name means in a property's value; null for what is not there.
fn descend<'a>(value: &'a Value, name: &str) -> Result<&'a Value, Failure> {
    name.split('.').skip(1).try_fold(value, |holder, part| {
        let members = holder.as_object().ok_or_else(|| no_property(name))?;
        Ok(members.get(part).unwrap_or(&Value::Null))
    })
}

/// The same, to be set.
fn descend_mut<'a>(value: &'a mut Value, name: &str) -> Result<&'a mut Value, Failure> {
    name.split('.').skip(1).try_fold(value, |holder, part| {
        let members = holder.as_object_mut().ok_or_else(|| no_property(name))?;
        Ok(members.entry(part).or_insert(Value::Null))
    })
}

fn no_property(name: &str) -> Failure {
    Failure::argument(format!("no property {name}"))
}
