//! The system's table of file types, as PhantomJS is to see it.
//!
//! For each response QtWebKit asks how files of its type are called: a name to save it under, which nothing in PhantomJS
//! reads. For the answer Qt parses the type's description, an XML file with its name in fifty languages, twice: 0.14 ms
//! for a page and for each of its resources, 5 % of all PhantomJS does. With the tables alone, and no descriptions beside
//! them, it knows the same types (of local files, of uploads) and reads nothing.

use std::ffi::OsString;
use std::path::Path;

use tracing::debug;

// Below the system's directory, too: what Qt 5 reads of types before it needs a description.
use crate::engine_directory::SHARED_TABLES;

/// Where systems keep it, and what the XDG base directory specification says when `XDG_DATA_DIRS` is not set.
const SYSTEM: &str = "/usr/share";
const DEFAULT_DATA_DIRS: &str = "/usr/local/share:/usr/share";
/// Switches with which PhantomJS may print Qt's warnings; one of them says that a description is missing.
const SHOWS_WARNINGS: [&str; 2] = ["--debug", "--config"];

/// Puts the tables into `directory`, which is then to stand for the system's; false where the system has no tables.
pub(crate) fn share_file_types(directory: &Path) -> bool {
    let system = Path::new(SYSTEM);
    if !SHARED_TABLES
        .iter()
        .all(|table| system.join(table).is_file())
    {
        return false;
    }
    let linked = link_tables(system, directory);
    if let Err(error) = &linked {
        debug!(%error, "the table of file types cannot be shared: pages are a little slower");
    }
    linked.is_ok()
}

#[cfg(unix)]
fn link_tables(system: &Path, directory: &Path) -> std::io::Result<()> {
    for table in SHARED_TABLES {
        let link = directory.join(table);
        if let Some(parent) = link.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let linked = std::os::unix::fs::symlink(system.join(table), link);
        // Each fork of a worker asks anew: somebody may have removed them.
        match linked {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn link_tables(_system: &Path, _directory: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// `XDG_DATA_DIRS` with `directory` in the place of the system's; none when that has no place in it, or when `arguments`
/// would let PhantomJS complain.
pub(super) fn data_dirs(
    current: Option<OsString>,
    directory: &Path,
    arguments: &[String],
) -> Option<OsString> {
    let shows_warnings = |argument: &String| {
        SHOWS_WARNINGS
            .iter()
            .any(|switch| argument.starts_with(switch))
    };
    if arguments.iter().any(shows_warnings) {
        return None;
    }
    let current = current
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| DEFAULT_DATA_DIRS.into());
    let before: Vec<_> = std::env::split_paths(&current).collect();
    let after: Vec<_> = before
        .iter()
        .map(|path| if path == SYSTEM { directory } else { path })
        .collect();
    if before == after {
        return None;
    }
    std::env::join_paths(after).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn dirs(current: Option<&str>, arguments: &[&str]) -> Option<String> {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        data_dirs(current.map(OsString::from), Path::new("/ours"), &arguments)
            .map(|dirs| dirs.to_string_lossy().into_owned())
    }

    #[test]
    fn the_directory_takes_the_place_of_the_systems() {
        let default = Some("/usr/local/share:/ours".to_owned());
        assert_eq!(dirs(None, &[]), default);
        assert_eq!(dirs(Some(""), &["--web-security=false"]), default);
        let mine = Some("/mine:/ours:/other".to_owned());
        assert_eq!(dirs(Some("/mine:/usr/share/:/other"), &[]), mine);
    }

    #[test]
    fn what_is_asked_for_stays() {
        assert_eq!(dirs(Some("/mine:/usr/local/share"), &[]), None);
        assert_eq!(dirs(None, &["--debug=true"]), None);
        assert_eq!(dirs(None, &["--config=/mine.json"]), None);
    }

    #[test]
    fn the_tables_are_linked_and_linked_again_when_they_are_gone() {
        let directory = std::env::temp_dir().join(format!("types-{:x}", rand::random::<u64>()));
        let system = directory.join("system");
        for table in SHARED_TABLES {
            let file = system.join(table);
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("made");
            std::fs::write(file, table).expect("written");
        }
        let ours = directory.join("ours");
        link_tables(&system, &ours).expect("linked");
        std::fs::remove_file(ours.join(SHARED_TABLES[0])).expect("removed");
        link_tables(&system, &ours).expect("linked again");
        for table in SHARED_TABLES {
            assert_eq!(
                std::fs::read_to_string(ours.join(table)).expect("read"),
                table
            );
        }
        std::fs::remove_dir_all(&directory).expect("removed");
    }
}
