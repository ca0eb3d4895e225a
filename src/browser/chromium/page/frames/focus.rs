//! Which frame has the focus.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::Scope;
use crate::browser::chromium::command::Failure;
use crate::browser::chromium::page::Page;

/// `Runtime.evaluate`
#[derive(Debug, Deserialize)]
struct Evaluated {
    result: Object,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    object_id: Option<String>,
}

/// `DOM.describeNode`
#[derive(Debug, Deserialize)]
struct Described {
    node: Node,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    frame_id: Option<String>,
}

/// The element that has the focus; for a parent of the focused frame that is the frame's.
const FOCUSED: &str = "document.activeElement";

/// The id of the focused frame; that of the main frame where none has the focus.
pub(super) async fn focused(page: &Arc<Page>) -> Result<Arc<str>, Failure> {
    let mut id = page.frames.id_of_main();
    loop {
        let scope = {
            let state = page.frames.state.lock();
            page.frames.scope(&state, &id)
        };
        let Some(scope) = scope else { return Ok(id) };
        let inner = focused_in(&scope).await?;
        let children = page.frames.children_of(&id);
        match inner.and_then(|inner| children.into_iter().find(|child| **child == *inner)) {
            Some(child) => id = child,
            None => return Ok(id),
        }
    }
}

/// The frame whose element has the focus in a document.
async fn focused_in(scope: &Scope) -> Result<Option<String>, Failure> {
    let evaluated: Evaluated = scope.evaluate(FOCUSED).await?;
    let Some(object) = evaluated.result.object_id else {
        return Ok(None);
    };
    let described = scope
        .session
        .call::<Described, _>("DOM.describeNode", json!({ "objectId": object }))
        .await?;
    scope
        .session
        .notify("Runtime.releaseObject", json!({ "objectId": object }));
    Ok(described.node.frame_id)
}
