//! Child processes: started so that they cannot outlive us, ended with all that belongs to them.

mod child;
mod guardian;
mod kill;
mod memory;
mod output;
#[cfg(target_os = "linux")]
mod pidfd;
mod reaped;

pub(crate) use child::{Process, describe, end_with_parent};
pub(crate) use kill::KillHandle;
pub(crate) use memory::{MemoryOf, MemoryWatch, TreeLooks, resident_memory};
pub(crate) use output::{Output, Outputs, without};
