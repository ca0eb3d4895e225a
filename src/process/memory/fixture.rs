//! Processes that hold memory, for tests.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, killpg};
use sysinfo::Pid;

pub(super) const MIB: u64 = 1024 * 1024;

/// Fills a variable, says so, and waits for the end of its input.
const HOLD: &str = r#"held=$(head -c 41943040 /dev/zero | tr '\0' x)"#;
const STAY: &str = "echo $$; read gone <&3";

/// A process with offspring. Dropping it ends them all.
#[derive(Debug)]
pub(super) struct Family {
    root: Child,
    leaves: Vec<Pid>,
}

impl Family {
    /// A process whose child has two children of 40 MiB each.
    pub(super) fn start() -> Self {
        Self::spawn(r#"exec 3<&0; sh -c "$MIDDLE" & wait"#)
    }

    /// A process of 40 MiB with two children that have its pages.
    #[cfg(target_os = "linux")]
    pub(super) fn sharing() -> Self {
        Self::spawn(&format!("{HOLD}; exec 3<&0; ({STAY}) & ({STAY}) & wait"))
    }

    fn spawn(script: &str) -> Self {
        let mut root = Command::new("sh")
            .args(["-c", script])
            .env("MIDDLE", r#"sh -c "$LEAF" & sh -c "$LEAF" & wait"#)
            .env("LEAF", format!("{HOLD}; {STAY}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell");
        let output = BufReader::new(root.stdout.take().expect("piped"));
        let lines = output.lines().take(2).map(|line| line.expect("a line"));
        let leaves = lines.map(|line| line.parse().expect("a number")).collect();
        Self { root, leaves }
    }

    pub(super) fn pid(&self) -> u32 {
        self.root.id()
    }

    /// Those without children.
    pub(super) fn leaves(&self) -> &[Pid] {
        &self.leaves
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        let group = nix::unistd::Pid::from_raw(self.root.id().try_into().expect("a pid"));
        killpg(group, Signal::SIGKILL).expect("not reaped yet");
        let _ = self.root.wait();
    }
}
