//! Commands about what is shown already, or was: `reload`, `stop`, and the way back and forth.

use serde::Deserialize;
use serde_json::json;

use super::Tracker;
use crate::browser::chromium::command::{Args, Failure, Outcome, null};
use crate::browser::chromium::page::Page;

/// `Page.getNavigationHistory`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    current_index: i64,
    entries: Vec<Entry>,
}

/// `Page.NavigationEntry`
#[derive(Debug, Deserialize)]
struct Entry {
    id: i64,
}

/// So many steps on from here, back when negative; none where there are not so many.
async fn entry(page: &Page, steps: i64) -> Result<Option<Entry>, Failure> {
    if steps == 0 || page.loads.0.lock().tracker.is_new() {
        return Ok(None);
    }
    let history: History = page
        .session
        .call("Page.getNavigationHistory", json!({}))
        .await?;
    let place = usize::try_from(history.current_index.saturating_add(steps)).ok();
    let mut entries = history.entries.into_iter();
    Ok(place.and_then(|place| entries.nth(place)))
}

/// Whether there is such a step.
pub(in super::super) async fn can_go(page: &Page, steps: i64) -> Outcome {
    Ok(entry(page, steps).await?.is_some().to_string())
}

async fn step(page: &Page, steps: i64) -> Outcome {
    let Some(Entry { id }) = entry(page, steps).await? else {
        return Ok("false".to_owned());
    };
    page.loads.tell(page, Tracker::watch);
    page.session
        .run("Page.navigateToHistoryEntry", json!({ "entryId": id }))
        .await?;
    Ok("true".to_owned())
}

pub(in super::super) async fn go_back(page: &Page) -> Outcome {
    step(page, -1).await
}

pub(in super::super) async fn go_forward(page: &Page) -> Outcome {
    step(page, 1).await
}

/// args: [steps]
pub(in super::super) async fn go(page: &Page, args: &Args) -> Outcome {
    let steps: Option<f64> = args.get(0, "the number of steps")?;
    step(page, steps.unwrap_or_default() as i64).await
}

pub(in super::super) async fn reload(page: &Page) -> Outcome {
    if !page.loads.0.lock().tracker.is_new() {
        page.loads.tell(page, Tracker::watch);
        page.session.run("Page.reload", json!({})).await?;
    }
    null()
}

pub(in super::super) async fn stop(page: &Page) -> Outcome {
    page.loads.tell(page, Tracker::stopping);
    let stopped = page.session.run("Page.stopLoading", json!({})).await;
    page.loads.tell(page, Tracker::stop);
    stopped?;
    null()
}
