//! The properties of a page: what `get` and `set` do.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Page, document, emulation, frames, input, jar, popups, view};
use crate::browser::chromium::command::{Args, Failure, Outcome, json as answer, null};
use crate::browser::chromium::dotted;

/// What `--local-storage-quota` is in PhantomJS, bytes. Chromium has a limit of its own.
const OFFLINE_STORAGE_QUOTA: u32 = 5 << 20;

/// args: [name]
pub(super) async fn get(page: &Arc<Page>, args: &Args) -> Outcome {
    read(page, &args.text(0)).await
}

async fn read(page: &Arc<Page>, name: &str) -> Outcome {
    let (top, rest) = dotted::parts(name);
    // The text of a document may hold what is no JSON for us: it is passed on unread.
    let text = whole(page, top).await?;
    if rest.is_empty() {
        return Ok(text);
    }
    let value = serde_json::from_str(&text).unwrap_or_default();
    answer(dotted::find(&value, &rest, name)?)
}

/// JSON text of a property; null where it is not known.
async fn whole(page: &Arc<Page>, name: &str) -> Outcome {
    if let Some(outcome) = document::get(page, name).await {
        return outcome;
    }
    if let Some(value) = view::get(page, name) {
        return answer(&value);
    }
    match name {
        "customHeaders" => answer(&page.network.headers()),
        "cookies" => jar::get(page).await,
        "settings" => answer(&settings(page).await?),
        "navigationLocked" => answer(&page.loads.is_locked()),
        "event" => Ok(input::event().to_owned()),
        "libraryPath" => page.scripts.library_path(),
        "ownsPages" => answer(&page.popups.owns()),
        "pages" => popups::numbers(page),
        "pagesWindowName" => popups::names(page).await,
        "focusedFrameName" | "frameContent" | "frameName" | "framePlainText" | "frameTitle"
        | "frameUrl" | "framesCount" | "framesName" => frames::property(page, name).await,
        "offlineStoragePath" => answer(&""),
        "offlineStorageQuota" => answer(&OFFLINE_STORAGE_QUOTA),
        _ => null(),
    }
}

/// args: [name, value]; the value is what the property is then.
pub(super) async fn set(page: &Arc<Page>, args: &Args) -> Outcome {
    let name = args.text(0);
    let (top, rest) = dotted::parts(&name);
    match top {
        "content" if rest.is_empty() => return document::set_content(page, args).await,
        "cookies" if rest.is_empty() => return jar::set(page, &args.value(1)).await,
        "navigationLocked" => page.loads.lock(page, args.flag(1)),
        "frameContent" if rest.is_empty() => {
            return frames::set_content(page, &args.value(1)).await;
        }
        "libraryPath" => page.scripts.set_library_path(args.text(1)),
        "ownsPages" => page.popups.set_owns(args.flag(1)),
        "customHeaders" => {
            let mut value = page.network.headers();
            dotted::put(&mut value, &rest, &name, args.value(1))?;
            page.network.set_headers(page, &value)?;
        }
        "settings" => {
            let mut value = Value::Object(page.settings.all());
            dotted::put(&mut value, &rest, &name, args.value(1))?;
            if let Value::Object(settings) = value {
                emulation::change(page, &page.settings.all(), &settings).await?;
                page.settings.set(settings)?;
            }
        }
        _ => {
            // What can only be read stays as it is, as in PhantomJS.
            if let Some(mut value) = view::get(page, top) {
                dotted::put(&mut value, &rest, &name, args.value(1))?;
                view::set(page, top, value).await?;
            }
        }
    }
    read(page, &name).await
}

async fn settings(page: &Page) -> Result<Map<String, Value>, Failure> {
    let mut settings = page.settings.all();
    if !settings.contains_key("userAgent") {
        let agent = page.browser.user_agent().await?;
        let _ = settings.insert("userAgent".to_owned(), agent.into());
    }
    Ok(settings)
}
