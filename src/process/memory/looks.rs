//! Memory of trees, for callers that cannot wait for it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::task::spawn_blocking;

use super::MemoryOf;

/// A younger look is as good as one now.
const YOUNG: Duration = Duration::from_secs(1);
/// An older look is none. Longer than the minute between two calls of a monitor.
const OLD: Duration = Duration::from_secs(90);

/// What was seen of trees, each by its root. A caller gets what was seen when it, or somebody else, asked before; only
/// where nobody did for long it waits for a look, of up to 10 ms a tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct TreeLooks(Arc<Mutex<Looks>>);

#[derive(Debug, Default)]
struct Looks {
    by_root: HashMap<u32, Look>,
    /// Those that are being looked at.
    under_way: HashSet<u32>,
    /// Somebody has asked: trees that come from now on are looked at before they are asked for.
    is_asked: bool,
}

#[derive(Clone, Copy, Debug)]
struct Look {
    bytes: Option<u64>,
    at: Instant,
}

impl Look {
    fn now(root: u32) -> Self {
        let bytes = MemoryOf::Tree(root).now();
        let at = Instant::now();
        Self { bytes, at }
    }
}

impl TreeLooks {
    /// Bytes of each tree, at most 90 s old; none for those that are gone. Other trees are forgotten. Must run inside a
    /// tokio runtime.
    pub(crate) fn memory(&self, roots: &[u32]) -> Vec<Option<u64>> {
        {
            let mut looks = self.0.lock();
            looks.is_asked = true;
            looks.by_root.retain(|root, _| roots.contains(root));
        }
        let seen: Vec<Look> = roots.iter().map(|root| self.recent(*root)).collect();
        let seen_and_root = seen.iter().zip(roots);
        let stale = seen_and_root.filter(|(look, _)| look.at.elapsed() > YOUNG);
        self.look(stale.map(|(_, root)| *root).collect());
        seen.into_iter().map(|look| look.bytes).collect()
    }

    /// A tree is there. Must run inside a tokio runtime.
    pub(crate) fn appeared(&self, root: u32) {
        if self.0.lock().is_asked {
            self.look(vec![root]);
        }
    }

    fn recent(&self, root: u32) -> Look {
        let known = self.0.lock().by_root.get(&root).copied();
        let known = known.filter(|look| look.at.elapsed() < OLD);
        known.unwrap_or_else(|| {
            let look = Look::now(root);
            self.0.lock().by_root.insert(root, look);
            look
        })
    }

    /// Looks at trees, and keeps nobody waiting. It ends by itself, within milliseconds.
    fn look(&self, mut roots: Vec<u32>) {
        roots.retain(|root| self.0.lock().under_way.insert(*root));
        if roots.is_empty() {
            return;
        }
        let looks = Arc::clone(&self.0);
        drop(spawn_blocking(move || {
            for root in roots {
                let look = Look::now(root);
                let mut looks = looks.lock();
                looks.under_way.remove(&root);
                looks.by_root.insert(root, look);
            }
        }));
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::fixture::{Family, MIB};
    use super::*;
    use tokio::time::{sleep, timeout};

    fn is_family(bytes: Option<u64>) -> bool {
        bytes.is_some_and(|bytes| bytes > 75 * MIB && bytes < 200 * MIB)
    }

    async fn until(holds: impl Fn() -> bool) {
        let wait = async {
            while !holds() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), wait)
            .await
            .expect("in time");
    }

    #[tokio::test]
    async fn the_first_caller_gets_memory_of_now_and_the_next_what_it_has_seen_until_a_new_look() {
        let looks = TreeLooks::default();
        let family = Family::start();
        let pid = family.pid();
        assert!(is_family(looks.memory(&[pid])[0]));
        drop(family);
        assert!(is_family(looks.memory(&[pid])[0]), "as seen before");
        until(|| looks.memory(&[pid]) == [None]).await;
        assert!(looks.0.lock().by_root.contains_key(&pid));
        assert_eq!(looks.memory(&[]), []);
        assert!(looks.0.lock().by_root.is_empty(), "forgotten");
    }

    #[tokio::test]
    async fn a_tree_that_appears_is_looked_at_once_somebody_has_asked() {
        let looks = TreeLooks::default();
        let family = Family::start();
        looks.appeared(family.pid());
        assert!(looks.0.lock().under_way.is_empty());
        assert_eq!(looks.memory(&[]), []);
        looks.appeared(family.pid());
        until(|| looks.0.lock().by_root.contains_key(&family.pid())).await;
        assert!(looks.0.lock().under_way.is_empty());
    }
}
