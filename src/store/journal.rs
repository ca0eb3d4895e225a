//! What happens to requests, on its way into the file: one thread writes all that is there as one transaction, and then
//! what has come meanwhile. No timer: a rush makes large transactions, and a single request waits for nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};
use tokio::sync::Notify;
use tracing::{info, warn};

use super::batch::{Batch, Op};
use super::error::StoreError;
use super::file::File;
use super::record::Record;
use crate::id::ItemId;

/// So many requests are read at once.
const PART: usize = 1_000;
/// What could not be written is tried again after this.
const RETRY: Duration = Duration::from_secs(1);
/// A disk that does not answer does not keep the process from ending.
const LAST_WORD: Duration = Duration::from_secs(5);

/// How a file is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JournalOptions {
    /// The least time between two transactions; none: an answer is told when its request is in the file.
    pub(crate) interval: Option<Duration>,
    /// How many requests may wait for a file that cannot be written to.
    pub(crate) max_pending: usize,
}

/// What the owner of the engine must hear of.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum StoreEvent {
    /// All requests below this id are in the file, or over. Told where [`Journal::when_stored`] was asked.
    Stored { below: ItemId },
    /// The file cannot be written to.
    Lost { code: &'static str, message: String },
    /// It can, again; all that came meanwhile is in it.
    Found,
}

/// What was in the file when it was opened. The journal's thread reads it while its owner makes items of it.
#[derive(Debug)]
pub(crate) struct Recovery {
    /// The end of all ids that were ever given.
    pub(crate) next_id: ItemId,
    parts: Receiver<Result<Vec<Record>, StoreError>>,
}

impl Recovery {
    /// The next requests that wait, by their ids; none when those were all.
    ///
    /// # Errors
    /// [`StoreError`]: the file is damaged.
    pub(crate) fn next(&self) -> Result<Option<Vec<Record>>, StoreError> {
        // It hangs up when it has read all.
        self.parts.recv().ok().transpose()
    }
}

/// The way into the file. Dropping it writes the rest and closes the file.
#[derive(Debug)]
pub(crate) struct Journal {
    shared: Arc<Shared>,
    holds_answers: bool,
    max_pending: usize,
}

#[derive(Debug)]
struct Shared {
    inbox: Mutex<Inbox>,
    /// The thread has something to do.
    rung: Condvar,
    /// The thread has done something.
    done: Condvar,
    /// All requests below this id are in the file.
    below: AtomicU64,
    is_lost: AtomicBool,
    /// Rung when `below` or `is_lost` has changed.
    moved: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Inbox {
    ops: Vec<Op>,
    is_urgent: bool,
    /// Write now, whatever the interval is: so many wait for it.
    flushes: u32,
    is_closing: bool,
    has_ended: bool,
    /// Requests that are not in the file yet.
    pending: usize,
    /// Somebody waits for these to be in the file.
    awaited: BTreeSet<ItemId>,
}

impl Journal {
    /// Opens the file, and begins to write what is said. `on_event` is called from the journal's own thread.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn open(
        path: &Path,
        options: JournalOptions,
        on_event: impl Fn(StoreEvent) + Send + 'static,
    ) -> Result<(Self, Recovery), StoreError> {
        let file = File::open(path)?;
        let (give, parts) = channel();
        let next_id = file.next_id()?;
        let shared = Arc::new(Shared {
            inbox: Mutex::default(),
            rung: Condvar::new(),
            done: Condvar::new(),
            below: AtomicU64::new(next_id),
            is_lost: AtomicBool::new(false),
            moved: Arc::default(),
        });
        info!(file = %path.display(), "store opened");
        let writer = Writer {
            file,
            shared: Arc::clone(&shared),
            interval: options.interval,
            batch: Batch::default(),
            written: None,
            on_event: Box::new(on_event),
        };
        let spawned = thread::Builder::new()
            .name("phantom-store".to_owned())
            .spawn(move || {
                let is_read = writer.read(give);
                writer.run(is_read);
            });
        if let Err(error) = spawned {
            return Err(StoreError::NoThread {
                file: path.to_owned(),
                source: error,
            });
        }
        let journal = Self {
            shared,
            holds_answers: options.interval.is_none(),
            max_pending: options.max_pending,
        };
        Ok((journal, Recovery { next_id, parts }))
    }

