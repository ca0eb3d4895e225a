//! The commands that wait for their replies, each with its deadline in lived time.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::deadlines::{self, Deadlines};
use crate::lived::Lived;

/// Commands by their ids.
#[derive(Debug)]
pub(super) struct Pending {
    waiting: Mutex<Waiting>,
    nearer: Notify,
}

#[derive(Debug)]
struct Waiting {
    deadlines: Deadlines<i64>,
    clock: Lived,
}

impl Pending {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                deadlines: Deadlines::new(),
                clock: Lived::new(),
            }),
            nearer: Notify::new(),
        }
    }

    /// Adds commands, by id and limit.
    pub(super) fn insert(&self, commands: impl IntoIterator<Item = (i64, Duration)>) {
        let mut all = self.waiting.lock();
        let now = all.clock.now();
        for (id, limit) in commands {
            if all.deadlines.insert(id, now + limit) {
                self.nearer.notify_one();
            }
        }
    }

    /// False when it does not wait (any more).
    pub(super) fn remove(&self, id: i64) -> bool {
        self.waiting.lock().deadlines.remove(id)
    }

    /// Calls `on_due` with each command whose time is over, for ever.
    pub(super) async fn expire<Never>(&self, on_due: impl Fn(i64)) -> Never {
        let end_due = || {
            while let Some(id) = { self.waiting.lock().pop_due() } {
                on_due(id);
            }
        };
        deadlines::keep(&self.nearer, || self.waiting.lock().wake_at(), end_due).await
    }
}

impl Waiting {
    fn wake_at(&mut self) -> Option<Instant> {
        self.clock.wake_at(self.deadlines.next())
    }

    fn pop_due(&mut self) -> Option<i64> {
        let now = self.clock.now();
        self.deadlines.pop_due(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::unbounded_channel;

    #[tokio::test(start_paused = true)]
    async fn a_commands_time_stands_still_while_this_process_does() {
        let pending = Pending::new();
        let (sender, mut due) = unbounded_channel();
        let expiring = pending.expire(|id| {
            let _ = sender.send(id);
        });
        let begun = Instant::now();
        let waiting = async {
            pending.insert([(1, Duration::from_secs(10))]);
            tokio::task::yield_now().await;
            tokio::time::advance(Duration::from_secs(60)).await;
            due.recv().await
        };
        let id = tokio::select! {
            // It sees what was inserted before time goes on.
            biased;
            never = expiring => never,
            id = waiting => id,
        };
        assert_eq!(id, Some(1));
        assert!(begun.elapsed() >= Duration::from_secs(69));
    }
}
