//! One call of what `in_page/base.js` has, and what it gives.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::failure::failure_of;
use crate::browser::chromium::cdp::read;
use crate::browser::chromium::command::Failure;
use crate::browser::chromium::page::Page;
use crate::browser::chromium::page::errors::Exception;
use crate::browser::chromium::page::frames::Scope;
use crate::browser::chromium::page::remote_object::RemoteObject;

/// What a call has given.
pub(super) enum Given {
    /// JSON text.
    Text(String),
    /// A value of which JSON leaves something out, by its number.
    Left(i64),
    /// What was thrown, by its number.
    Thrown(i64),
    /// A promise, by its number.
    Promised(i64),
    /// The call itself could not be run: it does not parse.
    Failed(Box<Exception>),
    /// There was nothing of that number: it is another document.
    Nothing,
}

/// `Runtime.evaluate`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evaluated {
    result: RemoteObject,
    exception_details: Option<Box<Exception>>,
}

/// Runs a text of `InPage`, which is put into the document first where it is missing.
pub(super) async fn call(page: &Arc<Page>, scope: &Scope, text: &str) -> Result<Given, Failure> {
    match call_once(scope, text).await? {
        Given::Failed(exception) if exception.lacks(page.browser.in_page.name()) => {
            scope.session.notify(
                "Runtime.evaluate",
                json!({
                    "expression": page.browser.in_page.base(),
                    "contextId": scope.context,
                    "silent": true,
                }),
            );
            call_once(scope, text).await
        }
        given => Ok(given),
    }
}

/// Runs a whole script; what it has thrown.
pub(super) async fn script(scope: &Scope, text: &str) -> Result<Option<Box<Exception>>, Failure> {
    Ok(evaluate(scope, text).await?.exception_details)
}

async fn call_once(scope: &Scope, text: &str) -> Result<Given, Failure> {
    evaluate(scope, text).await.map(of)
}

async fn evaluate(scope: &Scope, text: &str) -> Result<Evaluated, Failure> {
    scope.evaluate(text).await.map_err(failure_of)
}

/// The same of what gives a promise, which is waited for. A script that is held lets none settle, so what may give
/// something else is called without waiting.
pub(super) async fn call_later(scope: &Scope, text: &str) -> Result<Given, Failure> {
    let evaluated = scope.evaluate_promise(text).await.map_err(failure_of)?;
    Ok(of(evaluated))
}

fn of(
    Evaluated {
        result,
        exception_details,
    }: Evaluated,
) -> Given {
    match exception_details {
        Some(exception) => Given::Failed(exception),
        None => result.value.map_or(Given::Nothing, |value| given(&value)),
    }
}

fn given(value: &RawValue) -> Given {
    if value.get().starts_with('"') {
        return read(value).map_or(Given::Nothing, Given::Text);
    }
    let number: i64 = value.get().parse().unwrap_or_default();
    match number & 3 {
        1 => Given::Left(number >> 2),
        2 => Given::Thrown(number >> 2),
        3 => Given::Promised(number >> 2),
        _ => Given::Nothing,
    }
}
