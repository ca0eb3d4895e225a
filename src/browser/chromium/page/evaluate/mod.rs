//! evaluate: runs a function's source in the page and brings its result, or its error, back as JSON text.
//!
//! One round trip for what JSON carries whole. All else waits in the page for a second call (`in_page/base.js`).

mod failure;
mod given;

use std::sync::Arc;

use serde_json::json;

use super::Page;
use super::errors::{self, Exception};
use super::frames::Scope;
use crate::browser::chromium::command::{Args, Failure, Outcome, Reply, null};
pub(super) use failure::is_gone;
use failure::{Told, gone, thrown};
use given::{Given, call, call_later};

/// args: [source, whether an error is the page's onError, ...arguments of the function]
pub(super) async fn evaluate(page: &Arc<Page>, args: &Args, reply: Reply) {
    if !page.settings.runs_scripts() {
        return reply.give(null());
    }
    let source = args.text(0);
    let call = call_of(&source, &args.rest(2));
    run(page, &source, &call, args.flag(1), reply).await;
}

/// args: [source of a function without parameters, or an expression's text; whether an error is the page's onError]
pub(super) async fn evaluate_java_script(page: &Arc<Page>, args: &Args, reply: Reply) {
    if !page.settings.runs_scripts() {
        return reply.give(null());
    }
    let source = args.text(0);
    let call = call_of(&source, "[]");
    run(page, &source, &call, args.flag(1), reply).await;
}

/// args: [source, delay, ...arguments of the function], which it gets in reverse order, as PhantomJS's own gives them.
pub(super) async fn evaluate_async(page: &Arc<Page>, args: &Args) -> Outcome {
    if !page.settings.runs_scripts() {
        return null();
    }
    let given: Vec<&str> = args.0.iter().skip(2).rev().map(|arg| arg.get()).collect();
    let delay: f64 = args.get(1, "the delay").unwrap_or_default().unwrap_or(0.0);
    let handler = std::iter::once(format!("{}\n,{delay}", args.text(0)))
        .chain(given.into_iter().map(str::to_owned))
        .collect::<Vec<_>>()
        .join(",");
    let scope = page.frames.current()?;
    let text = page
        .browser
        .in_page
        .run(&format!("void setTimeout({handler})"), false);
    settled(
        page,
        &scope,
        call(page, &scope, &text).await?,
        &args.text(0),
    )
    .await
}

/// The source of a call; `args` is JSON text of an array.
fn call_of(source: &str, args: &str) -> String {
    format!("({source}\n)({})", &args[1..args.len() - 1])
}

/// Answers with what the expression gives. What it throws fails the command, or with `is_reported` is the page's error: the
/// result is null then.
async fn run(page: &Arc<Page>, source: &str, expression: &str, is_reported: bool, reply: Reply) {
    let scope = match page.frames.current() {
        Ok(scope) => scope,
        Err(failure) => return reply.give(Err(failure)),
    };
    let text = page.browser.in_page.run(expression, is_reported);
    match call(page, &scope, &text).await {
        Err(failure) => reply.give(Err(failure)),
        Ok(Given::Promised(number)) => {
            // Others go on while it waits.
            let me = Arc::clone(page);
            let source = source.to_owned();
            page.spawn(async move {
                reply.give(promised(&me, &scope, number, is_reported, &source).await);
            });
        }
        // It does not parse.
        Ok(Given::Failed(exception)) if is_reported => {
            errors::tell(page, &exception);
            reply.give(Ok("null".to_owned()));
        }
        Ok(given) => reply.give(settled(page, &scope, given, source).await),
    }
}

async fn promised(
    page: &Arc<Page>,
    scope: &Scope,
    number: i64,
    is_reported: bool,
    source: &str,
) -> Outcome {
    let text = page.browser.in_page.later(number, is_reported);
    let given = call_later(scope, &text).await?;
    settled(page, scope, given, source).await
}

/// The value as JSON text, or what was thrown.
async fn settled(page: &Arc<Page>, scope: &Scope, given: Given, source: &str) -> Outcome {
    let in_page = &page.browser.in_page;
    match given {
        Given::Text(text) => Ok(text),
        Given::Left(number) => match call(page, scope, &in_page.write(number)).await? {
            Given::Text(text) => Ok(text),
            _ => Err(gone()),
        },
        Given::Thrown(number) => match call(page, scope, &in_page.failure(number)).await? {
            Given::Text(text) => Err(Told::read(&text).into()),
            _ => Err(gone()),
        },
        Given::Failed(exception) => Err(thrown(&exception, source)),
        Given::Promised(_) | Given::Nothing => Err(gone()),
    }
}

/// The value of an expression in the main frame, as JSON text.
pub(super) async fn expression(page: &Arc<Page>, expression: &str) -> Outcome {
    in_scope(page, &page.frames.main(), expression).await
}

/// The same in the frame that the page is switched to.
pub(super) async fn in_frame(page: &Arc<Page>, expression: &str) -> Outcome {
    in_scope(page, &page.frames.current()?, expression).await
}

/// The same in a certain frame.
pub(super) async fn in_scope(page: &Arc<Page>, scope: &Scope, expression: &str) -> Outcome {
    let text = page.browser.in_page.run(expression, false);
    let given = call(page, scope, &text).await?;
    if let Given::Promised(number) = given {
        return promised(page, scope, number, false, expression).await;
    }
    settled(page, scope, given, expression).await
}

/// Runs a whole script; what it has thrown, or why it does not parse.
pub(super) async fn script(scope: &Scope, source: &str) -> Result<Option<Box<Exception>>, Failure> {
    given::script(scope, source).await
}

/// The function that a file of driver/ exports, for pages of both browsers.
pub(super) fn exported(file: &str) -> &str {
    let (_, source) = file.split_once("module.exports = ").unwrap_or_default();
    source.trim_end().trim_end_matches(';')
}

/// A JSON value as source of JavaScript.
pub(super) fn as_source(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(&json!(value))
        .map_err(|error| Failure::new("unknown error", error.to_string()))
}
