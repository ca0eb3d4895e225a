//! Why requests cannot be kept in a file.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// What is wrong with the file, and what to do about it. The option that names the file is `store.file`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(
        "another engine has {} open: a file is for one primary at a time, so end that one or name another file",
        file.display()
    )]
    Locked { file: PathBuf },

    #[error("there is no room to write to {}: {source}", file.display())]
    Full {
        file: PathBuf,
        source: rusqlite::Error,
    },

    #[error("{} cannot be written to: give it, and its folder, the right to be changed", file.display())]
    ReadOnly { file: PathBuf },

    #[error(
        "{} is damaged, or no SQLite file at all, and was left as it is: restore it from a copy, or name another file \
         ({source})",
        file.display()
    )]
    Damaged {
        file: PathBuf,
        source: rusqlite::Error,
    },

    #[error(
        "{} is empty, but {} beside it holds requests: the file was damaged, and both were left as they are",
        file.display(), log.display()
    )]
    Emptied { file: PathBuf, log: PathBuf },

    #[error(
        "{} is an SQLite file of another program, and was left as it is: name another file",
        file.display()
    )]
    Foreign { file: PathBuf },

    #[error(
        "{} was made by a newer phantom-cluster (its layout is {found}, this one knows {known}), and was left as it is: \
         use that version, or name another file",
        file.display()
    )]
    Newer {
        file: PathBuf,
        found: i64,
        known: i64,
    },

    #[error("{} cannot be written to, as the system gives no thread: {source}", file.display())]
    NoThread { file: PathBuf, source: io::Error },

    #[error("{} cannot be used: {source}", file.display())]
    Unavailable {
        file: PathBuf,
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// What an error of SQLite's means for this file.
    pub(super) fn of(file: &Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { file },
            Some(ErrorCode::DiskFull) => Self::Full { file, source },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { file },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { file, source }
            }
            _ => Self::Unavailable { file, source },
        }
    }

    /// As JavaScript knows it; stable.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "ERR_STORE_LOCKED",
            Self::Full { .. } => "ERR_STORE_FULL",
            Self::Damaged { .. } | Self::Emptied { .. } | Self::Foreign { .. } => {
                "ERR_STORE_CORRUPT"
            }
            Self::ReadOnly { .. }
            | Self::Newer { .. }
            | Self::NoThread { .. }
            | Self::Unavailable { .. } => "ERR_STORE_UNAVAILABLE",
        }
    }
}