    /// Says what happened. Never waits for the file.
    pub(crate) fn push(&self, op: Op) {
        self.push_all([op]);
    }

    /// The same for several at once.
    pub(crate) fn push_all(&self, ops: impl IntoIterator<Item = Op>) {
        let mut inbox = self.shared.inbox.lock();
        if inbox.is_closing {
            return;
        }
        let was_urgent = inbox.is_urgent;
        for op in ops {
            inbox.is_urgent |= op.is_urgent();
            inbox.pending += usize::from(matches!(op, Op::Insert(_)));
            inbox.ops.push(op);
        }
        if inbox.is_urgent && !was_urgent {
            let _ = self.shared.rung.notify_one();
        }
    }

    /// Whether an answer of this request can be told: the request is in the file, or that cannot be waited for.
    pub(crate) fn may_tell(&self, item: ItemId) -> bool {
        !self.holds_answers
            || item < self.shared.below.load(Ordering::Acquire)
            || self.shared.is_lost.load(Ordering::Acquire)
    }

    /// Rung when more may be told.
    pub(crate) fn moved(&self) -> Arc<Notify> {
        Arc::clone(&self.shared.moved)
    }

    /// True when a request is in the file already, else [`StoreEvent::Stored`] comes when it is.
    pub(crate) fn when_stored(&self, item: ItemId) -> bool {
        let mut inbox = self.shared.inbox.lock();
        let is_stored = self.is_stored(item);
        if !is_stored {
            let _ = inbox.awaited.insert(item);
        }
        is_stored
    }

    pub(crate) fn is_stored(&self, item: ItemId) -> bool {
        item < self.shared.below.load(Ordering::Acquire)
    }

    /// True when the file cannot be written to, and as much waits for it as may.
    pub(crate) fn is_full(&self) -> bool {
        self.shared.is_lost.load(Ordering::Acquire)
            && self.shared.inbox.lock().pending >= self.max_pending
    }

    /// Waits until all that was said is in the file, if it can be written to.
    pub(crate) fn flush(&self) {
        let mut inbox = self.shared.inbox.lock();
        inbox.flushes += 1;
        self.wait(&mut inbox, |inbox| inbox.flushes == 0);
    }

    /// Writes the rest and closes the file. What is said after it is not kept.
    pub(crate) fn close(&self) {
        let mut inbox = self.shared.inbox.lock();
        inbox.is_closing = true;
        self.wait(&mut inbox, |_| false);
    }

