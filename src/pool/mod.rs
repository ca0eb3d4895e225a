//! The PhantomJS processes.

mod browser;
mod launch;
mod output;
mod process;

pub(crate) use browser::{Browser, BrowserEvent};
pub(crate) use launch::{LaunchError, LaunchOptions};
pub(crate) use process::end_with_parent;
