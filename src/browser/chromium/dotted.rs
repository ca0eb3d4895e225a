//! Names with dots, which lead into what a property holds: `viewportSize.width`.

use serde_json::Value;

use super::command::Failure;

/// The property, and what leads into it.
pub(super) fn parts(name: &str) -> (&str, Vec<&str>) {
    let mut parts = name.split('.');
    (parts.next().unwrap_or_default(), parts.collect())
}

/// What a name leads to; null where there is none.
///
/// # Errors
/// "invalid argument" where it leads into what holds nothing.
pub(super) fn find<'a>(value: &'a Value, rest: &[&str], name: &str) -> Result<&'a Value, Failure> {
    let mut found = value;
    for part in rest {
        found = match found {
            Value::Object(object) => object.get(*part).unwrap_or(&Value::Null),
            Value::Array(list) => part
                .parse()
                .ok()
                .and_then(|place: usize| list.get(place))
                .unwrap_or(&Value::Null),
            _ => return Err(unknown(name)),
        };
    }
    Ok(found)
}

/// Puts `given` where a name leads.
///
/// # Errors
/// As [`find`].
pub(super) fn put(
    value: &mut Value,
    rest: &[&str],
    name: &str,
    given: Value,
) -> Result<(), Failure> {
    let mut found = value;
    for part in rest {
        found = match found {
            Value::Object(object) => object.entry(*part).or_insert(Value::Null),
            _ => return Err(unknown(name)),
        };
    }
    *found = given;
    Ok(())
}

fn unknown(name: &str) -> Failure {
    Failure::argument(format!("no property {name}"))
}
