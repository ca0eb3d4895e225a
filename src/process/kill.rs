//! The end of a child and of all that belongs to it.

use parking_lot::Mutex;

#[cfg(target_os = "linux")]
use super::pidfd::PidFd;

/// Kills a child and all that belongs to it, for as long as the child has not been reaped: no signal ever goes to
/// another process that got its number.
#[derive(Debug)]
pub(crate) struct KillHandle(Mutex<Option<Family>>);

/// What goes by one signal.
#[derive(Debug)]
struct Family {
    /// The child, which leads a group.
    leader: u32,
    /// The program that the child started in another group.
    #[cfg(target_os = "linux")]
    apart: Option<PidFd>,
}

impl Family {
    fn kill(&self) {
        kill_group(self.leader);
        #[cfg(target_os = "linux")]
        if let Some(apart) = &self.apart {
            apart.kill();
        }
    }
}

impl KillHandle {
    /// Of the child that leads a group; none when it is reaped already.
    pub(super) fn of(leader: Option<u32>) -> Self {
        Self(Mutex::new(leader.map(|leader| Family {
            leader,
            #[cfg(target_os = "linux")]
            apart: None,
        })))
    }

    /// Kills this process too, which is in another group.
    #[cfg(target_os = "linux")]
    pub(super) fn add(&self, apart: PidFd) {
        if let Some(family) = &mut *self.0.lock() {
            family.apart = Some(apart);
        }
    }

    /// Kills the process and its group at once, from any thread; nothing when it is gone.
    pub(crate) fn kill(&self) {
        // The lock is held while the signal is sent: `kill_for_good` waits for it.
        if let Some(family) = &*self.0.lock() {
            family.kill();
        }
    }

    /// The last signal: the child may be reaped after it.
    pub(super) fn kill_for_good(&self) {
        if let Some(family) = self.0.lock().take() {
            family.kill();
        }
    }
}

#[cfg(unix)]
fn kill_group(pid: u32) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;
    if let Ok(pid) = i32::try_from(pid) {
        // Gone already is as good.
        let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
fn kill_group(pid: u32) {
    // `kill_on_drop` and the browser's own watchdog do the rest where this cannot run.
    let _ = std::process::Command::new("taskkill")
        .args(["/F", "/T", "/PID", &pid.to_string()])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status();
}
