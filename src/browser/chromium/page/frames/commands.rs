//! The commands and properties of frames, as PhantomJS has them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::events::Frame;
use super::focus;
use crate::browser::chromium::command::{Args, Failure, Outcome, json as answer, null};
use crate::browser::chromium::page::{Page, evaluate};
use crate::browser::chromium::target::Frames;

/// One of the commands about frames.
pub(in crate::browser::chromium::page) async fn command(
    page: &Arc<Page>,
    method: &str,
    args: &Args,
) -> Outcome {
    match method {
        "childFramesCount" => property(page, "framesCount").await,
        "childFramesName" => property(page, "framesName").await,
        "currentFrameName" => property(page, "frameName").await,
        "switchToFrame" | "switchToChildFrame" => switch_to(page, args).await,
        "switchToMainFrame" => {
            page.frames.switch_to_main();
            null()
        }
        "switchToParentFrame" => Ok(page.frames.switch_to_parent().to_string()),
        "switchToFocusedFrame" => {
            let focused = focus::focused(page).await?;
            let _ = page.frames.state.lock().tree.switch_to(&focused);
            null()
        }
        _ => Err(Failure::new(
            "unknown command",
            format!("no such command: {method}"),
        )),
    }
}

/// One of the properties of frames.
pub(in crate::browser::chromium::page) async fn property(page: &Arc<Page>, name: &str) -> Outcome {
    match name {
        "framesCount" => {
            let current = page.frames.current_id();
            answer(&page.frames.children_of(&current).len())
        }
        "framesName" => {
            renew(page).await?;
            let current = page.frames.current_id();
            answer(&page.frames.names_in(&current))
        }
        "frameName" => {
            renew(page).await?;
            let current = page.frames.current_id();
            answer(&page.frames.name_of(&current))
        }
        "focusedFrameName" => {
            renew(page).await?;
            let focused = focus::focused(page).await?;
            answer(&page.frames.name_of(&focused))
        }
        "frameUrl" => evaluate::in_frame(page, "location.href").await,
        "frameTitle" => evaluate::in_frame(page, "document.title").await,
        "frameContent" => evaluate::in_frame(page, "document.documentElement?.outerHTML??''").await,
        "framePlainText" => {
            evaluate::in_frame(
                page,
                "(document.body??document.documentElement)?.innerText??''",
            )
            .await
        }
        _ => Err(Failure::argument(format!("no property {name}"))),
    }
}

/// `frameContent` is set.
pub(in crate::browser::chromium::page) async fn set_content(
    page: &Arc<Page>,
    html: &Value,
) -> Outcome {
    let html = match html {
        Value::String(html) => html.clone(),
        other => other.to_string(),
    };
    let scope = page.frames.current()?;
    let id = page.frames.current_id();
    scope
        .session
        .run(
            "Page.setDocumentContent",
            json!({ "frameId": *id, "html": html }),
        )
        .await?;
    property(page, "frameContent").await
}

/// args: [name, or place from 0]
async fn switch_to(page: &Arc<Page>, args: &Args) -> Outcome {
    let current = page.frames.current_id();
    let wanted = args.value(0);
    let children = page.frames.children_of(&current);
    let found = match &wanted {
        Value::Number(place) => place
            .as_u64()
            .and_then(|place| usize::try_from(place).ok())
            .and_then(|place| children.get(place)),
        Value::String(name) => {
            renew(page).await?;
            children
                .iter()
                .find(|child| page.frames.name_of(child) == *name)
        }
        _ => None,
    };
    let is_there = found.is_some_and(|id| page.frames.state.lock().tree.switch_to(id));
    Ok(is_there.to_string())
}

/// Asks the browser for the names of all frames: scripts change them without a word.
async fn renew(page: &Arc<Page>) -> Result<(), Failure> {
    let asked: Vec<_> = page
        .frames
        .sessions()
        .iter()
        .map(|session| session.call::<Frames<Frame>, _>("Page.getFrameTree", json!({})))
        .collect();
    let mut frames = Vec::new();
    for (place, found) in asked.into_iter().enumerate() {
        match found.await {
            Ok(found) => frames.extend(found.all()),
            // That of another site may be gone meanwhile.
            Err(_) if place > 0 => {}
            Err(error) => return Err(error.into()),
        }
    }
    page.frames.renew(frames);
    Ok(())
}

impl super::Frames {
    fn current_id(&self) -> Arc<str> {
        self.state.lock().tree.current().into()
    }

    fn switch_to_main(&self) {
        let mut state = self.state.lock();
        let main = state.tree.main_id();
        let _ = state.tree.switch_to(&main);
    }

    fn switch_to_parent(&self) -> bool {
        let mut state = self.state.lock();
        let current = state.tree.current().to_owned();
        let parent = state
            .tree
            .get(&current)
            .and_then(|frame| frame.parent.clone());
        parent.is_some_and(|parent| state.tree.switch_to(&parent))
    }

    /// Empty for the main frame.
    fn name_of(&self, id: &str) -> String {
        self.state.lock().tree.name_of(id)
    }

    fn names_in(&self, id: &str) -> Vec<String> {
        let children = self.children_of(id);
        children.iter().map(|id| self.name_of(id)).collect()
    }
}
