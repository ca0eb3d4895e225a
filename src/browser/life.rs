//! What a running browser is to us: a process of ours, or a connection to one that runs elsewhere, whose end is the
//! browser's as far as we are concerned.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::process::{KillHandle, Outputs, Process, describe};

/// Of one browser.
#[derive(Debug)]
pub(crate) enum Life {
    Process(Box<Here>),
    Elsewhere(Elsewhere),
}

/// A process of ours.
#[derive(Debug)]
pub(crate) struct Here {
    process: Process,
    /// The browser's own: the process may be a launcher that started it.
    pid: u32,
    outputs: Outputs,
}

/// A connection to a browser that others run.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    cut: CancellationToken,
    /// Why the connection has ended.
    ended: oneshot::Receiver<String>,
}

/// Ends a browser at once, from any thread; nothing when it is gone.
#[derive(Clone, Debug)]
pub(crate) enum Switch {
    Process(Arc<KillHandle>),
    Elsewhere(CancellationToken),
}

impl Elsewhere {
    /// `cut` ends the connection; its task says why it has ended.
    pub(crate) fn new(cut: CancellationToken, ended: oneshot::Receiver<String>) -> Self {
        Self { cut, ended }
    }
}

impl Switch {
    pub(crate) fn kill(&self) {
        match self {
            Self::Process(handle) => handle.kill(),
            Self::Elsewhere(cut) => cut.cancel(),
        }
    }
}

impl Life {
    pub(crate) fn here(process: Process, pid: u32, outputs: Outputs) -> Self {
        Self::Process(Box::new(Here {
            process,
            pid,
            outputs,
        }))
    }

    /// None where there is no process of ours.
    pub(crate) fn pid(&self) -> Option<u32> {
        match self {
            Self::Process(here) => Some(here.pid),
            Self::Elsewhere(_) => None,
        }
    }

    pub(crate) fn switch(&self) -> Switch {
        match self {
            Self::Process(here) => Switch::Process(Arc::clone(here.process.kill_handle())),
            Self::Elsewhere(Elsewhere { cut, .. }) => Switch::Elsewhere(cut.clone()),
        }
    }

    /// Waits for its end: how it ended, if anybody knows.
    pub(super) async fn ended(&mut self) -> Option<String> {
        match self {
            Self::Process(here) => here.process.wait().await.ok().map(describe),
            Self::Elsewhere(Elsewhere { cut, ended }) => tokio::select! {
                biased;
                why = ended => why.ok().map(|why| format!("its connection ended: {why}")),
                () = cut.cancelled() => Some("its connection was closed".to_owned()),
            },
        }
    }

    /// All that belonged to it is gone: nothing is left to guard.
    pub(super) async fn unguard(&mut self) {
        if let Self::Process(here) = self {
            here.process.unguard().await;
        }
    }

    /// The end of what it said, once it is over.
    pub(super) async fn output(&mut self) -> String {
        match self {
            Self::Process(here) => {
                here.outputs.rest().await;
                here.outputs.text()
            }
            Self::Elsewhere(_) => String::new(),
        }
    }
}
