//! The commands of `ph`, target 0. Each of them runs in the order in which it was sent.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use super::command::{Args, Command, Failure, Outcome, json as answer, null};
use super::cookies::all;
use super::dotted;
use super::page::Credentials;
use super::place::Proxy;
use super::shared::Shared;

/// Runs what comes, one after the other.
pub(super) async fn serve(browser: Arc<Shared>, mut commands: UnboundedReceiver<Command>) {
    while let Some(command) = commands.recv().await {
        let reply = browser.reply(command.id, 0);
        reply.give(run(&browser, &command.method, &command.args).await);
    }
}

async fn run(browser: &Arc<Shared>, method: &str, args: &Args) -> Outcome {
    match method {
        "addCookie" => all::add(browser, &args.value(0)).await,
        "clearCookies" => all::clear(browser).await,
        "deleteCookie" => all::delete(browser, &args.text(0)).await,
        "getCookies" => all::get(browser).await,
        "get" => get(browser, args).await,
        "set" => set(browser, args).await,
        "setProxy" => set_proxy(browser, args).await,
        "status" => {
            browser.probes.ask().await?;
            Ok(json!({ "sessions": browser.page_count(), "objects": 0 }).to_string())
        }
        "exit" => {
            browser.exit();
            null()
        }
        _ => Err(Failure::new(
            "unknown command",
            format!("no such command: {method}"),
        )),
    }
}

/// A property of `phantom`; null where it is not known. args: [name]
async fn get(browser: &Shared, args: &Args) -> Outcome {
    let name = args.text(0);
    match dotted::parts(&name) {
        ("cookies", rest) if rest.is_empty() => all::get(browser).await,
        ("cookiesEnabled", rest) if rest.is_empty() => answer(&!browser.cookies.are_off()),
        ("defaultPageSettings", rest) => {
            let settings = browser.page_settings().await?.into();
            answer(dotted::find(&settings, &rest, &name)?)
        }
        _ => null(),
    }
}

/// args: [name, value]; the value is what the property is then. The others can only be read.
async fn set(browser: &Shared, args: &Args) -> Outcome {
    match args.text(0).as_str() {
        "cookies" => all::set(browser, &args.value(1)).await,
        "cookiesEnabled" => all::switch(browser, args.flag(1)).await,
        _ => get(browser, args).await,
    }
}

/// args: [host, port, type, user, password]; none without a host. For all pages, from their next load on.
async fn set_proxy(browser: &Shared, args: &Args) -> Outcome {
    let user = args.text(3);
    let credentials = (!user.is_empty()).then(|| Credentials {
        user,
        password: args.text(4),
    });
    let port = args.text(1).parse().unwrap_or_default();
    let given = Proxy::of_parts(&args.text(0), port, &args.text(2), credentials);
    // What Chromium was started with holds in its own context.
    let started_with = browser.defaults.proxy.as_ref();
    let proxy = given.or_else(|| started_with.map(|_| Proxy::direct()));
    browser.tabs.share(proxy).await?;
    null()
}
