//! What a document has come to, for a command that waits for it. Chromium may say so before the command knows which document
//! is its own.

use tokio::sync::oneshot;

/// Before or behind the load itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Milestone {
    /// `DOMContentLoaded`
    Parsed,
    /// No request for half a second, and it is loaded.
    Idle,
}

/// Of the latest document that came to one.
#[derive(Debug, Default)]
pub(super) struct Milestones {
    loader: String,
    reached: Vec<Milestone>,
    waiting: Vec<(String, Milestone, oneshot::Sender<()>)>,
}

impl Milestones {
    pub(super) fn reached(&mut self, loader: &str, milestone: Milestone) {
        if self.loader != loader {
            loader.clone_into(&mut self.loader);
            self.reached.clear();
        }
        self.reached.push(milestone);
        let is_it = |(other, wanted, _): &mut (String, Milestone, _)| {
            *other == loader && *wanted == milestone
        };
        for (.., waiting) in self.waiting.extract_if(.., is_it) {
            let _ = waiting.send(());
        }
    }

    /// Ends when the document comes to it.
    pub(super) fn wait(&mut self, loader: &str, milestone: Milestone) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        if self.loader == loader && self.reached.contains(&milestone) {
            let _ = sender.send(());
        } else {
            // Of those who wait no more.
            self.waiting.retain(|(.., waiting)| !waiting.is_closed());
            self.waiting.push((loader.to_owned(), milestone, sender));
        }
        receiver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_over(receiver: &mut oneshot::Receiver<()>) -> bool {
        receiver.try_recv().is_ok()
    }

    #[test]
    fn what_was_reached_before_is_not_waited_for() {
        let mut milestones = Milestones::default();
        milestones.reached("a", Milestone::Parsed);
        assert!(is_over(&mut milestones.wait("a", Milestone::Parsed)));
        assert!(!is_over(&mut milestones.wait("a", Milestone::Idle)));
        milestones.reached("b", Milestone::Idle);
        assert!(!is_over(&mut milestones.wait("b", Milestone::Parsed)));
    }

    #[test]
    fn each_document_has_its_own() {
        let mut milestones = Milestones::default();
        let mut first = milestones.wait("a", Milestone::Idle);
        let mut second = milestones.wait("b", Milestone::Idle);
        milestones.reached("b", Milestone::Parsed);
        milestones.reached("b", Milestone::Idle);
        assert!(!is_over(&mut first));
        assert!(is_over(&mut second));
    }
}
