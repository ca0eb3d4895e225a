//! A process by a descriptor of its own (pidfd_open(2)), which no other process ever gets.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::libc;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

#[derive(Debug)]
pub(super) struct PidFd(OwnedFd);

impl PidFd {
    /// # Errors
    /// When there is no such process, no descriptor is left, or the kernel is older than 5.3.
    pub(super) fn open(pid: u32) -> io::Result<Self> {
        // SAFETY: a plain system call with two numbers.
        let answer = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        let descriptor = RawFd::try_from(answer).unwrap_or(-1);
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel made it for us just now, and nobody else has it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(descriptor) }))
    }

    /// Waits until the process has ended; it is not reaped by this. Must run inside a tokio runtime.
    pub(super) async fn ended(self) -> io::Result<()> {
        // SAFETY: it owns its descriptor, which stays the same and open for as long as it is registered.
        let descriptor = unsafe { AsyncFd::register_with_interest(self.0, Interest::READABLE) }?;
        descriptor.readable().await.map(drop)
    }

    /// Kills the process; nothing when it is gone.
    pub(super) fn kill(&self) {
        let no_info = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: a plain system call: the descriptor is ours, and without information the pointer is null.
        let _ = unsafe {
            let descriptor = self.0.as_raw_fd();
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                descriptor,
                libc::SIGKILL,
                no_info,
                0,
            )
        };
    }
}