    /// Calls the thread, and waits until that is done, or it has ended.
    fn wait(&self, inbox: &mut MutexGuard<'_, Inbox>, is_done: impl Fn(&Inbox) -> bool) {
        let _ = self.shared.rung.notify_one();
        let deadline = Instant::now() + LAST_WORD;
        while !inbox.has_ended && !is_done(inbox) {
            if self.shared.done.wait_until(inbox, deadline).timed_out() {
                break;
            }
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

/// The thread that has the file.
struct Writer {
    file: File,
    shared: Arc<Shared>,
    interval: Option<Duration>,
    /// What is not written yet.
    batch: Batch,
    /// When the last transaction ended.
    written: Option<Instant>,
    on_event: Box<dyn Fn(StoreEvent) + Send>,
}

/// Why the thread looks.
struct Call {
    /// Somebody waits for it.
    flushes: u32,
    is_closing: bool,
}

impl Writer {
    /// Gives what was in the file; false where it is damaged.
    fn read(&self, give: Sender<Result<Vec<Record>, StoreError>>) -> bool {
        // Nobody may want them any more.
        let read = self.file.read_waiting(PART, |part| {
            let _ = give.send(Ok(part));
        });
        let is_read = read.is_ok();
        if let Err(error) = read {
            let _ = give.send(Err(error));
        }
        is_read
    }

    /// Writes, until the end, or not at all.
    fn run(mut self, writes: bool) {
        if writes {
            self.write_all();
        }
        let Self { file, shared, .. } = self;
        // Closing it empties the log into the file.
        drop(file);
        shared.inbox.lock().has_ended = true;
        let _ = shared.done.notify_all();
    }

    fn write_all(&mut self) {
        loop {
            let call = self.wait();
            let result = self.write();
            let is_written = result.is_ok();
            self.tell(result);
            self.answer(&call);
            if call.is_closing {
                break;
            }
            if !is_written {
                self.pause();
            }
        }
    }

    /// Waits for something to write, and takes it.
    fn wait(&mut self) -> Call {
        let mut inbox = self.shared.inbox.lock();
        let is_called = |inbox: &Inbox| inbox.is_closing || inbox.flushes > 0;
        while !inbox.is_urgent && !is_called(&inbox) && self.batch.is_empty() {
            self.shared.rung.wait(&mut inbox);
        }
        if let (Some(interval), Some(written)) = (self.interval, self.written) {
            let due = written + interval;
            while !is_called(&inbox) {
                if self.shared.rung.wait_until(&mut inbox, due).timed_out() {
                    break;
                }
            }
        }
        inbox.is_urgent = false;
        let ops = std::mem::take(&mut inbox.ops);
        let call = Call {
            flushes: inbox.flushes,
            is_closing: inbox.is_closing,
        };
        drop(inbox);
        ops.into_iter().for_each(|op| self.batch.add(op));
        call
    }

    fn write(&mut self) -> Result<(), StoreError> {
        self.batch.settle();
        if self.batch.is_empty() {
            return Ok(());
        }
        self.file.commit(&self.batch)?;
        self.written = Some(Instant::now());
        Ok(())
    }

    /// Tells all what came of it.
    fn tell(&mut self, result: Result<(), StoreError>) {
        let shared = &self.shared;
        match result {
            Ok(()) => {
                let mut awaited = BTreeSet::new();
                let next = self.batch.next_id();
                let mut inbox = shared.inbox.lock();
                let inserts = |op: &Op| matches!(op, Op::Insert(_));
                inbox.pending = inbox.ops.iter().filter(|op| inserts(op)).count();
                if let Some(next) = next {
                    shared.below.store(next, Ordering::Release);
                    let later = inbox.awaited.split_off(&next);
                    awaited = std::mem::replace(&mut inbox.awaited, later);
                }
                drop(inbox);
                self.batch.clear();
                let was_lost = shared.is_lost.swap(false, Ordering::AcqRel);
                if next.is_some() || was_lost {
                    shared.moved.notify_one();
                }
                if let (Some(below), false) = (next, awaited.is_empty()) {
                    (self.on_event)(StoreEvent::Stored { below });
                }
                if was_lost {
                    info!("store found");
                    (self.on_event)(StoreEvent::Found);
                }
            }
            Err(error) if shared.is_lost.swap(true, Ordering::AcqRel) => {
                let _ = error;
            }
            Err(error) => {
                warn!(%error, "store lost");
                shared.moved.notify_one();
                let code = error.code();
                let message = error.to_string();
                (self.on_event)(StoreEvent::Lost { code, message });
            }
        }
    }

    /// Those who waited for this transaction need not wait any more, whatever came of it.
    fn answer(&self, call: &Call) {
        if call.flushes > 0 {
            self.shared.inbox.lock().flushes -= call.flushes;
            let _ = self.shared.done.notify_all();
        }
    }

    /// Gives the disk time, unless the end comes.
    fn pause(&self) {
        let mut inbox = self.shared.inbox.lock();
        let until = Instant::now() + RETRY;
        while !inbox.is_closing && inbox.flushes == 0 {
            if self.shared.rung.wait_until(&mut inbox, until).timed_out() {
                break;
            }
        }
    }
}
