//! The local socket's address: a file in a directory that only this user can enter (a named pipe on Windows).

use std::io;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::time::Duration;

use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use interprocess::local_socket::{ListenerOptions, Name};

/// Directories are named PREFIX, pid of the master, "-", random.
const PREFIX: &str = "phantom-cluster-";
/// A directory without a socket may be one whose master begins.
#[cfg(unix)]
const STILL_BEGINNING: Duration = Duration::from_secs(60);
/// `sun_path` holds 108 bytes on Linux, 104 on macOS, the end mark included.
const MAX_SOCKET_PATH: usize = 103;

/// A listening endpoint; dropping it removes what it made on disk.
#[derive(Debug)]
pub(crate) struct Endpoint {
    address: String,
    directory: Option<PathBuf>,
}

impl Endpoint {
    /// Makes the private directory and listens in it. Must run inside a tokio runtime.
    ///
    /// # Errors
    /// When the directory or the socket cannot be made.
    pub(crate) fn listen() -> io::Result<(Self, Listener)> {
        let id = format!(
            "{PREFIX}{}-{:016x}",
            std::process::id(),
            rand::random::<u64>()
        );
        let endpoint = if cfg!(windows) {
            Self {
                address: id,
                directory: None,
            }
        } else {
            let root = temporary_root(&id);
            sweep(&root);
            let directory = root.join(id);
            make_private(&directory)?;
            Self {
                address: socket_path(&directory),
                directory: Some(directory),
            }
        };
        let listener = ListenerOptions::new()
            .name(name_of(&endpoint.address)?)
            // The endpoint removes the file together with its directory.
            .reclaim_name(false)
            .create_tokio()?;
        Ok((endpoint, listener))
    }

    /// What a worker connects to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The private directory; whatever else is in it goes with the endpoint, too.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// Connects to an address that [`Endpoint::address`] gave.
pub(crate) async fn connect(address: &str) -> io::Result<Stream> {
    Stream::connect(name_of(address)?).await
}

fn name_of(address: &str) -> io::Result<Name<'_>> {
    #[cfg(windows)]
    {
        use interprocess::local_socket::GenericNamespaced;
        address.to_ns_name::<GenericNamespaced>()
    }
    #[cfg(not(windows))]
    {
        use interprocess::local_socket::GenericFilePath;
        address.to_fs_name::<GenericFilePath>()
    }
}

fn socket_path(directory: &Path) -> String {
    directory.join("engine.sock").to_string_lossy().into_owned()
}

/// The temporary directory, unless its name is too long to hold a socket.
fn temporary_root(id: &str) -> PathBuf {
    let root = std::env::temp_dir();
    if socket_path(&root.join(id)).len() > MAX_SOCKET_PATH {
        PathBuf::from("/tmp")
    } else {
        root
    }
}

#[cfg(unix)]
fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> io::Result<()> {
    std::fs::create_dir(directory)
}

/// Removes what masters that were killed left behind. Whether one lives is asked of its socket: its pid may be another's
/// by now, or of another namespace, where the directory is shared between containers.
#[cfg(unix)]
fn sweep(root: &Path) {
    let Ok(entries) = std::fs::read_dir(root) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
        if is_ours && is_abandoned(&entry.path()) {
            // Fails on another user's directory, which is as it should be.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(not(unix))]
fn sweep(_root: &Path) {}

#[cfg(unix)]
fn is_abandoned(directory: &Path) -> bool {
    use std::os::unix::net::UnixStream;
    match UnixStream::connect(socket_path(directory)) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => true,
        // Its master may be just about to listen.
        Err(error) if error.kind() == io::ErrorKind::NotFound => is_old(directory),
        _ => false,
    }
}

#[cfg(unix)]
fn is_old(directory: &Path) -> bool {
    let modified = std::fs::metadata(directory).and_then(|data| data.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STILL_BEGINNING))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn the_directory_is_private_and_goes_with_the_endpoint() {
        let (endpoint, listener) = Endpoint::listen().expect("it can listen");
        let directory = PathBuf::from(endpoint.address())
            .parent()
            .expect("a directory")
            .to_owned();
        let mode = std::fs::metadata(&directory)
            .expect("made")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        let _ = connect(endpoint.address()).await.expect("it is served");
        drop(listener);
        drop(endpoint);
        assert!(!directory.exists());
    }

    #[test]
    fn leftovers_of_dead_masters_are_swept() {
        use std::os::unix::net::UnixListener;
        let root = std::env::temp_dir().join(format!("sweep-{:x}", rand::random::<u64>()));
        let [dead, living, beginning, foreign] = ["1-0", "2-0", "3-0"]
            .map(|name| root.join(format!("{PREFIX}{name}")))
            .into_iter()
            .chain([root.join("something-1-0")])
            .collect::<Vec<_>>()
            .try_into()
            .expect("four");
        for directory in [&dead, &living, &beginning, &foreign] {
            std::fs::create_dir_all(directory).expect("made");
        }
        drop(UnixListener::bind(socket_path(&dead)).expect("bound"));
        let _listener = UnixListener::bind(socket_path(&living)).expect("bound");
        sweep(&root);
        assert!(!dead.exists());
        assert!(living.exists() && beginning.exists() && foreign.exists());
        std::fs::remove_dir_all(&root).expect("removed");
    }
}
