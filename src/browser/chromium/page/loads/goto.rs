//! `goto`: opens an address, and tells what was answered there, or why it was not loaded.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::milestones::Milestone;
use super::open::{Begun, begin, judged};
use super::order::Order;
use crate::browser::chromium::command::{Args, Failure, Outcome, Reply, json as answer};
use crate::browser::chromium::page::domains::Domain;
use crate::browser::chromium::page::network::Document;
use crate::browser::chromium::page::{Page, settings};
use crate::lived;

/// From this HTTP status on PhantomJS says "fail" of an answer without content. Here it is an answer all the same.
const FIRST_ERROR: u32 = 400;

/// A load that is given up is over within this.
const END_LIMIT: Duration = Duration::from_secs(2);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    wait_until: Until,
    /// ms
    timeout: u64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Until {
    #[default]
    Load,
    DomContentLoaded,
    NetworkIdle,
}

impl Until {
    /// What has not come in time.
    fn words(self) -> &'static str {
        match self {
            Self::Load => "was not loaded",
            Self::DomContentLoaded => "was not parsed",
            Self::NetworkIdle => "was not loaded, with an idle network,",
        }
    }
}

/// args: [address, { waitUntil, timeout }]; the value is `{ id, url, status, statusText, headers }`.
pub(in super::super) async fn goto(page: &Arc<Page>, args: &Args, reply: Reply) {
    let read = || {
        let options: Option<Options> = args.get(1, "the options of goto")?;
        let options = options.ok_or_else(|| Failure::argument("goto has no options"))?;
        let order = Order::read(&Args(args.0.iter().take(1).cloned().collect()))?;
        Ok((options, order))
    };
    let (options, order) = match read() {
        Ok(read) => read,
        Err(failure) => return reply.give(Err(failure)),
    };
    // The answer is the network's to tell; its body may be asked for as long as this page is there.
    if page.loads.watches_answers() {
        page.domains.hold(Domain::Network);
    }
    settings::apply(page, &Map::new());
    page.network.forget_document();
    let url = order.url.clone();
    let id = page.loads.number();
    let replaced = page.loads.take_place(page, id);
    let begun = begin(page, id, order).await;
    let me = Arc::clone(page);
    page.spawn(async move {
        let mut arriving = std::pin::pin!(arrive(&me, begun, options.wait_until));
        let limit = Duration::from_millis(options.timeout);
        let outcome = tokio::select! {
            biased;
            _ = replaced => Err(why(&me, &url)),
            outcome = lived::timeout(limit, &mut arriving) => match outcome {
                Ok(outcome) => outcome,
                Err(_) => {
                    me.session.notify("Page.stopLoading", json!({}));
                    let words = options.wait_until.words();
                    let message = format!("{url} {words} within {} ms", options.timeout);
                    Err(Failure::new("script timeout", message))
                }
            },
        };
        me.loads.leave_place(id);
        match judged(&me, outcome).await {
            Ok(is_success) => reply.give(told(&me, &url, is_success)),
            Err(failure) => {
                reply.give(Err(failure));
                // Chromium has still to say that it is over.
                let _ = lived::timeout(END_LIMIT, arriving).await;
            }
        }
    });
}

/// Ends when the page has come as far as was asked for: whether it was a success.
async fn arrive(page: &Arc<Page>, mut begun: Begun, until: Until) -> Result<bool, Failure> {
    let loader = begun.known();
    let loading = begun.outcome(page);
    if until == Until::Load {
        return loading.await;
    }
    let mut loading = std::pin::pin!(loading);
    let milestone = async {
        let Ok(loader) = loader.await else {
            return std::future::pending().await;
        };
        let wanted = match until {
            Until::NetworkIdle => Milestone::Idle,
            _ => Milestone::Parsed,
        };
        let reached = page.loads.milestone(&loader, wanted);
        if reached.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let mut milestone = std::pin::pin!(milestone);
    tokio::select! {
        biased;
        outcome = &mut loading => {
            let is_success = outcome?;
            if is_success && until == Until::NetworkIdle {
                milestone.await;
            }
            Ok(is_success)
        }
        () = &mut milestone => match until {
            Until::NetworkIdle => loading.await,
            _ => Ok(true),
        },
    }
}

fn told(page: &Page, url: &str, is_success: bool) -> Outcome {
    let document = page.network.document();
    let has_answer = document
        .as_ref()
        .is_some_and(|document| document.answer.status >= FIRST_ERROR);
    if !is_success && !has_answer {
        return Err(why(page, url));
    }
    let shown = page.loads.url();
    let Some(Document {
        id, answer: given, ..
    }) = document
    else {
        let shown = if shown.is_empty() { url } else { &shown };
        let none =
            json!({ "id": null, "url": shown, "status": null, "statusText": null, "headers": {} });
        return answer(&none);
    };
    let is_shown = is_success || resource(&shown) == resource(&given.url);
    let headers: Map<String, Value> = given
        .headers
        .0
        .iter()
        // Lines of one name are one value, as in Node.
        .map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let glue = if name == "set-cookie" { "\n" } else { ", " };
            (name, value.replace('\n', glue).into())
        })
        .collect();
    answer(&json!({
        "id": id,
        "url": if is_shown { &shown } else { &given.url },
        "status": given.status,
        "statusText": given.status_text,
        "headers": headers,
    }))
}

/// Why it was not loaded, as `page.loadError` says.
fn why(page: &Page, url: &str) -> Failure {
    let error = page.loads.error();
    let text = error
        .as_ref()
        .map_or("Chromium did not load it", |error| &error.text);
    let mut failure = Failure::new("navigation failed", format!("{url} was not loaded: {text}"));
    failure.data = serde_json::to_string(&error).ok();
    failure
}

/// An address without its fragment.
fn resource(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}
