//! Sizes, places and parts as they come from the user, read as PhantomJS read them.

use serde::Serialize;
use serde_json::Value;

use crate::browser::chromium::qt_value::whole;

/// Of a window, px.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(in crate::browser::chromium) struct Size {
    pub(in crate::browser::chromium) width: i32,
    pub(in crate::browser::chromium) height: i32,
}

impl Size {
    /// None for what is no size: PhantomJS leaves the window as it is.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let size = Self {
            width: member(value, "width")?,
            height: member(value, "height")?,
        };
        (size.width > 0 && size.height > 0).then_some(size)
    }
}

/// In a document, px.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(in crate::browser::chromium) struct Place {
    pub(in crate::browser::chromium) left: i32,
    pub(in crate::browser::chromium) top: i32,
}

impl Place {
    /// None for what is no object; what is left out is 0.
    pub(super) fn read(value: &Value) -> Option<Self> {
        Some(Self {
            left: member(value, "left")?,
            top: member(value, "top")?,
        })
    }
}

/// A part of a picture, px.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(in crate::browser::chromium) struct Part {
    pub(in crate::browser::chromium) left: i32,
    pub(in crate::browser::chromium) top: i32,
    pub(in crate::browser::chromium) width: i32,
    pub(in crate::browser::chromium) height: i32,
}

impl Part {
    /// None for what is no object; what is left out is 0.
    pub(super) fn read(value: &Value) -> Option<Self> {
        Some(Self {
            left: member(value, "left")?,
            top: member(value, "top")?,
            width: member(value, "width")?,
            height: member(value, "height")?,
        })
    }

    /// No part was chosen: the picture is that of all.
    pub(in crate::browser::chromium) fn is_none(self) -> bool {
        self.width == 0 && self.height == 0
    }

    /// There is nothing in it.
    pub(in crate::browser::chromium) fn is_empty(self) -> bool {
        self.width <= 0 || self.height <= 0
    }
}

fn member(value: &Value, name: &str) -> Option<i32> {
    Some(value.as_object()?.get(name).map_or(0, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_window_needs_a_width_and_a_height() {
        let size = |width, height| Some(Size { width, height });
        let read = |value: Value| Size::read(&value);
        assert_eq!(
            read(json!({ "width": "600", "height": "250" })),
            size(600, 250)
        );
        assert_eq!(
            read(json!({ "width": 300.6, "height": 10.4, "x": 1 })),
            size(301, 10)
        );
        for none in [
            json!({ "width": 200 }),
            json!({ "width": 0, "height": 0 }),
            json!({ "width": -5, "height": 10 }),
            json!({ "width": "x", "height": 5 }),
            json!(null),
            json!(5),
        ] {
            assert_eq!(Size::read(&none), None, "{none}");
        }
    }

    #[test]
    fn of_places_and_parts_what_is_left_out_is_nothing() {
        let place = Place::read(&json!({ "top": "8" }));
        assert_eq!(place, Some(Place { left: 0, top: 8 }));
        assert_eq!(Place::read(&json!(null)), None);
        let part = Part::read(&json!({ "left": 1 })).expect("a part");
        assert!(part.is_none() && part.is_empty());
        let part = Part::read(&json!({ "width": 0, "height": 30 })).expect("a part");
        assert!(!part.is_none() && part.is_empty());
    }
}
