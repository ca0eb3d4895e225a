//! `waitFor`: answers when an element is there, or when a function gives something. Nothing in a page tells of every change
//! that a function may look at, so it is asked again and again.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Page;
use super::evaluate;
use crate::browser::chromium::command::{Args, Failure, Outcome, Reply};
use crate::lived;

const LOOK: Duration = Duration::from_millis(25);
/// The same for both browsers.
const LOOK_AT: &str = include_str!("../../../../driver/look.js");

/// A selector, or a function's source and its arguments.
#[derive(Debug, Deserialize)]
struct What {
    selector: Option<String>,
    #[serde(default)]
    source: String,
    args: Option<Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
struct Options {
    /// ms
    timeout: u64,
    visible: bool,
    hidden: bool,
}

/// What is asked, and how that is told of.
#[derive(Debug)]
struct Question {
    call: String,
    words: String,
    selector: Option<String>,
}

/// args: [{ selector } or { source, args }, { timeout, visible, hidden }]
pub(super) fn wait_for(page: &Arc<Page>, args: &Args, reply: Reply) {
    let read = || {
        let missing = || Failure::argument("waitFor needs to know for what, and how long");
        let what = args
            .get::<What>(0, "what to wait for")?
            .ok_or_else(missing)?;
        let options = args.get::<Options>(1, "the options of waitFor")?;
        Ok((what, options.ok_or_else(missing)?))
    };
    let (what, options) = match read() {
        Ok(read) => read,
        Err(failure) => return reply.give(Err(failure)),
    };
    let me = Arc::clone(page);
    page.spawn(async move {
        let question = Question::new(what, &options);
        let limit = Duration::from_millis(options.timeout);
        let given = lived::timeout(limit, answered(&me, &question)).await;
        reply.give(given.unwrap_or_else(|_| {
            let message = format!("{} within {} ms", question.words, options.timeout);
            Err(Failure::new("script timeout", message))
        }));
    });
}

async fn answered(page: &Arc<Page>, question: &Question) -> Outcome {
    loop {
        match evaluate::in_frame(page, &question.call).await {
            Ok(text) if text == "null" => {}
            // Given in a list, as it may be false itself.
            Ok(text) => return Ok(text[1..text.len() - 1].to_owned()),
            // The next document is asked the same.
            Err(failure) if evaluate::is_gone(&failure) => {}
            Err(failure) => return Err(question.failure(failure)),
        }
        lived::sleep(LOOK).await;
    }
}

impl Question {
    fn new(what: What, options: &Options) -> Self {
        match what.selector {
            Some(selector) => {
                let look = evaluate::exported(LOOK_AT);
                let wish = match (options.hidden, options.visible) {
                    (true, _) => "is hidden",
                    (_, true) => "is visible",
                    _ => "is there",
                };
                let name = json!(selector);
                Self {
                    call: format!(
                        "(({look})({name},{},{})?[true]:null)",
                        options.visible, options.hidden
                    ),
                    words: format!("no element that matches {name} {wish}"),
                    selector: Some(selector),
                }
            }
            None => Self {
                call: format!(
                    "((given)=>{{const list=(given)=>given?[given]:null;\
                     return given&&typeof given.then==='function'?given.then(list):list(given)}})\
                     (({}\n)(...{}))",
                    what.source,
                    what.args.as_deref().map_or("[]", RawValue::get)
                ),
                words: "the function gave nothing".to_owned(),
                selector: None,
            },
        }
    }

    fn failure(&self, failure: Failure) -> Failure {
        match &self.selector {
            Some(selector) if failure.message.contains("SyntaxError") => Failure::new(
                "invalid selector",
                format!("{} is no selector", json!(selector)),
            ),
            _ => failure,
        }
    }
}
