//! What a queue and its model must agree on after every step.

use super::super::tally::Counts;
use super::Conforms;
use super::model::{End, Place};
use super::world::World;

impl<B: Conforms> World<B> {
    /// All that can be asked of the backlog, and its own books.
    pub(super) fn check(&self) {
        let Self { subject, model, .. } = self;
        let queue = &subject.queue;
        assert_eq!(queue.waiting_len(), model.queue.len());
        assert_eq!(subject.waiting(), model.queue);
        let leases = model.leases(None);
        assert_eq!(
            queue.leases.next(),
            leases.iter().filter_map(|(_, _, due)| *due).min()
        );
        assert_eq!(queue.leases.len(), leases.len());
        self.check_stats(leases.len());
        for id in 0..=self.items {
            let item = model.items.get(&id);
            let is_held = item.is_some_and(|item| matches!(item.place, Place::Held { .. }));
            assert_eq!(
                queue.attempts(id),
                item.map(|item| item.attempts),
                "item {id}"
            );
            assert_eq!(queue.is_leased(id), is_held, "item {id}");
            assert_eq!(
                item.is_none(),
                id == self.items || model.ends.contains_key(&id),
                "item {id}"
            );
        }
        assert_eq!(queue.slots.workers.len(), model.workers.len());
        for (id, worker) in &model.workers {
            let known = &queue.slots.workers[id];
            assert_eq!(known.generation, worker.generation, "worker {id}");
            let (mut running, mut expected) = (known.running.clone(), worker.running.clone());
            running.sort_unstable();
            expected.sort_unstable();
            assert_eq!(running, expected, "worker {id}");
            assert_eq!(known.ahead, worker.ahead, "worker {id}");
            let (slots, room) = queue.slots.tokens_of(*id);
            assert_eq!((slots, room), (worker.slots, worker.room), "worker {id}");
            let idle = queue.idle_workers().filter(|idle| idle == id).count();
            let taken = worker.running.len();
            assert!(idle == 0 || idle + taken <= worker.of, "worker {id}");
            let is_waiting = worker.ahead.is_empty() || known.is_watched;
            assert!(is_waiting, "worker {id} is looked at");
        }
    }

    /// Every item is somewhere, once.
    fn check_stats(&self, leased: usize) {
        let stats = self.subject.stats();
        let ended = |end| self.model.ends.values().filter(|one| **one == end).count() as u64;
        let Counts {
            enqueued,
            delivered,
            returned,
            completed,
            failed,
            timed_out,
            cancelled,
            ..
        } = stats.counts;
        assert_eq!(
            (stats.waiting, stats.leased),
            (self.model.queue.len(), leased)
        );
        assert_eq!(enqueued, self.items);
        assert_eq!(completed, ended(End::Answered));
        let doomed = ended(End::Doomed);
        assert_eq!(failed, ended(End::Failed) + ended(End::Exhausted) + doomed);
        assert_eq!(timed_out, ended(End::Dropped));
        assert_eq!(cancelled, ended(End::Cancelled));
        let open = stats.waiting + stats.leased + stats.expired;
        assert_eq!(
            enqueued,
            open as u64 + completed + failed + timed_out + cancelled
        );
        assert_eq!(delivered, self.leases.len() as u64);
        assert!(returned <= delivered && stats.run.count <= delivered);
        assert!(stats.wait.count <= enqueued);
    }
}
