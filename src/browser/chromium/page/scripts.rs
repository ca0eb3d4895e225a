//! Scripts that are put into a page: `includeJs` by their address, `injectJs` from a file.

use std::path::PathBuf;
use std::sync::Arc;

use http::StatusCode;
use parking_lot::Mutex;
use serde_json::json;
use url::Url;

use super::evaluate::{self, as_source};
use super::{Page, errors};
use crate::browser::chromium::command::{Args, Failure, Outcome, Reply, json as answer};

/// Where scripts are looked for that are not found otherwise.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    library_path: Mutex<Option<String>>,
}

impl Scripts {
    /// `page.libraryPath`; at first where this process runs.
    pub(super) fn library_path(&self) -> Outcome {
        answer(&self.folder())
    }

    pub(super) fn set_library_path(&self, folder: String) {
        *self.library_path.lock() = Some(folder);
    }

    fn folder(&self) -> PathBuf {
        match &*self.library_path.lock() {
            Some(folder) => PathBuf::from(folder),
            None => std::env::current_dir().unwrap_or_default(),
        }
    }
}

/// args: [address, the value when it has loaded]
pub(super) fn include(page: &Arc<Page>, args: &Args, reply: Reply) {
    let address = args.text(0);
    let value = args.raw(1).get().to_owned();
    let me = Arc::clone(page);
    page.spawn(async move {
        let loaded = load(&me, &address).await;
        reply.give(loaded.map(|()| value));
    });
}

async fn load(page: &Arc<Page>, address: &str) -> Result<(), Failure> {
    let fails = |code, reason: &str| {
        let address = if address.is_empty() { "\"\"" } else { address };
        let colon = if reason.is_empty() { "" } else { ": " };
        Failure::new(code, format!("cannot load {address}{colon}{reason}"))
    };
    if !page.settings.runs_scripts() {
        let reason = "JavaScript is off in this page (settings.javascriptEnabled)";
        return Err(fails("unknown error", reason));
    }
    let call = page.browser.in_page.include(&as_source(&address)?);
    match evaluate::in_frame(page, &call).await.as_deref() {
        Ok("\"\"") => Ok(()),
        Ok(status) => {
            let status = status.trim_matches('"').parse().unwrap_or_default();
            let reason = StatusCode::from_u16(status)
                .ok()
                .filter(|status| !status.is_success())
                .map(|status| format!("server replied: {status}"));
            Err(fails("unknown error", &reason.unwrap_or_default()))
        }
        // As of every command: the page is gone.
        Err(failure) if failure.error == "no such window" => Err(Failure::closed(page.number)),
        Err(failure) => Err(fails("unknown error", &failure.message)),
    }
}

/// args: [file]; the value says whether there is one.
pub(super) async fn inject(page: &Arc<Page>, args: &Args) -> Outcome {
    let file = PathBuf::from(args.text(0));
    let folder = page.scripts.folder();
    let found = [file.clone(), folder.join(file)]
        .into_iter()
        .find_map(|file| Some((std::fs::read(&file).ok()?, file)));
    let Some((bytes, file)) = found else {
        return Ok("false".to_owned());
    };
    let name = Url::from_file_path(&file).map_or_else(|()| String::new(), String::from);
    let source = format!("{}\n//# sourceURL={name}", String::from_utf8_lossy(&bytes));
    let scope = page.frames.current()?;
    let failed = evaluate::script(&scope, &source).await?;
    if let Some(exception) = failed {
        errors::tell(page, &exception);
    }
    Ok(json!(true).to_string())
}
