//! `quality` of `render`.

use serde_json::Value;

use crate::browser::chromium::qt_value::whole;

/// What PhantomJS makes where nothing is said, and below 0.
const DEFAULT: u8 = 75;

/// Of a JPEG or WebP, from 0 to 100.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::browser::chromium) struct Quality(pub(in crate::browser::chromium) u8);

impl Default for Quality {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl Quality {
    /// Of a value as the user gave it.
    pub(in crate::browser::chromium) fn read(value: &Value) -> Self {
        let number = whole(value).min(100);
        u8::try_from(number).map_or_else(|_| Self::default(), Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_is_read_as_phantomjs_does() {
        let read = |value: Value| Quality::read(&value).0;
        assert_eq!(Quality::default().0, 75);
        assert_eq!(read(json!("50")), 50);
        assert_eq!(read(json!(101)), 100);
        assert_eq!(read(json!(-1)), 75);
        assert_eq!(read(json!("-7")), 75);
        assert_eq!(read(json!("x")), 0);
        assert_eq!(read(json!(null)), 0);
    }
}
