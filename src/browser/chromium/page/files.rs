//! Files for a page's file fields: `uploadFile`, and what `onFilePicker` chooses.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Page;
use super::evaluate::as_source;
use super::held::Held;
use super::remote_object::RemoteObject;
use crate::browser::chromium::cdp::{Raw, Session, SessionId, read};
use crate::browser::chromium::command::{Args, Failure, Outcome, null};

/// `Runtime.evaluate`, `Debugger.evaluateOnCallFrame`
#[derive(Debug, Deserialize)]
struct Evaluated {
    result: RemoteObject,
}

/// `Page.fileChooserOpened`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    backend_node_id: Option<i64>,
}

/// One path or several.
fn paths(value: &Value) -> Vec<String> {
    match value {
        Value::String(path) => vec![path.clone()],
        Value::Array(paths) => paths
            .iter()
            .filter_map(|path| path.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// args: [selector, absolute path or paths]
pub(super) async fn upload(page: &Arc<Page>, args: &Args) -> Outcome {
    let selector = args.text(0);
    let files = paths(&args.value(1));
    if let Some(missing) = files.iter().find(|file| !is_readable(file)) {
        return Err(Failure::argument(format!(
            "there is no file that can be read at {missing}"
        )));
    }
    let scope = page.frames.current()?;
    let expression = format!(
        // What is no selector is no element's.
        "(()=>{{try{{return document.querySelector({})}}catch{{return null}}}})()",
        as_source(&selector)?
    );
    let found: Option<Evaluated> = scope.evaluate(&expression).await.ok();
    let Some(field) = found.and_then(|found| found.result.object_id) else {
        return Err(Failure::argument(format!(
            "no element matches {}",
            json!(selector)
        )));
    };
    let set = scope
        .session
        .run(
            "DOM.setFileInputFiles",
            json!({ "files": files, "objectId": field }),
        )
        .await;
    scope
        .session
        .notify("Runtime.releaseObject", json!({ "objectId": field }));
    // PhantomJS does nothing to any other element.
    let _ = set;
    null()
}

fn is_readable(file: &str) -> bool {
    let path = Path::new(file);
    path.is_file() && std::fs::File::open(path).is_ok()
}

/// The user has clicked on a file field.
pub(super) fn opened(page: &Page, session: &SessionId, params: &Raw) {
    let Ok(Opened {
        backend_node_id: Some(node),
    }) = read(params)
    else {
        return;
    };
    let session = Session::new(&page.browser.connection, session.clone());
    let Some(answer) = page.events.ask("onFilePicker", "[\"\"]") else {
        return;
    };
    page.spawn(async move {
        let Ok(answer) = answer.await else { return };
        let files = paths(&read(&answer).unwrap_or(Value::Null));
        if !files.is_empty() {
            session.notify(
                "DOM.setFileInputFiles",
                json!({ "files": files, "backendNodeId": node }),
            );
        }
    });
}

/// A script has clicked on one, and is held meanwhile.
pub(super) async fn choose(held: &Held, answer: &RawValue) {
    let files = paths(&read(answer).unwrap_or(Value::Null));
    if files.is_empty() {
        return;
    }
    let field = held
        .session
        .call::<Evaluated, _>(
            "Debugger.evaluateOnCallFrame",
            json!({ "callFrameId": held.frame, "expression": "subject" }),
        )
        .await;
    if let Ok(Some(field)) = field.map(|evaluated| evaluated.result.object_id) {
        held.session.notify(
            "DOM.setFileInputFiles",
            json!({ "files": files, "objectId": field }),
        );
    }
}
