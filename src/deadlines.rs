//! Deadlines by key, with the nearest one at hand.

use std::collections::BTreeSet;
use std::hash::Hash;

use rustc_hash::FxHashMap;
use tokio::sync::Notify;
use tokio::time::Instant;

/// A set of keys that each fall due at one instant.
#[derive(Debug)]
pub(crate) struct Deadlines<K> {
    by_key: FxHashMap<K, Instant>,
    by_time: BTreeSet<(Instant, K)>,
}

impl<K: Copy + Eq + Hash + Ord> Deadlines<K> {
    pub(crate) fn new() -> Self {
        Self {
            by_key: FxHashMap::default(),
            by_time: BTreeSet::new(),
        }
    }

    /// Sets the deadline of `key`; true when it is now the nearest of all, so that whoever sleeps must wake earlier.
    pub(crate) fn insert(&mut self, key: K, due: Instant) -> bool {
        let _ = self.remove(key);
        let _ = self.by_key.insert(key, due);
        let _ = self.by_time.insert((due, key));
        self.by_time.first() == Some(&(due, key))
    }

    /// Forgets `key`; false when it had no deadline.
    pub(crate) fn remove(&mut self, key: K) -> bool {
        match self.by_key.remove(&key) {
            Some(due) => self.by_time.remove(&(due, key)),
            None => false,
        }
    }

    /// All of them are due at `due` from now on.
    pub(crate) fn restart(&mut self, due: Instant) {
        self.by_key.values_mut().for_each(|at| *at = due);
        self.by_time = self.by_key.keys().map(|key| (due, *key)).collect();
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(due, _)| *due)
    }

    /// Takes one key that is due at `now`, oldest deadline first.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<K> {
        let (due, key) = *self.by_time.first()?;
        if due > now {
            return None;
        }
        let _ = self.by_time.pop_first();
        let _ = self.by_key.remove(&key);
        Some(key)
    }
}

/// Calls `on_due` each time that the instant `next` gives is there, for ever. `changed` is notified when `next` may give an
/// earlier one than before.
pub(crate) async fn keep<Never>(
    changed: &Notify,
    next: impl Fn() -> Option<Instant>,
    on_due: impl Fn(),
) -> Never {
    loop {
        let due = next();
        tokio::select! {
            () = sleep_until(due) => on_due(),
            () = changed.notified() => {}
        }
    }
}

/// Sleeps until `due`, or for ever when there is none.
async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use std::collections::VecDeque;
    use std::time::Duration;

    #[test]
    fn pops_in_order_of_time_and_says_when_the_nearest_changed() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut deadlines = Deadlines::new();
        assert!(deadlines.insert(1, at(20)));
        assert!(!deadlines.insert(2, at(30)));
        assert!(deadlines.insert(3, at(10)));
        assert_eq!(deadlines.next(), Some(at(10)));
        assert_eq!(deadlines.pop_due(at(5)), None);
        assert_eq!(deadlines.pop_due(at(25)), Some(3));
        assert!(deadlines.remove(1));
        assert!(!deadlines.remove(1));
        assert_eq!(deadlines.pop_due(at(25)), None);
        deadlines.restart(at(50));
        assert_eq!(deadlines.pop_due(at(49)), None);
        assert_eq!(deadlines.pop_due(at(50)), Some(2));
        assert_eq!(deadlines.next(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_due_is_done_in_time_also_when_it_became_due_earlier() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let due = Mutex::new(VecDeque::from([begun + 60 * second]));
        let (changed, done) = (Notify::new(), Mutex::new(Vec::new()));
        let keeping = keep(
            &changed,
            || due.lock().front().copied(),
            || {
                let _ = due.lock().pop_front();
                done.lock().push(begun.elapsed().as_secs());
            },
        );
        let changing = async {
            tokio::time::sleep(second).await;
            due.lock().push_front(begun + 3 * second);
            changed.notify_one();
            tokio::time::sleep(100 * second).await;
        };
        tokio::select! {
            never = keeping => never,
            () = changing => {}
        }
        assert_eq!(*done.lock(), [3, 60]);
    }
}
