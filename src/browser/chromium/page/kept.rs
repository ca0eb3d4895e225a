//! The events of a pop-up, kept until its opener's listeners in Node have set theirs: Node hears of the pop-up when that
//! has begun to load. As `driver/kept-events.js` keeps those of PhantomJS.

use std::time::Duration;

/// Whoever sets no listener pays for no more than this, and so long.
const MOST_EVENTS: usize = 5_000;
const MOST_BYTES: usize = 4_000_000;
pub(super) const LONGEST: Duration = Duration::from_secs(10);
/// Listeners that are set one by one, each when the one before is in place, hear of everything in order when they follow
/// each other within this time.
pub(super) const NEXT: Duration = Duration::from_millis(100);

/// What is kept: names, and arguments as JSON text of an array.
#[derive(Debug, Default)]
pub(super) struct Kept {
    events: Vec<Event>,
    bytes: usize,
    /// The listeners that were set at once have been; those that come behind them may wait for events.
    is_async: bool,
    /// How often delivery was put off: only the last time counts.
    put_off: u64,
    /// It is to be delivered before long.
    is_soon: bool,
}

#[derive(Debug, Eq, PartialEq)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) args: String,
}

impl Kept {
    /// Whether an event that somebody wants goes to Node at once.
    pub(super) fn lets_pass(&self) -> bool {
        self.is_async && !self.is_soon
    }

    /// Keeps one; gives it back where there are too many.
    pub(super) fn add(&mut self, name: &str, args: String) -> Option<Event> {
        self.bytes += args.len();
        let event = Event {
            name: name.to_owned(),
            args,
        };
        if self.events.len() < MOST_EVENTS && self.bytes < MOST_BYTES {
            self.events.push(event);
            None
        } else {
            Some(event)
        }
    }

    pub(super) fn go_on(&mut self) {
        self.is_async = true;
    }

    /// Puts delivery off; none where nobody waits for it.
    pub(super) fn put_off(&mut self) -> Option<u64> {
        if !self.is_async {
            return None;
        }
        self.is_soon = true;
        self.put_off += 1;
        Some(self.put_off)
    }

    /// What somebody wants by now; the rest is kept on. Nothing where it was put off again.
    pub(super) fn deliver(&mut self, put_off: u64, is_wanted: impl Fn(&str) -> bool) -> Vec<Event> {
        if put_off != self.put_off {
            return Vec::new();
        }
        self.is_soon = false;
        let (wanted, rest) = std::mem::take(&mut self.events)
            .into_iter()
            .partition(|event| is_wanted(&event.name));
        self.events = rest;
        wanted
    }

    /// All that is left.
    pub(super) fn into_events(self) -> Vec<Event> {
        self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_leaves_in_order_and_the_rest_stays() {
        let mut kept = Kept::default();
        for name in ["a", "b", "a"] {
            assert_eq!(kept.add(name, "[]".to_owned()), None);
        }
        assert_eq!(kept.put_off(), None, "listeners are still being set");
        assert!(!kept.lets_pass());
        kept.go_on();
        let first = kept.put_off().expect("a delivery");
        let second = kept.put_off().expect("another");
        assert!(kept.deliver(first, |_| true).is_empty(), "it was put off");
        assert!(!kept.lets_pass());
        let names: Vec<String> = kept
            .deliver(second, |name| name == "a")
            .into_iter()
            .map(|event| event.name)
            .collect();
        assert_eq!(names, ["a", "a"]);
        assert!(kept.lets_pass());
        assert_eq!(kept.into_events().len(), 1);
    }

    #[test]
    fn there_is_a_bound() {
        let mut kept = Kept::default();
        for _ in 0..MOST_EVENTS {
            assert!(kept.add("a", "[]".to_owned()).is_none());
        }
        assert!(kept.add("a", "[]".to_owned()).is_some());
        let mut kept = Kept::default();
        assert!(kept.add("a", " ".repeat(MOST_BYTES)).is_some());
    }
}
