//! The browsers: one of them as the engines hold it, and the seam behind which each kind lives.
//!
//! - [`launcher`][]: how a browser is started, and why it was not
//! - [`remote`][]: how one that runs is spoken to
//! - [`life`][]: a process of ours, or a connection to one elsewhere
//! - [`browser`][]: its life, its remote end, and the deadlines of commands
//! - [`phantom`][]: PhantomJS
//! - [`chromium`][]: Chromium

#[allow(clippy::module_inception)]
mod browser;
#[cfg(unix)]
pub(crate) mod chromium;
mod launcher;
mod life;
mod pending;
pub(crate) mod phantom;
mod remote;

pub(crate) use browser::{Browser, BrowserEvent};
pub(crate) use launcher::LaunchError;
pub(crate) use remote::EntryKind;
