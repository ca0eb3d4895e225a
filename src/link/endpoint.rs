//! The local socket's address: a file in a directory that only this user can enter (a named pipe on Windows).

use std::io;
use std::path::{Path, PathBuf};

use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use interprocess::local_socket::{ListenerOptions, Name};

use crate::{engine_directory, shortage};

/// `sun_path` holds 108 bytes on Linux, 104 on macOS, the end mark included.
const MAX_SOCKET_PATH: usize = 103;
/// Where sockets are made when the temporary directory cannot hold one.
const SHORT_ROOT: &str = "/tmp";

/// Why the workers have no socket.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the local socket for the workers in {}: {source}; {remedy}", .root.display())]
pub(crate) struct ListenError {
    root: PathBuf,
    remedy: &'static str,
    source: io::Error,
}

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
    pub(crate) fn listen() -> Result<(Self, Listener), ListenError> {
        Self::listen_in(&std::env::temp_dir())
    }

    /// As [`listen`](Self::listen), after the socket was removed: in another place where the first one is gone.
    pub(crate) fn listen_again() -> Result<(Self, Listener), ListenError> {
        Self::listen().or_else(|error| Self::listen_in(Path::new(SHORT_ROOT)).map_err(|_| error))
    }

    fn listen_in(root: &Path) -> Result<(Self, Listener), ListenError> {
        let name = engine_directory::new_name();
        if cfg!(windows) {
            return Self::listen_at(name, None).map_err(|error| explain(root, error));
        }
        // Workers find it wherever they and this process go.
        let root = std::path::absolute(root).map_err(|error| explain(root, error))?;
        let address = socket_path(&root.join(&name));
        let (root, address) = match address {
            Some(address) => (root, address),
            None => {
                let root = PathBuf::from(SHORT_ROOT);
                let address = socket_path(&root.join(&name)).unwrap_or_default();
                (root, address)
            }
        };
        let directory = root.join(name);
        engine_directory::make_private(&directory)
            .and_then(|()| Self::listen_at(address, Some(directory)))
            .map_err(|error| explain(&root, error))
    }

    fn listen_at(address: String, directory: Option<PathBuf>) -> io::Result<(Self, Listener)> {
        // From here on it removes what is made, in part or whole.
        let endpoint = Self { address, directory };
        let begun = match &endpoint.directory {
            Some(directory) => directory.join(engine_directory::BEGUN_SOCKET),
            None => PathBuf::from(&endpoint.address),
        };
        let listener = ListenerOptions::new()
            .name(name_of(&begun.to_string_lossy())?)
            // The endpoint removes the file together with its directory.
            .reclaim_name(false)
            .create_tokio()?;
        if endpoint.directory.is_some() {
            // Who finds the socket under its name and is refused knows that nobody listens any more.
            std::fs::rename(begun, &endpoint.address)?;
        }
        Ok((endpoint, listener))
    }

    /// What a worker connects to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The private directory; whatever we put into it goes with the endpoint, too.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// False when somebody removed the socket: cleaners of temporary directories do.
    pub(crate) fn is_there(&self) -> bool {
        self.directory.is_none() || std::fs::symlink_metadata(&self.address).is_ok()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            engine_directory::remove(directory);
        }
    }
}

/// Removes what killed primaries left behind beside an endpoint's directory.
pub(crate) async fn sweep(directory: PathBuf) {
    engine_directory::sweep(&directory).await;
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

/// None when the name is too long for a socket, or workers cannot be told it as text.
fn socket_path(directory: &Path) -> Option<String> {
    let path = directory.join(engine_directory::SOCKET);
    let path = path.to_str().filter(|path| path.len() <= MAX_SOCKET_PATH);
    path.map(str::to_owned)
}

fn explain(root: &Path, source: io::Error) -> ListenError {
    use io::ErrorKind as Kind;
    let remedy = shortage::remedy(&source).unwrap_or(match source.kind() {
        Kind::NotFound if root.is_relative() => {
            "the working directory is gone: change to another one, or set TMPDIR to an absolute path"
        }
        Kind::NotFound | Kind::NotADirectory => {
            "set TMPDIR to a directory that exists, and that stays as long as the engine"
        }
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
            "set TMPDIR to a directory that this user can write to"
        }
        _ => "set TMPDIR to a directory of a local file system",
    });
    ListenError {
        root: root.to_owned(),
        remedy,
        source,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn temporary(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("{name}-{:x}", rand::random::<u64>()))
    }

    #[tokio::test]
    async fn the_directory_is_private_and_goes_with_the_endpoint() {
        let (endpoint, listener) = Endpoint::listen().expect("it can listen");
        let directory = endpoint.directory().expect("a directory").to_owned();
        let mode = std::fs::metadata(&directory)
            .expect("made")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(endpoint.is_there());
        let _ = connect(endpoint.address()).await.expect("it is served");
        drop(listener);
        drop(endpoint);
        assert!(!directory.exists());
    }

    #[tokio::test]
    async fn a_removed_socket_is_noticed() {
        let (endpoint, _listener) = Endpoint::listen().expect("it can listen");
        std::fs::remove_file(endpoint.address()).expect("removed");
        assert!(!endpoint.is_there());
    }

    #[tokio::test]
    async fn a_long_directory_is_not_used_for_it() {
        let root = temporary(&"long".repeat(30));
        std::fs::create_dir(&root).expect("made");
        let (endpoint, _listener) = Endpoint::listen_in(&root).expect("it can listen");
        assert!(endpoint.address().starts_with(SHORT_ROOT));
        let _ = connect(endpoint.address()).await.expect("it is served");
        std::fs::remove_dir(&root).expect("nothing was put there");
    }

    #[tokio::test]
    async fn an_error_names_the_directory_and_the_remedy() {
        let gone = temporary("gone");
        let error = Endpoint::listen_in(&gone).expect_err("it is gone");
        let text = error.to_string();
        assert!(text.contains(&gone.display().to_string()), "{text}");
        assert!(text.contains("set TMPDIR to a directory that exists"));

        std::fs::write(&gone, "a file").expect("written");
        let text = Endpoint::listen_in(&gone)
            .expect_err("it is a file")
            .to_string();
        assert!(text.contains("set TMPDIR to a directory that exists"));
        std::fs::remove_file(&gone).expect("removed");

        for (code, remedy) in [
            (24, "raise the limit of open files"),
            (28, "make room on that file system"),
            (13, "that this user can write to"),
            (30, "that this user can write to"),
        ] {
            let error = explain(&gone, io::Error::from_raw_os_error(code));
            assert!(error.to_string().contains(remedy), "{error}");
        }
    }
}
