//! A bound for what a page can tell at its own will: more than Node takes in would fill the memory.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tracing::warn;

/// So many messages and errors are passed on in each such time.
const MOST: u32 = 5_000;
const WINDOW: Duration = Duration::from_secs(1);

/// Counts what one page tells.
#[derive(Debug, Default)]
pub(super) struct Flood(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    begun: Option<Instant>,
    count: u32,
}

impl Flood {
    /// Whether one more is passed on.
    pub(super) fn admits(&self) -> bool {
        let mut window = self.0.lock();
        let now = Instant::now();
        if window.begun.is_none_or(|begun| now - begun >= WINDOW) {
            *window = Window {
                begun: Some(now),
                count: 0,
            };
        }
        window.count += 1;
        if window.count == MOST + 1 {
            warn!("a page writes more than {MOST} messages a second: some are left out");
        }
        window.count <= MOST
    }
}
