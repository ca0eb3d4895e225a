//! The seam between an engine and a browser that is to be started.

use std::future::Future;
use std::io;
use std::time::Duration;

use tracing::warn;

use super::life::Life;
use super::remote::{Observer, RemoteEnd};
use crate::process::{Outputs, Process};
use crate::shortage;

/// Starts browsers of one kind, or reaches them where they run; has their options.
///
/// An implementation must hold:
///
/// - A browser that was started can be used: its remote end takes commands. When it cannot be, the error says what the
///   browser printed and, where that is known, what to do.
/// - After an error no process is left, and no file. What the browser needs as long as it runs, such as the directory of
///   a profile, goes when its process has been reaped.
/// - It starts within the limits of its options, counted in lived time.
pub(crate) trait Launcher {
    type Remote: RemoteEnd;

    /// Starts a browser, which `observer` hears of. Must run on a thread of the runtime that lives as long as the browser
    /// should (see [`Process::spawn`]).
    ///
    /// # Errors
    /// [`LaunchError`].
    fn launch(
        &self,
        observer: impl Observer,
    ) -> impl Future<Output = Result<Running<Self::Remote>, LaunchError>> + Send;
}

/// A browser that can be used.
#[derive(Debug)]
pub(crate) struct Running<R> {
    pub(crate) life: Life,
    pub(crate) remote: R,
    /// Files of its own: dropped when its process has been reaped, which removes them.
    pub(crate) belongings: Option<Box<dyn Belongings>>,
}

/// What is removed when it is dropped.
pub(crate) trait Belongings: Send + std::fmt::Debug {}

impl<T: Send + std::fmt::Debug> Belongings for T {}

/// Why a browser did not start. `browser` is what users call it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LaunchError {
    #[error("cannot run {browser} at {binary}: {source}")]
    Spawn {
        browser: &'static str,
        binary: String,
        #[source]
        source: io::Error,
    },
    #[error("cannot start {browser}: {source}; {remedy}")]
    Shortage {
        browser: &'static str,
        remedy: &'static str,
        #[source]
        source: io::Error,
    },
    /// `advice` is what to do, if it is known, with what leads to it (": ").
    #[error("{browser} at {binary} ended at its start ({how}){advice}{output}")]
    Exited {
        browser: &'static str,
        binary: String,
        how: String,
        advice: String,
        output: String,
    },
    /// `awaited`: "listen".
    #[error("{browser} at {binary} did not {awaited} within {} ms{output}", .limit.as_millis())]
    Silent {
        browser: &'static str,
        binary: String,
        awaited: &'static str,
        limit: Duration,
        output: String,
    },
    #[error("no free port from {from} to {to}: set phantomBasePort to a free range")]
    NoPort { from: u16, to: u16 },
    /// It runs elsewhere. `host` is what may be shown of its address.
    #[error("cannot use {browser} at {host} (option browserEndpoint): {why}")]
    Unreached {
        browser: &'static str,
        host: String,
        why: String,
    },
    /// It runs, but cannot be spoken to.
    #[error(transparent)]
    Connect(Box<dyn std::error::Error + Send + Sync>),
}

impl LaunchError {
    /// Of a program that the system did not start.
    pub(super) fn spawn(browser: &'static str, binary: &str, source: io::Error) -> Self {
        match shortage::remedy(&source) {
            Some(remedy) => Self::Shortage {
                browser,
                remedy,
                source,
            },
            None => Self::Spawn {
                browser,
                binary: binary.to_owned(),
                source,
            },
        }
    }
}

/// Ends a browser that could not be used in time: the error that says so. `awaited`: "listen".
pub(super) async fn end_silent<R: RemoteEnd>(
    mut process: Process,
    outputs: &Outputs,
    binary: String,
    awaited: &'static str,
    limit: Duration,
) -> LaunchError {
    warn!(
        pid = process.id(),
        "{} killed: it did not {awaited} in time",
        R::NAME
    );
    process.kill_handle().kill();
    let _ = process.wait().await;
    LaunchError::Silent {
        browser: R::NAME,
        binary,
        awaited,
        limit,
        output: said(outputs),
    }
}

/// What a browser said, as the end of an error's sentence.
pub(super) fn said(outputs: &Outputs) -> String {
    let text = outputs.text();
    if text.is_empty() {
        String::new()
    } else {
        format!(", saying: {text}")
    }
}
