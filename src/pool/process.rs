//! One PhantomJS process: spawned so that it cannot outlive us, ended for certain.

use std::io;
use std::process::{ExitStatus, Stdio};

use parking_lot::Mutex;
use tokio::process::{Child, Command};

/// The pid of a child for as long as it has not been reaped, so that no signal ever goes to a stranger who got its
/// number.
#[derive(Debug)]
pub(crate) struct KillHandle(Mutex<Option<u32>>);

impl KillHandle {
    /// Kills the process and its group at once, from any thread; nothing when it is gone.
    pub(crate) fn kill(&self) {
        // The lock is held while the signal is sent: `reaped` waits for it.
        let pid = self.0.lock();
        if let Some(pid) = *pid {
            kill_group(pid);
        }
    }

    fn reaped(&self) {
        *self.0.lock() = None;
    }
}

/// Starts `command`. Must run on a thread of the runtime that lives as long as the child should: on Linux the kernel
/// ends the child when the thread that spawned it ends (prctl(2), PR_SET_PDEATHSIG).
///
/// # Errors
/// As `Command::spawn`: no such file, not executable.
pub(crate) fn spawn(mut command: Command) -> io::Result<(Child, KillHandle)> {
    let _ = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    let _ = command.process_group(0);
    #[cfg(target_os = "linux")]
    die_with_parent(&mut command);
    let child = command.spawn()?;
    let handle = KillHandle(Mutex::new(child.id()));
    Ok((child, handle))
}

/// Waits for the end of the process and reaps it.
pub(crate) async fn wait(child: &mut Child, handle: &KillHandle) -> io::Result<ExitStatus> {
    let status = child.wait().await;
    handle.reaped();
    status
}

/// Asks the kernel to end this very process when the thread that started it ends. Linux only: elsewhere a worker ends
/// when its IPC channel closes.
pub(crate) fn end_with_parent() {
    #[cfg(target_os = "linux")]
    {
        let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent(command: &mut Command) {
    use nix::sys::prctl;
    use nix::sys::signal::Signal;
    use nix::unistd::{Pid, getppid};
    let parent = Pid::this();
    // SAFETY: runs between fork and exec; prctl and getppid are plain system calls, nothing is allocated or locked.
    let _ = unsafe {
        command.pre_exec(move || {
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            // The parent may have died before the call above; no signal will come then.
            if getppid() == parent {
                Ok(())
            } else {
                Err(io::Error::from_raw_os_error(nix::libc::ESRCH))
            }
        })
    };
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
    // `kill_on_drop` and the driver's own watchdog do the rest where this cannot run.
    let _ = std::process::Command::new("taskkill")
        .args(["/F", "/T", "/PID", &pid.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}
