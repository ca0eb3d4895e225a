//! Errors of a page's scripts: as they come, and as its onError has them.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Page;
use super::remote_object::RemoteObject;
use crate::browser::chromium::cdp::{Raw, read};

/// `Runtime.ExceptionDetails`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exception {
    text: String,
    /// From 0.
    line_number: i64,
    #[serde(default)]
    url: String,
    exception: Option<RemoteObject>,
    stack_trace: Option<StackTrace>,
}

/// `Runtime.StackTrace`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StackTrace {
    call_frames: Vec<CallFrame>,
}

/// `Runtime.CallFrame`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallFrame {
    function_name: String,
    url: String,
    line_number: i64,
}

/// `Runtime.exceptionThrown`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    exception_details: Exception,
}

/// One step of a trace.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Step {
    file: String,
    /// From 1.
    line: i64,
    function: String,
}

/// What runs functions in a page, and what is above it.
const RUNNER: &str = "run";
const ABOVE: usize = 3;

impl Step {
    /// The steps of an error's `stack`, as V8 writes it.
    pub(super) fn of_stack(stack: &str) -> Vec<Self> {
        stack.lines().filter_map(Self::of_line).collect()
    }

    /// "    at name (file:line:column)", or "    at file:line:column".
    fn of_line(line: &str) -> Option<Self> {
        let step = line.trim_start().strip_prefix("at ")?;
        let step = step.strip_prefix("async ").unwrap_or(step);
        let (function, place) = match step.strip_suffix(')').and_then(|s| s.rsplit_once(" (")) {
            Some((function, place)) => (function, place),
            None => ("", step),
        };
        let (rest, _column) = place.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        Some(Self {
            file: if file == "<anonymous>" { "" } else { file }.to_owned(),
            line: line.parse().ok()?,
            function: function.to_owned(),
        })
    }

    pub(super) fn of_trace(trace: &StackTrace) -> Vec<Self> {
        trace
            .call_frames
            .iter()
            .map(|frame| Self {
                file: frame.url.clone(),
                line: frame.line_number + 1,
                function: frame.function_name.clone(),
            })
            .collect()
    }

    /// Without what ran the function.
    pub(super) fn without_ours(mut steps: Vec<Self>) -> Vec<Self> {
        // In an error's `stack` it is a method.
        let is_runner = |step: &Self| {
            let name = step.function.rsplit('.').next();
            name == Some(RUNNER) && step.file.is_empty()
        };
        if let Some(place) = steps.iter().rposition(is_runner) {
            // Its caller, and the function that it calls.
            if steps.len() - place < ABOVE {
                steps.truncate(place.saturating_sub(1));
            }
        }
        steps
    }

    /// As PhantomJS has it in an error's `stack`.
    pub(super) fn line_of_phantom(&self) -> String {
        format!("{}@{}:{}", self.function, self.file, self.line)
    }
}

impl Step {
    /// The innermost step in a file; where there is none, what PhantomJS has for it.
    pub(super) fn of_file(trace: Option<&StackTrace>) -> Self {
        let steps = trace.map(Self::of_trace).unwrap_or_default();
        let in_file = steps.into_iter().find(|step| !step.file.is_empty());
        in_file.unwrap_or(Self {
            file: String::new(),
            line: 1,
            function: String::new(),
        })
    }
}

impl Exception {
    /// What `String(thrown)` would be.
    pub(super) fn message(&self) -> String {
        let Some(thrown) = &self.exception else {
            return self.text.trim_start_matches("Uncaught ").to_owned();
        };
        thrown.text()
    }

    /// Whether it says that there is nothing of that name.
    pub(super) fn lacks(&self, name: &str) -> bool {
        self.exception
            .as_ref()
            .is_some_and(|thrown| thrown.description.contains(name))
    }

    pub(super) fn is_syntax_error(&self) -> bool {
        self.stack_trace.is_none()
            && self
                .exception
                .as_ref()
                .is_some_and(|thrown| thrown.class_name == "SyntaxError")
    }

    /// Where in a function's source it does not parse, in words; empty where that is behind it.
    pub(super) fn place_in(&self, source: &str) -> String {
        if usize::try_from(self.line_number).is_ok_and(|line| line < source.lines().count()) {
            format!(" at line {} of the function", self.line_number + 1)
        } else {
            String::new()
        }
    }

    /// The steps, the innermost first. There is at least one.
    pub(super) fn trace(&self) -> Vec<Step> {
        let steps = self.stack_trace.as_ref().map(Step::of_trace);
        let steps = Step::without_ours(steps.unwrap_or_default());
        if steps.is_empty() {
            return vec![Step {
                file: self.url.clone(),
                line: self.line_number + 1,
                function: String::new(),
            }];
        }
        steps
    }
}

/// `Runtime.exceptionThrown`
pub(super) fn thrown(page: &Page, params: &Raw) {
    if let Ok(event) = read::<Event>(params) {
        tell(page, &event.exception_details);
    }
}

/// Tells onError of it.
pub(super) fn tell(page: &Page, exception: &Exception) {
    report(page, &exception.message(), &exception.trace());
}

/// Tells onError; where nobody hears of it it is printed, as PhantomJS does.
pub(super) fn report(page: &Page, message: &str, trace: &[Step]) {
    if page.events.is_heard("onError") {
        page.events
            .emit("onError", || json!([message, trace]).to_string());
        return;
    }
    print_steps(page, message, trace);
}

/// Prints an error as onError would have it, JSON text of an array.
pub(super) fn print(page: &Page, args: &str) {
    if let Ok((message, trace)) = serde_json::from_str::<(String, Vec<Step>)>(args) {
        print_steps(page, &message, &trace);
    }
}

fn print_steps(page: &Page, message: &str, trace: &[Step]) {
    let steps: String = trace
        .iter()
        .map(|step| match step.function.as_str() {
            "" => format!("  {}:{}\n", step.file, step.line),
            function => format!("  {}:{} in {function}\n", step.file, step.line),
        })
        .collect();
    page.events.tell(
        "printed",
        &json!([format!("{message}\n\n{steps}")]).to_string(),
    );
}
