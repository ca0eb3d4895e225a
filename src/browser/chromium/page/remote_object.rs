//! Values of a page as the protocol shows them, and as text.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::browser::chromium::cdp::read;

/// `Runtime.RemoteObject`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RemoteObject {
    #[serde(rename = "type")]
    kind: String,
    subtype: String,
    pub(super) class_name: String,
    pub(super) value: Option<Box<RawValue>>,
    unserializable_value: String,
    pub(super) description: String,
    pub(super) object_id: Option<String>,
}

impl RemoteObject {
    /// JSON text of a string; none for any other value.
    pub(super) fn string(&self) -> Option<&RawValue> {
        self.value.as_deref().filter(|_| self.kind == "string")
    }

    /// What `String(value)` would be, as far as can be known without the page: what a page has for text of its own objects
    /// is not.
    pub(super) fn text(&self) -> String {
        if let Some(value) = &self.value {
            return match self.string() {
                Some(text) => read(text).unwrap_or_default(),
                None => value.get().to_owned(),
            };
        }
        if !self.unserializable_value.is_empty() {
            return self.unserializable_value.clone();
        }
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("undefined", _) => "undefined".to_owned(),
            ("object", "null") => "null".to_owned(),
            ("object", "error") => match self.description.find("\n    at ") {
                Some(end) => self.description[..end].to_owned(),
                None => self.description.clone(),
            },
            ("object", "date" | "regexp") | ("function" | "symbol", _) => self.description.clone(),
            // The names of classes that the page has made up are not in it.
            ("object", "node") => format!("[object {}]", self.class_name),
            _ => "[object Object]".to_owned(),
        }
    }
}
