//! What ends a browser that runs behind a launcher when this process is killed.
//!
//! The kernel's signal at our end goes to the child we started, and not to what that has started. A browser exits when its
//! connection ends, but PhantomJS not while a page's script runs. So a shell waits for the end of a pipe that only we hold: it comes
//! however we end. It takes 1 MB, and is there for launchers alone, and for browsers with a directory of their own, which
//! it removes.

use std::io;
use std::path::Path;
#[cfg(unix)]
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
#[cfg(unix)]
use tokio::process::Command;

use super::reaped::Reaped;

/// Its arguments are the group, which may be empty, and a directory that goes with it; each line it reads is a process of
/// another group, a group with "-" before it, or "-" when all of them are gone. What has just been killed may still write
/// for a moment, and make the directory anew.
#[cfg(unix)]
const SCRIPT: &str = r#"all="${0:+-$0}"
while read -r pid; do [ "$pid" = - ] && all= || all="$all $pid"; done
[ -z "$all" ] || kill -s KILL -- $all
times=0
while [ -n "$1" ] && [ "$times" -lt 50 ]; do
    rm -rf -- "$1"; sleep 0.1; [ -e "$1" ] || exit 0; times=$((times + 1))
done"#;

/// A process that kills a group when this one has ended. Dropping it ends it and leaves the group alone.
#[derive(Debug)]
pub(super) struct Guardian(Reaped);

impl Guardian {
    /// `group`: none as long as there is none. Must run inside a tokio runtime.
    #[cfg(unix)]
    pub(super) fn spawn(group: Option<u32>, directory: Option<&Path>) -> io::Result<Self> {
        let group = group.map(|group| group.to_string()).unwrap_or_default();
        let mut command = Command::new("/bin/sh");
        let _ = command
            .args(["-c", SCRIPT, &group])
            .args(directory)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Signals to our group, Ctrl-C among them, are none of its business.
            .process_group(0);
        Reaped::spawn(&mut command).map(Self)
    }

    #[cfg(not(unix))]
    pub(super) fn spawn(_group: Option<u32>, _directory: Option<&Path>) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Guards this group too.
    pub(super) async fn add_group(&mut self, group: u32) {
        self.tell(&format!("-{group}")).await;
    }

    /// Guards this process too, which is in another group.
    pub(super) async fn add(&mut self, pid: u32) {
        self.tell(&pid.to_string()).await;
    }

    /// All processes are gone, and their numbers may be others' from now on: what is left to guard is the directory.
    pub(super) async fn disarm(&mut self) {
        self.tell("-").await;
    }

    async fn tell(&mut self, word: &str) {
        if let Some(pipe) = &mut self.0.stdin {
            // When it is gone, so is its use.
            let _ = pipe.write_all(format!("{word}\n").as_bytes()).await;
        }
    }

    /// Ends it. What it guards must be gone, or have another to end it.
    pub(super) async fn end(&mut self) {
        // The signal goes first, then its pipe is closed and it is waited for.
        let _ = self.0.kill().await;
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use tokio::time::timeout;

    fn sleeper() -> tokio::process::Child {
        Command::new("/bin/sleep")
            .arg("60")
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("it runs")
    }

    fn directory(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("pc-{name}-{}", std::process::id()));
        std::fs::create_dir_all(path.join("inside")).expect("a directory");
        path
    }

    /// What it does when this process ends: its pipe is closed.
    async fn fires(mut guardian: Guardian) {
        drop(guardian.0.stdin.take());
        let ended = timeout(Duration::from_secs(30), guardian.0.wait()).await;
        let _ = ended.expect("in time").expect("it ends");
    }

    #[tokio::test]
    async fn the_group_and_the_directory_go_with_us() {
        let mut guarded = sleeper();
        let path = directory("armed");
        let group = guarded.id().expect("it runs");
        fires(Guardian::spawn(Some(group), Some(&path)).expect("it starts")).await;
        assert!(!guarded.wait().await.expect("it ends").success());
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_group_may_come_later() {
        let mut guarded = sleeper();
        let path = directory("later");
        let mut guardian = Guardian::spawn(None, Some(&path)).expect("it starts");
        guardian.add_group(guarded.id().expect("it runs")).await;
        fires(guardian).await;
        assert!(!guarded.wait().await.expect("it ends").success());
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn once_disarmed_it_removes_the_directory_alone() {
        let mut other = sleeper();
        let path = directory("disarmed");
        let group = other.id().expect("it runs");
        let mut guardian = Guardian::spawn(Some(group), Some(&path)).expect("it starts");
        guardian.disarm().await;
        fires(guardian).await;
        assert!(other.try_wait().expect("it can be asked").is_none());
        assert!(!path.exists());
    }
}
