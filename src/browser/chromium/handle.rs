//! How others reach the task of a page.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};

use super::command::Command;

/// How others reach a page.
#[derive(Clone, Debug)]
pub(super) struct Handle(Arc<Contact>);

#[derive(Debug)]
struct Contact {
    commands: UnboundedSender<Command>,
    beside: UnboundedSender<Command>,
    /// The command that runs; 0 for none.
    current: AtomicI64,
    /// Its time is over.
    expired: Notify,
    /// The commands that run beside, each with who hears of the end of its time.
    others: Mutex<FxHashMap<i64, oneshot::Sender<()>>>,
    /// It is to be closed.
    closing: Notify,
}

/// The commands of a page, as they come to its task.
pub(super) struct Queues {
    /// One after the other.
    pub(super) commands: UnboundedReceiver<Command>,
    /// At once, whatever runs.
    pub(super) beside: UnboundedReceiver<Command>,
}

impl Handle {
    pub(super) fn new() -> (Self, Queues) {
        let (commands, in_turn) = unbounded_channel();
        let (beside, at_once) = unbounded_channel();
        let queues = Queues {
            commands: in_turn,
            beside: at_once,
        };
        let contact = Contact {
            commands,
            beside,
            current: AtomicI64::new(0),
            expired: Notify::new(),
            others: Mutex::default(),
            closing: Notify::new(),
        };
        (Self(Arc::new(contact)), queues)
    }

    /// # Errors
    /// Gives the command back where the page is gone.
    pub(super) fn send(&self, command: Command) -> Result<(), Command> {
        if command.method == "close" {
            self.0.closing.notify_one();
        }
        let queue = if command.is_beside {
            &self.0.beside
        } else {
            &self.0.commands
        };
        queue.send(command).map_err(|error| error.0)
    }

    /// The deadline of a command is over: the page need not go on with it.
    pub(super) fn expire(&self, id: i64) {
        if self.0.current.load(Ordering::Acquire) == id {
            self.0.expired.notify_one();
        }
        let other = self.0.others.lock().remove(&id);
        if let Some(other) = other {
            let _ = other.send(());
        }
    }

    /// The page begins a command beside others; the receiver hears of the end of its time.
    pub(super) fn begins_beside(&self, id: i64) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let _ = self.0.others.lock().insert(id, sender);
        receiver
    }

    /// Such a command has ended.
    pub(super) fn ends_beside(&self, id: i64) {
        let _ = self.0.others.lock().remove(&id);
    }

    /// The page begins a command; 0 when it has ended.
    pub(super) fn begins(&self, id: i64) {
        self.0.current.store(id, Ordering::Release);
    }

    /// Waits for the end of that command's time.
    pub(super) async fn expired(&self) {
        self.0.expired.notified().await;
    }

    /// Waits until the page is to be closed.
    pub(super) async fn closing(&self) {
        self.0.closing.notified().await;
        // Whoever asks again hears of it too.
        self.0.closing.notify_one();
    }
}
