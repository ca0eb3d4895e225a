//! The PhantomJS processes.

mod browser;
mod file_types;
#[cfg(test)]
pub(crate) mod fixture;
mod guardian;
mod launch;
mod memory;
mod output;
#[cfg(target_os = "linux")]
mod pidfd;
mod process;

pub(crate) use browser::{Browser, BrowserEvent};
pub(crate) use file_types::{SHARED_FOLDER, SHARED_TABLES, share_file_types};
pub(crate) use launch::{LaunchError, LaunchOptions};
pub(crate) use memory::{MemoryWatch, resident_memory};
pub(crate) use process::end_with_parent;
