//! A process's output: passed on as it comes, its end kept for error messages.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;

use super::child::Process;
use crate::lived;

/// How much of the end is kept, bytes.
const TAIL: usize = 4096;
/// What is left in the pipes of a process that ended is read within this time: one that left its group may hold them open.
const REST_DEADLINE: Duration = Duration::from_secs(1);
/// Lines shown of the beginning and of the end of a long text.
const SHOWN_LINES: usize = 4;

/// Which output a text came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Output {
    Stdout,
    Stderr,
}

/// Both outputs of a process, read by a task each.
#[derive(Debug)]
pub(crate) struct Outputs {
    tasks: [JoinHandle<()>; 2],
    tails: Arc<Tails>,
    is_ours: fn(&str) -> bool,
}

/// The ends of both.
#[derive(Debug, Default)]
struct Tails {
    stdout: Tail,
    stderr: Tail,
}

impl Tails {
    fn text(&self, is_ours: fn(&str) -> bool) -> String {
        let of = |tail: &Tail| without(&tail.text(), is_ours).trim_end().to_owned();
        let text = of(&self.stderr);
        shorten(if text.is_empty() {
            of(&self.stdout)
        } else {
            text
        })
    }
}

impl Outputs {
    /// Reads the outputs of `process`; the callbacks get pieces of whole lines. Lines that `is_ours` knows are none that
    /// errors should show. Must run inside a tokio runtime.
    pub(crate) fn watch(
        process: &mut Process,
        is_ours: fn(&str) -> bool,
        on_stdout: impl FnMut(String) + Send + 'static,
        on_stderr: impl FnMut(String) + Send + 'static,
    ) -> Self {
        let (stdout, stderr) = process.outputs();
        let tails = Arc::new(Tails::default());
        let (out, err) = (Arc::clone(&tails), Arc::clone(&tails));
        let tasks = [
            tokio::spawn(async move {
                if let Some(stdout) = stdout {
                    forward(stdout, &out.stdout, on_stdout).await;
                }
            }),
            tokio::spawn(async move {
                if let Some(stderr) = stderr {
                    forward(stderr, &err.stderr, on_stderr).await;
                }
            }),
        ];
        Self {
            tasks,
            tails,
            is_ours,
        }
    }

    /// Waits for what the process said last, once it has ended.
    pub(crate) async fn rest(&mut self) {
        for task in &mut self.tasks {
            let _ = lived::timeout(REST_DEADLINE, task).await;
        }
    }

    /// What the process said last: on stderr, or else on stdout, where PhantomJS puts some of its errors.
    pub(crate) fn text(&self) -> String {
        self.tails.text(self.is_ours)
    }
}

/// The text without the lines that `is_ours` knows.
pub(crate) fn without(text: &str, is_ours: fn(&str) -> bool) -> String {
    text.split_inclusive('\n')
        .filter(|line| !is_ours(line))
        .collect()
}

/// The first and last lines of a long text: a usage text begins with what is wrong, a crash ends with it.
fn shorten(text: String) -> String {
    let lines: Vec<_> = text.lines().collect();
    if lines.len() <= 2 * SHOWN_LINES {
        return text;
    }
    let (first, last) = (&lines[..SHOWN_LINES], &lines[lines.len() - SHOWN_LINES..]);
    [first, &["…"], last].concat().join("\n")
}

/// The last bytes of a stream.
#[derive(Debug, Default)]
struct Tail(Mutex<VecDeque<u8>>);

impl Tail {
    fn push(&self, bytes: &[u8]) {
        let mut tail = self.0.lock();
        tail.extend(bytes);
        let excess = tail.len().saturating_sub(TAIL);
        let _ = tail.drain(..excess);
    }

    fn text(&self) -> String {
        let (front, back) = {
            let tail = self.0.lock();
            let (front, back) = tail.as_slices();
            (front.to_vec(), back.to_vec())
        };
        String::from_utf8_lossy(&[front, back].concat())
            .trim()
            .to_owned()
    }
}

/// Passes a stream on in pieces of whole lines, or what there is at its end, until it ends.
async fn forward(mut stream: impl AsyncRead + Unpin, tail: &Tail, mut on_text: impl FnMut(String)) {
    let mut pending = Vec::new();
    loop {
        // Out of `pending`, so that a line longer than the buffer still makes progress.
        match stream.read_buf(&mut pending).await {
            Ok(0) | Err(_) => break,
            Ok(read) => tail.push(&pending[pending.len() - read..]),
        }
        if let Some(end) = pending.iter().rposition(|byte| *byte == b'\n') {
            let rest = pending.split_off(end + 1);
            on_text(String::from_utf8_lossy(&pending).into_owned());
            pending = rest;
        }
    }
    if !pending.is_empty() {
        on_text(String::from_utf8_lossy(&pending).into_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whole_lines_are_passed_on_and_the_end_is_kept() {
        let (mut sender, receiver) = tokio::io::duplex(64);
        let tail = Tail::default();
        let mut pieces = Vec::new();
        let writing = async move {
            use tokio::io::AsyncWriteExt;
            for part in ["a\nb", "c\n", "é".repeat(3000).as_str(), "\nlast"] {
                sender.write_all(part.as_bytes()).await.expect("written");
            }
        };
        let ((), ()) = tokio::join!(writing, forward(receiver, &tail, |text| pieces.push(text)));
        assert_eq!(
            pieces.concat(),
            format!("a\nbc\n{}\nlast", "é".repeat(3000))
        );
        assert!(
            pieces[..pieces.len() - 1]
                .iter()
                .all(|piece| piece.ends_with('\n'))
        );
        assert!(tail.text().ends_with("é\nlast"));
        assert!(tail.text().len() <= TAIL + 3);
    }

    #[test]
    fn an_error_shows_neither_output_s_noise() {
        let is_noise = |line: &str| line.starts_with("noise");
        let tails = Tails::default();
        tails.stdout.push(b"said\nnoise 1\n");
        tails.stderr.push(b"noise 2\n");
        assert_eq!(tails.text(is_noise), "said");
        tails.stderr.push(b"failed\nnoise 3\n");
        assert_eq!(tails.text(is_noise), "failed");
    }

    #[test]
    fn a_long_text_is_shortened_in_the_middle() {
        let lines: Vec<_> = (1..=20).map(|line| line.to_string()).collect();
        assert_eq!(shorten(lines.join("\n")), "1\n2\n3\n4\n…\n17\n18\n19\n20");
        assert_eq!(shorten("1\n2".into()), "1\n2");
    }
}
