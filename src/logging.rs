//! Log lines on stderr, of Rust (`tracing` events) and of JavaScript alike, in one format.
//!
//! Nothing is installed until [`start`]: an event costs a comparison then.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Events of other crates are not logged.
const TARGET: &str = env!("CARGO_CRATE_NAME");
/// Pipes take lines of up to 4096 bytes in one piece (pipe(7), PIPE_BUF): those of several processes do not mix.
const MAX_LINE: usize = 4096;
/// After a reader of stderr has taken nothing for this long, lines are dropped.
const PATIENCE: Duration = Duration::from_millis(100);
const RETRY: Duration = Duration::from_millis(1);

static LOG: OnceLock<Log> = OnceLock::new();

/// What is logged, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    /// What happens to the engine, its workers and PhantomJS: levels error to debug.
    pub(crate) engine: bool,
    /// What happens to each item: level trace.
    pub(crate) items: bool,
    /// "primary", "worker 3"
    pub(crate) role: String,
}

/// Logs from now on, for as long as the process lives. A second call changes nothing.
pub(crate) fn start(log: Log) {
    if LOG.set(log.clone()).is_ok() {
        let _ = tracing::subscriber::set_global_default(log);
    }
}

/// Writes a line for JavaScript; nothing before [`start`].
pub(crate) fn write(level: Level, item: Option<u64>, text: &str) {
    if let Some(log) = LOG.get()
        && log.wants(level)
    {
        log.write(level, item, text);
    }
}

impl Log {
    fn wants(&self, level: Level) -> bool {
        if level == Level::TRACE {
            self.items
        } else {
            self.engine
        }
    }

    fn write(&self, level: Level, item: Option<u64>, text: &str) {
        let time = humantime::format_rfc3339_millis(SystemTime::now());
        let level = level.as_str().to_ascii_lowercase();
        let (pid, role) = (std::process::id(), &self.role);
        let item = item.map_or_else(String::new, |id| format!(" item {id}"));
        let line = format!("{time} phantom-cluster {level} {pid} {role}{item}: {text}");
        put(&mut io::stderr().lock(), one_line(&line).as_bytes());
    }
}

/// The text as one line, cut off where it is too long. Control characters would make others of it.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len() + 1);
    for char in text.chars() {
        let start = line.len();
        if char.is_control() {
            line.extend(char.escape_default());
        } else {
            line.push(char);
        }
        if line.len() >= MAX_LINE {
            line.truncate(start);
            break;
        }
    }
    line.push('\n');
    line
}

/// Writes all of it: Node makes a piped stderr non-blocking.
fn put(stream: &mut impl Write, mut bytes: &[u8]) {
    let mut waited = Duration::ZERO;
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && waited < PATIENCE => {
                std::thread::sleep(RETRY);
                waited += RETRY;
            }
            Err(_) => return,
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && metadata.target().starts_with(TARGET)
            && self.wants(*metadata.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if self.items {
            LevelFilter::TRACE
        } else {
            LevelFilter::DEBUG
        })
    }

    fn event(&self, event: &Event<'_>) {
        let mut parts = Parts::default();
        event.record(&mut parts);
        let text = parts.message + &parts.fields;
        self.write(*event.metadata().level(), parts.item, &text);
    }

    // The crate has no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// An event's message, its other fields as " name=value", and its item.
#[derive(Debug, Default)]
struct Parts {
    message: String,
    fields: String,
    item: Option<u64>,
}

impl Visit for Parts {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "item" {
            self.item = Some(value);
        } else {
            self.record_debug(field, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_and_is_cut_off_between_characters() {
        assert_eq!(one_line("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m\n");
        let long = one_line(&"é".repeat(MAX_LINE));
        assert_eq!(long.len(), MAX_LINE - 1);
        assert!(long.ends_with("é\n"));
    }

    #[test]
    fn what_the_stream_takes_in_pieces_arrives_whole() {
        struct Slow(Vec<u8>, bool);
        impl Write for Slow {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.1 = !self.1;
                if self.1 {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                self.0.extend(&bytes[..1]);
                Ok(1)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut stream = Slow(Vec::new(), false);
        put(&mut stream, b"whole\n");
        assert_eq!(stream.0, b"whole\n");
    }

    #[test]
    fn each_section_has_levels_of_its_own_and_other_crates_have_none() {
        let log = |engine, items| Log {
            engine,
            items,
            role: "primary".into(),
        };
        assert!(log(true, false).wants(Level::DEBUG) && !log(true, false).wants(Level::TRACE));
        assert!(!log(false, true).wants(Level::ERROR) && log(false, true).wants(Level::TRACE));
    }
}
