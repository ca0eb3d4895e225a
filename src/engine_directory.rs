//! The directories that engines make for their sockets: how they are called, what is in them, and how they go.
//!
//! They lie where everybody's files lie. So only what is ours beyond doubt is removed, and nothing recursively.

use std::path::Path;

#[cfg(unix)]
use std::time::Duration;

/// Directories are named PREFIX, pid of the primary, "-", 16 hexadecimal digits by chance.
const PREFIX: &str = "phantom-cluster-";
const DIGITS: usize = 16;
/// The socket that workers connect to.
pub(crate) const SOCKET: &str = "engine.sock";
/// Its name until somebody listens.
pub(crate) const BEGUN_SOCKET: &str = "engine.new";
/// Links to the system's table of file types, for PhantomJS, and their folder.
pub(crate) const SHARED_TABLES: [&str; 2] = ["mime/mime.cache", "mime/types"];
pub(crate) const SHARED_FOLDER: &str = "mime";
/// A directory without a socket may be one whose primary begins.
#[cfg(unix)]
const STILL_BEGINNING: Duration = Duration::from_secs(60);

/// A name for a directory that nobody else has.
pub(crate) fn new_name() -> String {
    new_name_of("")
}

/// The same of another kind than an engine's: `kind` tells them apart, and ends with "-".
pub(crate) fn new_name_of(kind: &str) -> String {
    let chance = rand::random::<u64>();
    format!("{PREFIX}{kind}{}-{chance:0DIGITS$x}", std::process::id())
}

/// Makes a directory that nobody else can enter.
#[cfg(unix)]
pub(crate) fn make_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(directory)
}

#[cfg(not(unix))]
pub(crate) fn make_private(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir(directory)
}

#[cfg(unix)]
fn is_name(name: &str) -> bool {
    let is_hexadecimal = |text: &str| {
        text.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(pid, chance)| {
            pid.parse::<u32>()
                .is_ok_and(|number| number.to_string() == pid)
                && chance.len() == DIGITS
                && is_hexadecimal(chance)
        })
}

/// Removes a directory of an engine's: the files that engines make, then the directory if nothing else is in it.
pub(crate) fn remove(directory: &Path) {
    for file in [SOCKET, BEGUN_SOCKET].iter().chain(&SHARED_TABLES) {
        let _ = std::fs::remove_file(directory.join(file));
    }
    let _ = std::fs::remove_dir(directory.join(SHARED_FOLDER));
    let _ = std::fs::remove_dir(directory);
}

/// Removes what primaries that were killed left behind beside `own`, a directory of this engine's.
#[cfg(unix)]
pub(crate) async fn sweep(own: &Path) {
    let Some(root) = own.parent() else { return };
    let Ok(entries) = std::fs::read_dir(root) else {
        return;
    };
    for entry in entries.flatten() {
        let is_named = entry.file_name().to_str().is_some_and(is_name);
        let path = entry.path();
        // In this order: nothing of another user's is entered, or connected to.
        if is_named && path != own && is_own(&path) && has_only_known(&path) && is_abandoned(&path)
        {
            tracing::debug!(directory = %path.display(), "what a killed engine left is removed");
            remove(&path);
        }
        // There may be many: others have work to do.
        tokio::task::yield_now().await;
    }
}

#[cfg(not(unix))]
pub(crate) async fn sweep(_own: &Path) {}

/// A directory that this user made as an engine makes it; no link to one.
#[cfg(unix)]
fn is_own(directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(directory).is_ok_and(|data| {
        data.is_dir()
            && data.uid() == nix::unistd::geteuid().as_raw()
            && data.mode() & 0o7777 == 0o700
    })
}

/// True when nothing is in there that engines do not make.
#[cfg(unix)]
fn has_only_known(directory: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let Ok(entries) = std::fs::read_dir(directory) else {
        return false;
    };
    entries.into_iter().all(|entry| {
        let Ok((name, kind)) = entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?)))
        else {
            return false;
        };
        if name == SHARED_FOLDER {
            return kind.is_dir() && has_only_tables(directory);
        }
        kind.is_socket() && (name == SOCKET || name == BEGUN_SOCKET)
    })
}

#[cfg(unix)]
fn has_only_tables(directory: &Path) -> bool {
    let known = SHARED_TABLES.map(|table| directory.join(table));
    std::fs::read_dir(directory.join(SHARED_FOLDER)).is_ok_and(|entries| {
        entries.into_iter().all(|entry| {
            entry.is_ok_and(|entry| {
                known.contains(&entry.path())
                    && entry.file_type().is_ok_and(|kind| kind.is_symlink())
            })
        })
    })
}

/// Whether its primary lives is asked of its socket: its pid may be another's by now, or of another namespace, where the
/// directory is shared between containers.
#[cfg(unix)]
fn is_abandoned(directory: &Path) -> bool {
    use std::io::ErrorKind;
    match connect(&directory.join(SOCKET)) {
        // A socket has its name from the moment on that somebody listens.
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => true,
        // Its primary may be just about to listen.
        Err(error) if error.kind() == ErrorKind::NotFound => is_old(directory),
        // Someone listens. When more connect than it accepts, this would block.
        _ => false,
    }
}

#[cfg(unix)]
fn connect(socket: &Path) -> std::io::Result<()> {
    use socket2::{Domain, SockAddr, Socket, Type};
    let connecting = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    connecting.set_nonblocking(true)?;
    connecting.connect(&SockAddr::unix(socket)?)
}

#[cfg(unix)]
fn is_old(directory: &Path) -> bool {
    let modified = std::fs::metadata(directory).and_then(|data| data.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STILL_BEGINNING))
}

#[cfg(unix)]
#[cfg(test)]
#[path = "engine_directory_tests.rs"]
mod tests;
