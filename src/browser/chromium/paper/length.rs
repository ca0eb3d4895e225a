//! Lengths of a paper. In a PDF of PhantomJS one px is one point, of which there are 72 in an inch.

use serde_json::Value;

use crate::browser::chromium::qt_value::real;

/// Points in an inch.
pub(super) const INCH: f64 = 72.0;

/// Endings, and the points of each unit.
const UNITS: [(&str, f64); 4] = [
    ("mm", INCH / 25.4),
    ("cm", INCH / 2.54),
    ("in", INCH),
    ("px", 1.0),
];

/// Points of a number, or of text such as "1.5cm"; none for what is no length.
pub(super) fn points(value: &Value) -> Option<f64> {
    let length = match value {
        Value::Number(_) => real(value),
        Value::String(text) => {
            let unit = UNITS
                .iter()
                .find_map(|(ending, points)| Some((text.strip_suffix(ending)?, *points)));
            let (number, points) = unit.unwrap_or((text, 1.0));
            number.trim().parse::<f64>().ok()? * points
        }
        _ => return None,
    };
    (length.is_finite() && length >= 0.0).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn units_are_those_of_phantomjs() {
        for (value, expected) in [
            (json!("2in"), 144.0),
            (json!("2.54cm"), 72.0),
            (json!(" 25.4 mm"), 72.0),
            (json!("200px"), 200.0),
            (json!("200"), 200.0),
            (json!(200), 200.0),
            (json!(0), 0.0),
        ] {
            let found = points(&value).expect("a length");
            assert!((found - expected).abs() < 1e-9, "{value}: {found}");
        }
        for none in [
            json!("50pt"),
            json!("5CM"),
            json!("cm"),
            json!(""),
            json!("NaN"),
            json!("1e999"),
            json!(-1),
            json!("-1cm"),
            json!(null),
            json!({}),
        ] {
            assert_eq!(points(&none), None, "{none}");
        }
    }
}
