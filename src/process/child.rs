//! One child process: started so that it cannot outlive us, ended for certain.
//!
//! The file that is run may be a script, a launcher, that starts the program and waits for it. So what is ended is a group,
//! and the program by itself where it has left the group.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use tokio::process::Command;
use tracing::{debug, warn};

use super::guardian::Guardian;
use super::kill::KillHandle;
#[cfg(target_os = "linux")]
use super::pidfd::PidFd;
use super::reaped::Reaped;

fn warn_unguarded(error: &io::Error) {
    warn!(%error, "no guardian: a browser may outlive this process");
}

/// A child of ours. Dropping it kills it, and its group.
#[derive(Debug)]
pub(crate) struct Process {
    child: Reaped,
    kill: Arc<KillHandle>,
    guardian: Option<Guardian>,
}

impl Process {
    /// Starts `command`. Must run on a thread of the runtime that lives as long as the child should: on Linux the kernel
    /// ends the child when the thread that spawned it ends (prctl(2), PR_SET_PDEATHSIG).
    ///
    /// # Errors
    /// As `Command::spawn`: no such file, not executable.
    pub(crate) fn spawn(mut command: Command) -> io::Result<Self> {
        let _ = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        let _ = command.process_group(0);
        #[cfg(target_os = "linux")]
        die_with_parent(&mut command);
        let is_script = is_script(command.as_std().get_program());
        let child = Reaped::spawn(&mut command)?;
        let kill = Arc::new(KillHandle::of(child.id()));
        let mut process = Self {
            child,
            kill,
            guardian: None,
        };
        if is_script {
            process.set_guardian();
        }
        Ok(process)
    }

    /// The same with a directory, which goes when this process has been killed, and the child with it. What removes it is
    /// there before the child: this process may be stopped in between, and then killed.
    ///
    /// # Errors
    /// As [`spawn`](Self::spawn).
    pub(crate) async fn spawn_in(command: Command, directory: &Path) -> io::Result<Self> {
        let guardian = Guardian::spawn(None, Some(directory)).inspect_err(warn_unguarded);
        let mut process = Self::spawn(command)?;
        if let (Ok(mut guardian), Some(leader)) = (guardian, process.child.id()) {
            guardian.add_group(leader).await;
            process.guardian = Some(guardian);
        }
        Ok(process)
    }

    /// None when it was waited for.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    pub(crate) fn kill_handle(&self) -> &Arc<KillHandle> {
        &self.kill
    }

    /// Its outputs, once.
    pub(crate) fn outputs(
        &mut self,
    ) -> (
        Option<tokio::process::ChildStdout>,
        Option<tokio::process::ChildStderr>,
    ) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Makes sure that the program, which says that it is process `said` and has `secret` in its environment, ends with us
    /// even where the child is its launcher: the kernel's signal goes to the child alone. Returns the program's pid.
    pub(crate) async fn guard(&mut self, said: Option<u32>, secret: &str) -> u32 {
        let leader = self.child.id().unwrap_or_default();
        let Some(program) = said.filter(|said| *said != leader && leader != 0) else {
            return leader;
        };
        let place = place_of(program, leader, secret);
        debug!(
            pid = leader,
            program,
            ?place,
            "the program runs behind a launcher"
        );
        #[cfg(target_os = "linux")]
        if place == Place::Apart
            && let Ok(apart) = PidFd::open(program)
        {
            self.kill.add(apart);
        }
        if self.guardian.is_none() {
            self.set_guardian();
        }
        if place == Place::Apart
            && let Some(guardian) = &mut self.guardian
        {
            guardian.add(program).await;
        }
        if place == Place::Unknown {
            leader
        } else {
            program
        }
    }

    fn set_guardian(&mut self) {
        if let Some(leader) = self.child.id() {
            let guardian = Guardian::spawn(Some(leader), None);
            self.guardian = guardian.inspect_err(warn_unguarded).ok();
        }
    }

    /// Waits for the end of the process, ends its group, and reaps it. May be dropped and called again.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        #[cfg(target_os = "linux")]
        self.ended().await;
        #[cfg(not(target_os = "linux"))]
        let _ = self.child.wait().await;
        // Who is left of the group keeps its number from being given away.
        self.kill.kill_for_good();
        if let Some(guardian) = &mut self.guardian {
            guardian.disarm().await;
        }
        self.child.wait().await
    }

    /// What belonged to a child that was waited for is gone too: nothing is left to guard.
    pub(crate) async fn unguard(&mut self) {
        if let Some(mut guardian) = self.guardian.take() {
            guardian.end().await;
        }
    }

    /// Waits for the end of the process without reaping it: its group must go first.
    #[cfg(target_os = "linux")]
    async fn ended(&mut self) {
        let Some(pid) = self.child.id() else { return };
        // Before Linux 5.3, or out of file descriptors: reaping it comes first then.
        let ended = match PidFd::open(pid) {
            Ok(process) => process.ended().await,
            Err(error) => Err(error),
        };
        if ended.is_err() {
            let _ = self.child.wait().await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill.kill_for_good();
    }
}

/// Whether it is run by another program, which then starts the real one.
fn is_script(file: &OsStr) -> bool {
    let mut start = [0; 2];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"#!"
}

/// Where the program is that a child of ours started.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// In the child's group.
    Inside,
    /// In another group.
    Apart,
    /// Elsewhere: its number is that of another namespace, or it has another user.
    Unknown,
}

#[cfg(unix)]
fn place_of(program: u32, leader: u32, secret: &str) -> Place {
    use nix::unistd::{Pid, getpgid};
    let group = getpgid(Some(Pid::from_raw(program.cast_signed())));
    match group {
        Ok(group) if group.as_raw() == leader.cast_signed() => Place::Inside,
        // It says a number that may be another's.
        Ok(_) if has_in_environment(program, secret) => Place::Apart,
        _ => Place::Unknown,
    }
}

#[cfg(not(unix))]
fn place_of(_program: u32, _leader: u32, _secret: &str) -> Place {
    Place::Unknown
}

#[cfg(unix)]
fn has_in_environment(pid: u32, secret: &str) -> bool {
    std::fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| {
        environment
            .windows(secret.len())
            .any(|part| part == secret.as_bytes())
    })
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

/// "code 1", "signal 9".
pub(crate) fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    match status.code() {
        Some(code) => format!("code {code}"),
        None => status.to_string(),
    }
}
