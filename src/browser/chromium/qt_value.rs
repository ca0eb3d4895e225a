//! What Qt makes of values that come from JavaScript, as PhantomJS did where another kind was wanted.

use serde_json::Value;

/// A whole number: fractions are rounded, text that is none is 0, and so is everything else.
pub(super) fn whole(value: &Value) -> i32 {
    match value {
        // Saturates.
        Value::Number(number) => number.as_f64().unwrap_or_default().round() as i32,
        Value::String(text) => text.trim().parse().unwrap_or_default(),
        Value::Bool(is) => i32::from(*is),
        _ => 0,
    }
}

/// A number; NaN for text that is none, and for everything else.
pub(super) fn real(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::String(text) => text.trim().parse().unwrap_or(f64::NAN),
        Value::Bool(is) => f64::from(u8::from(*is)),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_are_those_that_phantomjs_had() {
        for (value, expected) in [
            (json!(50), 50),
            (json!("50"), 50),
            (json!(" 7 "), 7),
            (json!(300.6), 301),
            (json!(10.4), 10),
            (json!(-2), -2),
            (json!(1e300), i32::MAX),
            (json!(true), 1),
            (json!("50.7"), 0),
            (json!("x"), 0),
            (json!(null), 0),
            (json!({}), 0),
        ] {
            assert_eq!(whole(&value), expected, "{value}");
        }
    }

    #[test]
    fn numbers_may_be_text() {
        assert_eq!(real(&json!("1.5")), 1.5);
        assert_eq!(real(&json!(2)), 2.0);
        assert!(real(&json!("x")).is_nan());
        assert!(real(&json!(null)).is_nan());
    }
}
