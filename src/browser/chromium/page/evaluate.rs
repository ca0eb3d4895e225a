//! evaluate: runs a function's source in the page and brings its result, or its error, back as JSON text.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::Page;
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::{Args, Failure, Outcome};

/// `Runtime.evaluate`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evaluated {
    result: Remote,
    exception_details: Option<Exception>,
}

/// `Runtime.RemoteObject`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Remote {
    value: Option<serde_json::Value>,
    description: String,
}

/// `Runtime.ExceptionDetails`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exception {
    text: String,
    exception: Option<Remote>,
}

/// args: [source, whether an error is the page's onError, ...arguments of the function]
pub(super) async fn evaluate(page: &Arc<Page>, args: &Args) -> Outcome {
    let given = args.rest(2);
    let call = format!("({}\n)({})", args.text(0), &given[1..given.len() - 1]);
    expression(page, &call).await
}

/// args: [source of a function without parameters, or an expression's text; whether an error is the page's onError]
pub(super) async fn evaluate_java_script(page: &Arc<Page>, args: &Args) -> Outcome {
    expression(page, &format!("({}\n)()", args.text(0))).await
}

/// The value of an expression as JSON text, awaited where it is a promise.
pub(super) async fn expression(page: &Arc<Page>, expression: &str) -> Outcome {
    let source = format!(
        "(()=>{{const give=(v)=>v===undefined?'null':(JSON.stringify(v)??'null');const r=({expression}\n);\
         return r&&typeof r.then==='function'?Promise.resolve(r).then(give):give(r)}})()"
    );
    let evaluated = page
        .session
        .call_slow::<Evaluated, _>(
            "Runtime.evaluate",
            json!({ "expression": source, "returnByValue": true, "awaitPromise": true }),
        )
        .await;
    match evaluated {
        Ok(Evaluated {
            exception_details: Some(exception),
            ..
        }) => Err(thrown(exception)),
        Ok(evaluated) => Ok(match evaluated.result.value {
            Some(serde_json::Value::String(text)) => text,
            _ => "null".to_owned(),
        }),
        Err(CdpError::Refused { message, .. }) => Err(Failure::new("javascript error", message)),
        Err(error) => Err(error.into()),
    }
}

fn thrown(exception: Exception) -> Failure {
    let remote = exception.exception.unwrap_or_default();
    let (message, stack) = match remote.description.split_once('\n') {
        Some((first, rest)) => (first.to_owned(), rest.to_owned()),
        None if remote.description.is_empty() => (
            remote.value.map_or(exception.text, |value| match value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            }),
            String::new(),
        ),
        None => (remote.description, String::new()),
    };
    Failure {
        error: "javascript error",
        message,
        stack,
    }
}
