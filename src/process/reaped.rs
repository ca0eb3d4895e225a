//! A child that is reaped also when nobody waits for it.

use std::io;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

use tokio::process::{Child, Command};
use tokio::runtime::Handle;

/// A child of ours. Dropping it kills and reaps it. Tokio by itself would reap a dropped one at the next SIGCHLD, of which
/// it hears no more once Node has started a child of its own: Node's handler takes the place of all others.
#[derive(Debug)]
pub(super) struct Reaped(ManuallyDrop<Child>);

impl Reaped {
    /// Must run inside a tokio runtime.
    ///
    /// # Errors
    /// As `Command::spawn`.
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        // For where no runtime is left to reap it.
        let child = command.kill_on_drop(true).spawn()?;
        Ok(Self(ManuallyDrop::new(child)))
    }
}

impl Deref for Reaped {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Reaped {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        // SAFETY: this is its end, nobody uses it afterwards.
        let mut child = unsafe { ManuallyDrop::take(&mut self.0) };
        if child.id().is_none() {
            return;
        }
        // The signal goes first: what waits for the end of a pipe would act at it.
        let _ = child.start_kill();
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(async move { child.wait().await }));
        }
    }
}
