//! Bytes on their way to one peer: written by the thread that has them, and by a task where that is not possible.
//!
//! Waking another thread takes longer than all the rest, so whoever has something that is waited for writes it. What the
//! kernel does not take at once, and what can wait for more to go along, is left to the task of the connection.

use std::io::{self, IoSlice};

use bytes::{Buf, BytesMut};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// A connection that takes bytes from any thread.
pub(crate) trait TryWrite {
    /// Writes as much of `parts`, in order, as the kernel takes at once. Must not block.
    fn try_write_parts(&self, parts: &[IoSlice<'_>]) -> io::Result<usize>;
}

/// What is to be written to one connection, by whoever has it and by the connection's task.
#[derive(Debug)]
pub(crate) struct Outgoing<W> {
    state: Mutex<State<W>>,
    /// Notified when there is something for the task.
    more: Notify,
}

#[derive(Debug)]
struct State<W> {
    pending: BytesMut,
    is_closed: bool,
    /// The task is writing what came before.
    is_task_writing: bool,
    direct: Option<W>,
}

impl<W: TryWrite> Outgoing<W> {
    /// Without `direct` all is left to the task.
    pub(crate) fn new(direct: Option<W>) -> Self {
        Self {
            state: Mutex::new(State {
                pending: BytesMut::new(),
                is_closed: false,
                is_task_writing: false,
                direct,
            }),
            more: Notify::new(),
        }
    }

    /// Sets what other threads write to; none when they may not, because the connection is over.
    pub(crate) fn set_direct(&self, direct: Option<W>) {
        self.state.lock().direct = direct;
    }

    /// Adds what `append` appends. The task writes it, with all that is there by then. Nothing after [`close`](Self::close).
    ///
    /// # Errors
    /// Those of `append`, which has appended nothing then.
    pub(crate) fn queue<E>(
        &self,
        append: impl FnOnce(&mut BytesMut) -> Result<(), E>,
    ) -> Result<(), E> {
        self.add(append, |_| true)
    }

    /// The same for what no more is likely to follow: this thread writes it.
    ///
    /// # Errors
    /// As [`queue`](Self::queue).
    pub(crate) fn send<E>(
        &self,
        append: impl FnOnce(&mut BytesMut) -> Result<(), E>,
    ) -> Result<(), E> {
        self.add(append, |state| !state.write_pending())
    }

    /// `is_left` says whether the task has to write anything.
    fn add<E>(
        &self,
        append: impl FnOnce(&mut BytesMut) -> Result<(), E>,
        is_left: impl FnOnce(&mut State<W>) -> bool,
    ) -> Result<(), E> {
        let mut state = self.state.lock();
        if !state.is_closed {
            append(&mut state.pending)?;
            if is_left(&mut state) {
                self.more.notify_one();
            }
        }
        Ok(())
    }

    /// Writes `start` and `rest` from where they are, copying only what the kernel does not take.
    pub(crate) fn send_parts(&self, start: &[u8], rest: &[u8]) {
        let mut state = self.state.lock();
        if state.is_closed {
            return;
        }
        let mut written = 0;
        if state.pending.is_empty() {
            written = state.write(&[IoSlice::new(start), IoSlice::new(rest)]);
        }
        let of_rest = written.saturating_sub(start.len());
        state
            .pending
            .extend_from_slice(&start[written.min(start.len())..]);
        state.pending.extend_from_slice(&rest[of_rest..]);
        if !state.pending.is_empty() {
            self.more.notify_one();
        }
    }

    /// Takes nothing more, and lets the task end once it has written the rest.
    pub(crate) fn close(&self) {
        self.state.lock().is_closed = true;
        self.more.notify_one();
    }

    /// For the task: all that is left to it, as soon as there is some; none when everything is written for good. It has
    /// written the last one when it asks for another.
    pub(crate) async fn batch(&self) -> Option<BytesMut> {
        loop {
            {
                let mut state = self.state.lock();
                state.is_task_writing = !state.pending.is_empty();
                if state.is_task_writing {
                    return Some(state.pending.split());
                }
                if state.is_closed {
                    return None;
                }
            }
            self.more.notified().await;
        }
    }
}

impl<W: TryWrite> State<W> {
    /// True when nothing is left for the task to write.
    fn write_pending(&mut self) -> bool {
        let written = self.write(&[IoSlice::new(&self.pending)]);
        self.pending.advance(written);
        self.pending.is_empty()
    }

    /// How many bytes this thread could write; none of them while the task is at it, so that their order stays.
    fn write(&self, parts: &[IoSlice<'_>]) -> usize {
        match &self.direct {
            // Whoever reads from the connection, or its task, hears of an error.
            Some(direct) if !self.is_task_writing => direct.try_write_parts(parts).unwrap_or(0),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::convert::Infallible;
    use std::sync::Arc;

    /// Takes so many bytes at a time.
    #[derive(Clone, Debug)]
    struct Kernel(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Kernel {
        fn taking(room: usize) -> Self {
            Self(Arc::new(Mutex::new((Vec::new(), room))))
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().0.clone()).expect("a text")
        }
    }

    impl TryWrite for Kernel {
        fn try_write_parts(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
            let mut kernel = self.0.lock();
            let all: Vec<u8> = parts.iter().flat_map(|part| part.to_vec()).collect();
            let taken = all.len().min(kernel.1);
            kernel.0.extend_from_slice(&all[..taken]);
            Ok(taken)
        }
    }

    fn appending(text: &str) -> impl FnOnce(&mut BytesMut) -> Result<(), Infallible> {
        move |bytes| {
            bytes.extend_from_slice(text.as_bytes());
            Ok(())
        }
    }

    fn left(outgoing: &Outgoing<Kernel>) -> Option<Option<BytesMut>> {
        outgoing.batch().now_or_never()
    }

    fn some(text: &str) -> Option<Option<BytesMut>> {
        Some(Some(BytesMut::from(text)))
    }

    #[test]
    fn what_the_kernel_takes_is_written_at_once_and_the_rest_by_the_task() {
        for (room, taken, rest) in [
            (9, "abcdef", None),
            (4, "abcd", some("ef")),
            (0, "", some("abcdef")),
        ] {
            let kernel = Kernel::taking(room);
            let outgoing = Outgoing::new(Some(kernel.clone()));
            outgoing.send_parts(b"abc", b"def");
            assert_eq!(kernel.text(), taken);
            assert_eq!(left(&outgoing), rest);

            let kernel = Kernel::taking(room);
            outgoing.set_direct(Some(kernel.clone()));
            let _ = left(&outgoing);
            outgoing.send(appending("abcdef")).expect("appended");
            assert_eq!(kernel.text(), taken);
            assert_eq!(left(&outgoing), rest);
        }
    }

    #[test]
    fn nobody_overtakes_the_task_nor_what_is_left_to_it() {
        let kernel = Kernel::taking(9);
        let outgoing = Outgoing::new(Some(kernel.clone()));
        outgoing.queue(appending("a")).expect("appended");
        assert_eq!(kernel.text(), "");
        outgoing.send_parts(b"b", b"c");
        assert_eq!(kernel.text(), "");
        assert_eq!(left(&outgoing), some("abc"));
        outgoing.send(appending("d")).expect("appended");
        outgoing.send_parts(b"e", b"");
        assert_eq!(kernel.text(), "", "the task is writing");
        assert_eq!(left(&outgoing), some("de"));
        assert_eq!(left(&outgoing), None);
        outgoing.send_parts(b"f", b"g");
        assert_eq!(kernel.text(), "fg");
    }

    #[test]
    fn the_task_ends_when_what_came_before_the_close_is_written() {
        let outgoing = Outgoing::<Kernel>::new(None);
        outgoing.send(appending("a")).expect("appended");
        outgoing.close();
        outgoing.send(appending("b")).expect("dropped");
        outgoing.send_parts(b"c", b"d");
        assert_eq!(left(&outgoing), some("a"));
        assert_eq!(left(&outgoing), Some(None));
    }
}
