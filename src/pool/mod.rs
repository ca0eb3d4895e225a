//! The PhantomJS processes.

mod browser;
#[cfg(test)]
pub(crate) mod fixture;
mod launch;
mod memory;
mod output;
mod process;

pub(crate) use browser::{Browser, BrowserEvent};
pub(crate) use launch::{LaunchError, LaunchOptions};
pub(crate) use memory::{MemoryWatch, resident_memory};
pub(crate) use process::end_with_parent;
