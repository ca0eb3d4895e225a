//! PhantomJS's own output: passed on as it comes, its end kept for error messages.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How much of the end is kept, bytes.
const TAIL: usize = 4096;

/// The last bytes of a stream.
#[derive(Debug, Default)]
pub(crate) struct Tail(Mutex<VecDeque<u8>>);

impl Tail {
    fn push(&self, bytes: &[u8]) {
        let mut tail = self.0.lock();
        tail.extend(bytes);
        let excess = tail.len().saturating_sub(TAIL);
        let _ = tail.drain(..excess);
    }

    pub(crate) fn text(&self) -> String {
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
pub(crate) async fn forward(
    mut stream: impl AsyncRead + Unpin,
    tail: &Tail,
    mut on_text: impl FnMut(String),
) {
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
}
