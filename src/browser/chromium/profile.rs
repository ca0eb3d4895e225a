//! The directory that one Chromium keeps its files in.

use std::io;
use std::path::{Path, PathBuf};

/// Named as engines name theirs, with this behind.
const PREFIX: &str = "phantom-cluster-chromium-";

/// A profile of its own for one browser, and its temporary directory. Dropping it removes both.
#[derive(Debug)]
pub(crate) struct Profile(PathBuf);

impl Profile {
    /// Makes one in the temporary directory, which nobody else can enter.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub(crate) fn create() -> io::Result<Self> {
        let chance = rand::random::<u64>();
        let name = format!("{PREFIX}{}-{chance:016x}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        let _ = std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, directory = %self.0.display(), "a profile could not be removed");
        }
    }
}
