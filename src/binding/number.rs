//! Numbers between JavaScript and Rust.

use std::time::Duration;

/// Milliseconds of JavaScript; negative or absurd ones are cut off.
pub(super) fn ms(value: f64) -> Duration {
    Duration::from_secs_f64((value / 1000.0).clamp(0.0, 1e9))
}

/// Ids count up from 0 on either side and never reach 2^53.
pub(super) fn from_js(id: i64) -> u64 {
    id.unsigned_abs()
}

pub(super) fn to_js(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
