//! Pictures and PDF as files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::warn;

/// Files written so far: two of one name may be under way.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Writes a file, and makes the folders that it is in; false, and a line in the log, where that cannot be, as in
/// PhantomJS. Whoever reads the file sees the old one or the new one, never a part. It waits for the disk: not from the
/// runtime's threads.
pub(in crate::browser::chromium) fn write(path: &str, bytes: &[u8]) -> bool {
    match try_write(Path::new(path), bytes) {
        Ok(()) => true,
        Err(error) => {
            warn!(path, %error, "a picture cannot be written");
            false
        }
    }
}

fn try_write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidFilename.into());
    };
    if ends_with_separator(path) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder)?;
    }
    // A link stays, and what it leads to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let is_special = fs::metadata(&target).is_ok_and(|found| !found.is_file());
    if !is_special && let Some(aside) = Aside::beside(&target, name.as_encoded_bytes()) {
        return aside.become_file(&target, bytes);
    }
    // Devices, pipes, and files in folders that take no new ones.
    fs::write(&target, bytes)
}

fn ends_with_separator(path: &Path) -> bool {
    let last = path.as_os_str().as_encoded_bytes().last();
    last.is_some_and(|byte| std::path::is_separator(char::from(*byte)))
}

/// A file that takes another's name once it is whole, and is removed where it does not.
struct Aside {
    path: PathBuf,
    file: File,
}

impl Aside {
    fn beside(target: &Path, name: &[u8]) -> Option<Self> {
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        // Names have an end: not the whole one.
        let start = String::from_utf8_lossy(name.get(..32).unwrap_or(name)).into_owned();
        let name = format!(".{start}.{}-{number}.part", std::process::id());
        let path = target.with_file_name(name);
        let file = File::create_new(&path).ok()?;
        Some(Self { path, file })
    }

    fn become_file(mut self, target: &Path, bytes: &[u8]) -> io::Result<()> {
        let written = self.fill(target, bytes);
        if written.is_err() {
            let _ = fs::remove_file(&self.path);
        }
        written
    }

    fn fill(&mut self, target: &Path, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        if let Ok(old) = fs::metadata(target) {
            let _ = self.file.set_permissions(old.permissions());
        }
        fs::rename(&self.path, target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, removed with all that is in it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("pc-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }

        fn path(&self, name: &str) -> String {
            format!("{}/{name}", self.0.display())
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).expect("the folder").flatten();
            let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_is_written_with_its_folders_and_over_an_old_one() {
        let folder = Folder::new("written");
        let path = folder.path("made/é 😀/a.png");
        assert!(write(&path, b"first, the longer one"));
        assert!(write(&path, b"second"));
        assert_eq!(fs::read(&path).expect("there"), b"second");
        let long = folder.path(&format!("{}.png", "é".repeat(120)));
        assert!(write(&long, b"long"));
        assert_eq!(
            folder.names().len(),
            2,
            "nothing is left: {:?}",
            folder.names()
        );
    }

    #[test]
    fn what_cannot_be_written_is_false() {
        let folder = Folder::new("refused");
        assert!(write(&folder.path("file"), b"x"));
        for name in ["file/a.png", "file/", "made/", ""] {
            assert!(!write(&folder.path(name), b"x"), "{name}");
        }
        assert!(!write("", b"x"));
        assert!(!write(&folder.path("a\0b.png"), b"x"));
        assert_eq!(folder.names(), ["file"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_devices_stay_and_a_file_keeps_its_mode() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = Folder::new("links");
        let (file, link) = (folder.path("file"), folder.path("link.png"));
        assert!(write(&file, b"old"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("a mode");
        symlink(&file, &link).expect("a link");
        assert!(write(&link, b"new"));
        assert_eq!(fs::read(&file).expect("there"), b"new");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        let mode = fs::metadata(&file).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert!(write("/dev/null", b"x"));
        assert!(!fs::metadata("/dev/null").expect("there").is_file());
    }
}
