//! What to do when the system runs out of files, processes, disk space or memory.

use std::io;

/// The remedy, or none for an error of another kind.
pub(crate) fn remedy(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            return Some("make room on that file system, or use another one");
        }
        io::ErrorKind::OutOfMemory => return Some("give it more memory, or run fewer workers"),
        _ => {}
    }
    #[cfg(unix)]
    match nix::errno::Errno::from_raw(error.raw_os_error().unwrap_or_default()) {
        nix::errno::Errno::EMFILE | nix::errno::Errno::ENFILE => {
            return Some("raise the limit of open files (ulimit -n)");
        }
        nix::errno::Errno::EAGAIN => {
            return Some("raise the limit of processes (ulimit -u, or that of the container)");
        }
        _ => {}
    }
    None
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use nix::libc;

    #[test]
    fn each_shortage_has_its_remedy() {
        for (code, expected) in [
            (libc::EMFILE, Some("ulimit -n")),
            (libc::ENFILE, Some("ulimit -n")),
            (libc::EAGAIN, Some("ulimit -u")),
            (libc::ENOMEM, Some("more memory")),
            (libc::ENOSPC, Some("make room")),
            (libc::EDQUOT, Some("make room")),
            (libc::ENOENT, None),
        ] {
            let error = io::Error::from_raw_os_error(code);
            let remedy = remedy(&error);
            assert_eq!(remedy.is_some(), expected.is_some(), "{error}");
            assert!(
                remedy
                    .unwrap_or_default()
                    .contains(expected.unwrap_or_default())
            );
        }
    }
}
