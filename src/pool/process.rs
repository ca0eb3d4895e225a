//! One PhantomJS process: spawned so that it cannot outlive us, ended for certain.
//!
//! The file that is run may be a script that starts PhantomJS and waits for it. So what is ended is a group, and the
//! PhantomJS in it by itself where it has left the group.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::process::{Child, Command};
use tracing::{debug, warn};

use super::guardian::Guardian;
#[cfg(target_os = "linux")]
use super::pidfd::PidFd;

/// Kills a child and all that belongs to it, for as long as the child has not been reaped: no signal ever goes to a
/// stranger who got its number.
#[derive(Debug)]
pub(crate) struct KillHandle(Mutex<Option<Family>>);

/// What goes by one signal.
#[derive(Debug)]
struct Family {
    /// The child, which leads a group.
    leader: u32,
    /// A PhantomJS that the child started in another group.
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
    /// Kills the process and its group at once, from any thread; nothing when it is gone.
    pub(crate) fn kill(&self) {
        // The lock is held while the signal is sent: `kill_for_good` waits for it.
        if let Some(family) = &*self.0.lock() {
            family.kill();
        }
    }

    /// The last signal: the child may be reaped after it.
    fn kill_for_good(&self) {
        if let Some(family) = self.0.lock().take() {
            family.kill();
        }
    }
}

/// A child of ours. Dropping it kills it, and its group.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
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
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        let _ = command.process_group(0);
        #[cfg(target_os = "linux")]
        die_with_parent(&mut command);
        let is_script = is_script(command.as_std().get_program());
        let child = command.spawn()?;
        let family = child.id().map(|leader| Family {
            leader,
            #[cfg(target_os = "linux")]
            apart: None,
        });
        let mut process = Self {
            child,
            kill: Arc::new(KillHandle(Mutex::new(family))),
            guardian: None,
        };
        if is_script {
            process.set_guardian();
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

    /// Makes sure that PhantomJS, which says that it is process `said` and was given `secret`, ends with us even where the
    /// child is not PhantomJS itself: the kernel's signal goes to the child alone. Returns PhantomJS's pid.
    pub(crate) async fn guard(&mut self, said: Option<u32>, secret: &str) -> u32 {
        let leader = self.child.id().unwrap_or_default();
        let Some(phantom) = said.filter(|said| *said != leader && leader != 0) else {
            return leader;
        };
        let place = place_of(phantom, leader, secret);
        debug!(
            pid = leader,
            phantom,
            ?place,
            "PhantomJS runs behind a launcher"
        );
        #[cfg(target_os = "linux")]
        if place == Place::Apart
            && let (Some(family), Ok(apart)) = (&mut *self.kill.0.lock(), PidFd::open(phantom))
        {
            family.apart = Some(apart);
        }
        if self.guardian.is_none() {
            self.set_guardian();
        }
        if place == Place::Apart
            && let Some(guardian) = &mut self.guardian
        {
            guardian.add(phantom).await;
        }
        if place == Place::Unknown {
            leader
        } else {
            phantom
        }
    }

    fn set_guardian(&mut self) {
        let Some(leader) = self.child.id() else {
            return;
        };
        match Guardian::spawn(leader) {
            Ok(guardian) => self.guardian = Some(guardian),
            Err(error) => warn!(%error, "no guardian: PhantomJS may outlive this process"),
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
            guardian.end().await;
            self.guardian = None;
        }
        self.child.wait().await
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

/// Whether it is run by another program, which then starts PhantomJS.
fn is_script(file: &OsStr) -> bool {
    let mut start = [0; 2];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"#!"
}

/// Where the PhantomJS is that a child of ours started.
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
fn place_of(phantom: u32, leader: u32, secret: &str) -> Place {
    use nix::unistd::{Pid, getpgid};
    let group = getpgid(Some(Pid::from_raw(phantom.cast_signed())));
    match group {
        Ok(group) if group.as_raw() == leader.cast_signed() => Place::Inside,
        // It says a number that may be another's.
        Ok(_) if has_in_environment(phantom, secret) => Place::Apart,
        _ => Place::Unknown,
    }
}

#[cfg(not(unix))]
fn place_of(_phantom: u32, _leader: u32, _secret: &str) -> Place {
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
