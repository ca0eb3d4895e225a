//! The frames of `lib/page` as they come: `[id, target, method, args]`, and the answers to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::cdp::{CdpError, Raw, read};
use crate::browser::remote::{Entry, EntryKind};

/// Where replies and events go.
pub(super) type Sink = Arc<dyn Fn(Vec<Entry>) + Send + Sync>;

/// One frame. The fifth element is 1 where nobody waits for the reply, which costs nothing here all the same, and
/// [`BESIDE`].
#[derive(Debug, Deserialize)]
struct Frame(
    i64,
    u64,
    String,
    Vec<Box<RawValue>>,
    #[serde(default)] Option<u8>,
);

/// The fifth element of a command that a function of the user's gives while the page may wait for that function.
const BESIDE: u8 = 2;

/// A command of a page, or of `ph`.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) id: i64,
    /// 0 is the browser, n > 0 its page n.
    pub(super) target: u64,
    pub(super) method: String,
    pub(super) args: Args,
    /// It runs beside the others of its page: one of those may wait for what comes of it.
    pub(super) is_beside: bool,
}

/// Reads frames with commas between.
///
/// # Errors
/// When they are none, which our own side never sends.
pub(super) fn read_commands(frames: &str) -> serde_json::Result<Vec<Command>> {
    let frames: Vec<Frame> = serde_json::from_str(&format!("[{frames}]"))?;
    Ok(frames
        .into_iter()
        .map(|Frame(id, target, method, args, how)| Command {
            id,
            target,
            is_beside: how == Some(BESIDE) || method == "answer",
            method,
            args: Args(args),
        })
        .collect())
}

/// A command's arguments, each as JSON text.
#[derive(Debug, Default)]
pub(super) struct Args(pub(super) Vec<Box<RawValue>>);

impl Args {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The JSON text of one; "null" where there is none.
    pub(super) fn raw(&self, place: usize) -> &Raw {
        self.0.get(place).map_or(RawValue::NULL, |arg| arg)
    }

    /// One of any shape; null where there is none.
    pub(super) fn value(&self, place: usize) -> Value {
        read(self.raw(place)).unwrap_or(Value::Null)
    }

    /// One of a certain shape; none where there is none, or null.
    ///
    /// # Errors
    /// "invalid argument" where it is of another shape.
    pub(super) fn get<T: DeserializeOwned>(
        &self,
        place: usize,
        what: &str,
    ) -> Result<Option<T>, Failure> {
        read(self.raw(place))
            .map_err(|_| Failure::argument(format!("{what} cannot be {}", self.raw(place).get())))
    }

