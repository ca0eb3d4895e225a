//! What runs in pages beside their own scripts: the sources, in JavaScript of today, and how they are called.
//!
//! - `base.js` is in every document, before its own scripts: it runs functions and makes text of what they give
//! - `equip.js` is there as soon as somebody listens to dialogs or the console
//! - `include.js` puts a script into a document by its address
//! - `failure.js` and `driver/writer.js` are sent when they are needed: for an error, and for what JSON leaves out

use std::sync::LazyLock;

use serde_json::json;

use super::cdp::Session;
use crate::secret;

/// What PhantomJS makes of any value (driver/writer.js), the same code for both browsers.
static WRITER: LazyLock<String> = LazyLock::new(|| {
    let source = lean(include_str!("../../../../driver/writer.js"));
    source.trim_start_matches("module.exports =").to_owned()
});
static BASE: LazyLock<String> = LazyLock::new(|| lean(include_str!("base.js")));
static EQUIP: LazyLock<String> = LazyLock::new(|| lean(include_str!("equip.js")));
static INCLUDE: LazyLock<String> = LazyLock::new(|| lean(include_str!("include.js")));
static FAILURE: LazyLock<String> = LazyLock::new(|| lean(include_str!("failure.js")));

/// The less there is to send and to parse the better: no comments, no indentation.
fn lean(source: &str) -> String {
    let lines: Vec<&str> = source
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect();
    lines.join("\n").trim_end_matches(';').to_owned()
}

/// The sources as one browser has them: under a name that no page can guess.
#[derive(Debug)]
pub(super) struct InPage {
    /// Of the constant that `base.js` makes, and of the binding that it takes away.
    name: String,
    base: String,
}

impl InPage {
    pub(super) fn new() -> Self {
        let name = format!("_{}", secret::random());
        // Its own scope keeps the binding's name out of what it leaves.
        let base = format!(
            "const {name}=({})((()=>{{const tell=globalThis.{name};delete globalThis.{name};return tell}})())",
            *BASE,
        );
        Self { name, base }
    }

    /// The binding's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// For a document that was there before.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Makes a session's documents ready, now and from now on. `Runtime.enable` comes before.
    pub(super) fn prepare(&self, session: &Session) {
        session.notify("Runtime.addBinding", json!({ "name": self.name }));
        session.notify(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": self.base }),
        );
        // It fails where the document has it.
        session.notify(
            "Runtime.evaluate",
            json!({ "expression": self.base, "silent": true }),
        );
    }

    /// Runs an expression.
    pub(super) fn run(&self, expression: &str, is_reported: bool) -> String {
        format!("{}.run(()=>{expression},{is_reported})", self.name)
    }

    /// An expression: a promise of what becomes of a script; `address` is source of a string.
    #[allow(clippy::unused_self)]
    pub(super) fn include(&self, address: &str) -> String {
        format!("({})({address})", *INCLUDE)
    }

    /// Waits for a promise that `run` has left.
    pub(super) fn later(&self, number: i64, is_reported: bool) -> String {
        format!("{}.later({number},{is_reported})", self.name)
    }

    /// Writes a value that JSON leaves out.
    pub(super) fn write(&self, number: i64) -> String {
        format!("{}.take({number},{})", self.name, *WRITER)
    }

    /// Tells of what was thrown.
    pub(super) fn failure(&self, number: i64) -> String {
        format!("{}.take({number},{})", self.name, *FAILURE)
    }

    /// Watches these events alone from now on; `events` is the source of an object, event to kind.
    pub(super) fn watch(&self, events: &str) -> String {
        format!("{}.watch({events},{},{})", self.name, *EQUIP, *WRITER)
    }

    /// The page's document begins: what a script of a new document ends with.
    pub(super) fn begin(&self) -> String {
        format!(";if(self===top){}.say('onInitialized',[])", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_are_lean_expressions() {
        for (name, source) in [
            ("writer", &*WRITER),
            ("base", &*BASE),
            ("equip", &*EQUIP),
            ("failure", &*FAILURE),
            ("include", &*INCLUDE),
        ] {
            assert!(!source.contains("\n//"), "{name} has comments");
            assert!(source.ends_with(['}', ')']), "{name} is no function");
        }
        assert!(WRITER.trim_start().starts_with("function write("));
    }
}
