//! The commands of `ph`, target 0. Each of them runs in the order in which it was sent.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use super::cdp::Session;
use super::command::{Args, Command, Failure, Outcome, null};
use super::shared::Shared;

/// Runs what comes, one after the other.
pub(super) async fn serve(browser: Arc<Shared>, mut commands: UnboundedReceiver<Command>) {
    while let Some(command) = commands.recv().await {
        let reply = browser.reply(command.id, 0);
        reply.give(run(&browser, &command.method, &command.args).await);
    }
}

async fn run(browser: &Arc<Shared>, method: &str, _args: &Args) -> Outcome {
    match method {
        "status" => {
            browser.probes.ask().await?;
            Ok(json!({ "sessions": browser.page_count(), "objects": 0 }).to_string())
        }
        "exit" => {
            Session::root(&browser.connection).notify("Browser.close", json!({}));
            null()
        }
        _ => Err(Failure::new(
            "unknown command",
            format!("no such command: {method}"),
        )),
    }
}
