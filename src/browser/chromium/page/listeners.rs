//! `on` and `off`: what changes with who listens.

use std::sync::Arc;

use super::{Page, long_running, popups, watch};
use crate::browser::chromium::command::{Args, Failure, Outcome, null};

const NO_REPAINTS: &str = "Chromium does not tell of what it paints; use page.waitFor() for what is to be seen, and page.render()";

/// args: see `Events::on`
pub(super) async fn on(page: &Arc<Page>, args: &Args) -> Outcome {
    let name = args.text(0);
    if name == "onRepaintRequested" {
        return Err(Failure::unsupported(format!("{name}: {NO_REPAINTS}")));
    }
    let _ = page.network.adjusted(page, page.events.on(args))?;
    popups::deliver_soon(page);
    long_running::watch(page);
    watch::refresh(page).await?;
    null()
}

/// args: [name]
pub(super) async fn off(page: &Arc<Page>, args: &Args) -> Outcome {
    let _ = page.network.adjusted(page, page.events.off(args))?;
    watch::refresh(page).await?;
    null()
}
