//! The directory that one Chromium keeps its files in.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::engine_directory;

/// What tells its name from those of engines.
const KIND: &str = "chromium-";
/// How often it is tried to remove one.
const ATTEMPTS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// A profile of its own for one browser, and its temporary directory. Dropping it removes both.
#[derive(Debug)]
pub(crate) struct Profile(PathBuf);

impl Profile {
    /// Makes one in the temporary directory, which nobody else can enter.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub(crate) fn create() -> io::Result<Self> {
        let path = std::env::temp_dir().join(engine_directory::new_name_of(KIND));
        engine_directory::make_private(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Profile {
    /// Blocks for as long as processes that were just killed still write.
    fn drop(&mut self) {
        for _ in 1..ATTEMPTS {
            if std::fs::remove_dir_all(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, directory = %self.0.display(), "a profile could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_with_all_that_is_in_it() {
        let profile = Profile::create().expect("a directory");
        let path = profile.path().to_owned();
        std::fs::create_dir(path.join("Default")).expect("a folder");
        std::fs::write(path.join("Default/Cookies"), "x").expect("a file");
        drop(profile);
        assert!(!path.exists());
    }
}