    /// What `String(value)` would make of it; empty where there is none.
    pub(super) fn text(&self, place: usize) -> String {
        match self.value(place) {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    pub(super) fn flag(&self, place: usize) -> bool {
        match self.value(place) {
            Value::Null | Value::Bool(false) => false,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            _ => true,
        }
    }

    /// Those from `place` on, as JSON text of an array.
    pub(super) fn rest(&self, place: usize) -> String {
        let texts: Vec<&str> = self.0.iter().skip(place).map(|arg| arg.get()).collect();
        format!("[{}]", texts.join(","))
    }
}

/// Why a command failed, in WebDriver's words (<https://www.w3.org/TR/webdriver2/#errors>, `lib/errors.js`).
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Failure {
    pub(super) error: &'static str,
    pub(super) message: String,
    pub(super) stack: String,
    /// JSON text of what else is known, for the error's `cause`.
    pub(super) data: Option<String>,
}

impl Failure {
    pub(super) fn new(error: &'static str, message: impl Into<String>) -> Self {
        Self {
            error,
            message: message.into(),
            stack: String::new(),
            data: None,
        }
    }

    pub(super) fn argument(message: impl Into<String>) -> Self {
        Self::new("invalid argument", message)
    }

    /// What Chromium cannot do. The message says what to use in its place.
    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self::new("unsupported operation", message)
    }

    pub(super) fn closed(number: u64) -> Self {
        Self::new(
            "no such window",
            format!("page {number} was closed before the command ended"),
        )
    }

    /// Of a page whose process has ended, or that does not answer any more.
    pub(super) fn crashed(number: u64) -> Self {
        Self::new(
            "page crashed",
            format!("page {number} has crashed, or does not answer any more"),
        )
    }

    fn text(&self) -> String {
        let text = serde_json::json!({ "error": self.error, "message": self.message, "stacktrace": self.stack });
        let mut text = text.to_string();
        if let Some(data) = &self.data {
            text.truncate(text.len() - 1);
            text.push_str(&format!(",\"data\":{data}}}"));
        }
        text
    }
}

impl From<CdpError> for Failure {
    fn from(error: CdpError) -> Self {
        match error {
            CdpError::Gone { .. } => Self::new("no such window", error.to_string()),
            _ => Self::new("unknown error", error.to_string()),
        }
    }
}

/// What a command gave: JSON text.
pub(super) type Outcome = Result<String, Failure>;

/// The value null.
pub(super) fn null() -> Outcome {
    Ok("null".to_owned())
}

/// A value that serde can write.
pub(super) fn json(value: &impl serde::Serialize) -> Outcome {
    serde_json::to_string(value).map_err(|error| Failure::new("unknown error", error.to_string()))
}

/// The one answer that a command gets. Dropped without, it says that the page is gone.
pub(super) struct Reply {
    id: i64,
    target: u64,
    sink: Option<Sink>,
    has_crashed: Option<Arc<AtomicBool>>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("id", &self.id).finish()
    }
}

impl Reply {
    pub(super) fn new(id: i64, target: u64, sink: Sink) -> Self {
        Self {
            id,
            target,
            sink: Some(sink),
            has_crashed: None,
        }
    }

    /// Of a command that nobody has sent.
    pub(super) fn unheard() -> Self {
        Self {
            id: 0,
            target: 0,
            sink: None,
            has_crashed: None,
        }
    }

    /// Of a page: where that has crashed, what fails says so.
    pub(super) fn of_page(mut self, has_crashed: &Arc<AtomicBool>) -> Self {
        self.has_crashed = Some(Arc::clone(has_crashed));
        self
    }

    pub(super) fn give(mut self, outcome: Outcome) {
        let has_crashed = |flag: &Arc<AtomicBool>| flag.load(Ordering::Acquire);
        let outcome =
            outcome.map_err(
                |failure| match self.has_crashed.as_ref().is_some_and(has_crashed) {
                    true => Failure::crashed(self.target),
                    false => failure,
                },
            );
        self.send(outcome);
    }

    /// Nobody has asked.
    pub(super) fn drop_unsaid(mut self) {
        self.sink = None;
    }

    fn send(&mut self, outcome: Outcome) {
        let Some(sink) = self.sink.take() else { return };
        let (kind, text) = match outcome {
            Ok(text) => (EntryKind::Value, text),
            Err(failure) => (EntryKind::Error, failure.text()),
        };
        sink(vec![Entry {
            id: self.id,
            kind,
            text,
        }]);
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.send(Err(Failure::closed(self.target)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_in_order_with_what_each_has() {
        let commands = read_commands(
            r#"[1,0,"createPage",[3,{}]],[2,3,"evaluate",["f",true],1],[3,3,"get",["title"],2],[4,3,"answer",[1,2]]"#,
        );
        let commands = commands.expect("frames");
        let beside: Vec<bool> = commands.iter().map(|command| command.is_beside).collect();
        assert_eq!(beside, [false, false, true, true]);
        assert_eq!(commands[1].id, 2);
        assert_eq!(commands[1].target, 3);
        assert_eq!(commands[1].args.text(0), "f");
        assert!(commands[1].args.flag(1));
        assert!(!commands[1].args.flag(2));
        assert_eq!(commands[1].args.rest(1), "[true]");
    }
}
