//! The seam between an engine and a browser that runs: commands out, one ordered stream of replies and events back.
//!
//! Commands and entries have one form, whatever the browser is. `lib/page` writes the first and reads the second; what lies
//! between them, a driver inside the browser or a protocol of its own, is the remote end's.

use std::time::Duration;

use crate::process::Output;

/// How a running browser is spoken to. Dropping it ends the connection, at which the browser exits.
///
/// An implementation must hold:
///
/// - Commands for one page run in the order in which they were sent, and so do those of `phantom`, target 0. Pages may
///   wait for each other, as PhantomJS's do, or not.
/// - Each command with a positive id has one reply, a value or an error, unless the browser ends before. A reply may come
///   after the command's deadline, and is dropped then: deadlines are the caller's (`pending.rs`).
/// - Entries reach the observer in the order in which things happened, so that an event that a command caused comes before
///   the command's reply.
/// - What only Node can do (call a function of the user's) is an event that names a number, and Node's answer is a command
///   that names it again. The seam needs nothing more for it.
/// - No method blocks: they are called from JavaScript's thread.
/// - The browser cannot outlive us: it exits by itself when the connection ends, however that happens.
/// - It listens on nothing that another user of the system could speak to without a token, better on nothing at all.
pub(crate) trait RemoteEnd: Send + Sync + 'static {
    /// What users call it.
    const NAME: &'static str;

    /// Sends commands: JSON texts with commas between, each `[id, target, method, args]`. Target 0 is the browser, n > 0
    /// its page n. With a fifth element, 1, nobody waits for the reply yet: it may come along with a later one.
    fn send(&self, commands: &str);

    /// Lets the browser write what it keeps, and exit. The answer is the end of its process.
    fn exit(&self);

    /// Asks the browser to say when it is through with all that was sent before, and with the scripts that this made run.
    /// Where pages are apart, each is asked, and one that does not answer is the implementation's to end.
    fn probe(&self);

    /// For how long the oldest such question has no answer; none when all are answered.
    fn unanswered(&self) -> Option<Duration>;

    /// A command's deadline is over, and nobody waits for its reply any more: where it can be given up, it may be.
    fn expired(&self, _id: i64) {}
}

/// Who hears of a browser. Called from threads of the runtime; must not block.
pub(crate) trait Observer: Clone + Send + Sync + 'static {
    /// Replies and events, in order.
    fn entries(&self, entries: Vec<Entry>);

    /// Whole lines of the browser's own output.
    fn output(&self, output: Output, text: String);

    /// Called once, when the connection has ended or the browser is silent for too long. Its process may still run.
    fn lost(&self);
}

/// What an entry is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EntryKind {
    /// A command's value.
    Value,
    /// A command's error: `{ error, message, stacktrace }`, in WebDriver's words (`lib/errors.js`).
    Error,
    /// Something happened in a page: `[target, name, args]`.
    Event,
}

/// One reply or event.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    /// The command's id; 0 for an event.
    pub(crate) id: i64,
    pub(crate) kind: EntryKind,
    /// JSON text, unread here.
    pub(crate) text: String,
}
