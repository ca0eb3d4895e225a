//! The file: an SQLite database that users may open with any tool, and that one engine at a time has.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Row, params};

use super::batch::{Batch, Change, End};
use super::error::StoreError;
use super::record::{Progress, Record};
use crate::id::ItemId;

/// "phcl": what tells a file of ours from other SQLite databases (`PRAGMA application_id`).
const APPLICATION: i64 = 0x7068_636c;
/// Of the tables below (`PRAGMA user_version`).
const LAYOUT: i64 = 1;
/// The log beside the file is cut to this, bytes, after a rush.
const LOG_LIMIT: i64 = 64 << 20;

const TABLES: &str = "
CREATE TABLE waiting (
  id INTEGER PRIMARY KEY,
  turn INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  timeout INTEGER,
  max_attempts INTEGER,
  max_crashes INTEGER,
  attempts INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  key TEXT,
  request TEXT NOT NULL
);
CREATE TABLE ended (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL,
  ended_at INTEGER NOT NULL,
  outcome TEXT,
  priority INTEGER NOT NULL,
  timeout INTEGER,
  max_attempts INTEGER,
  max_crashes INTEGER,
  attempts INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  key TEXT,
  request TEXT NOT NULL
);
CREATE TABLE counter (next_id INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
";

const INSERT: &str = "INSERT INTO waiting VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
const PROGRESS: &str = "UPDATE waiting SET attempts = ?2, errors = ?3, crashes = ?4, turn = ifnull(?5, turn) \
                        WHERE id = ?1";
const DELETE: &str = "DELETE FROM waiting WHERE id = ?1";
const KEEP: &str = "INSERT OR REPLACE INTO ended SELECT id, ?2, ?3, ?4, priority, timeout, max_attempts, \
                    max_crashes, attempts, errors, crashes, key, request FROM waiting WHERE id = ?1";
const FORGET: &str = "DELETE FROM ended WHERE id = ?1";
const CLEAR: &str = "DELETE FROM waiting; DELETE FROM ended;";
const COUNT_IDS: &str = "UPDATE counter SET next_id = ?1";
const WAITING: &str = "SELECT id, turn, priority, timeout, max_attempts, max_crashes, attempts, errors, crashes, \
                       key, request FROM waiting ORDER BY id";

/// An open file. Nobody else can have it open meanwhile.
#[derive(Debug)]
pub(crate) struct File {
    pub(super) connection: Connection,
    path: PathBuf,
}

impl File {
    /// Opens a file of ours, or makes a new one where there is none. What is not ours is not touched.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        Self::open_with(path, flags)
    }

    /// The same, where a missing file is an error.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn open_existing(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    fn open_with(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        refuse_emptied(path)?;
        let fault = |source| StoreError::of(path, source);
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        let file = Self {
            connection,
            path: path.to_owned(),
        };
        file.prepare()?;
        Ok(file)
    }

    fn prepare(&self) -> Result<(), StoreError> {
        // No other process gets in between two transactions, and there is no memory that is shared with one.
        self.pragma("locking_mode", "EXCLUSIVE")?;
        if self.connection.is_readonly("main").map_err(self.fault())? {
            let file = self.path.clone();
            return Err(StoreError::ReadOnly { file });
        }
        let is_new = self.check_owner()?;
        // Each transaction is one write to the end of a log, and on the disk when it is over.
        self.pragma("journal_mode", "WAL")?;
        self.pragma("synchronous", "FULL")?;
        self.pragma("journal_size_limit", LOG_LIMIT)?;
        // Nothing was written until here but the mode. From here on the lock is a writer's.
        let begin = if is_new { TABLES } else { "" };
        let owner = if is_new {
            format!("PRAGMA application_id={APPLICATION};PRAGMA user_version={LAYOUT};")
        } else {
            String::new()
        };
        self.connection
            .execute_batch(&format!("BEGIN IMMEDIATE;{owner}{begin}COMMIT;"))
            .map_err(self.fault())
    }

    /// Whether the file is new. Reads alone.
    fn check_owner(&self) -> Result<bool, StoreError> {
        let application = self.number("PRAGMA application_id")?;
        let layout = self.number("PRAGMA user_version")?;
        let file = self.path.clone();
        if application != APPLICATION {
            let tables = self.number("SELECT count(*) FROM sqlite_master")?;
            let is_new = tables == 0 && application == 0 && layout == 0;
            return is_new.then_some(true).ok_or(StoreError::Foreign { file });
        }
        if layout > LAYOUT {
            let (found, known) = (layout, LAYOUT);
            return Err(StoreError::Newer { file, found, known });
        }
        Ok(false)
    }

    pub(super) fn fault(&self) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
        |source| StoreError::of(&self.path, source)
    }

    fn pragma(&self, name: &str, value: impl rusqlite::ToSql) -> Result<(), StoreError> {
        let set = self
            .connection
            .pragma_update_and_check(None, name, value, |_| Ok(()));
        match set {
            // Not all of them answer.
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
            other => other.map_err(self.fault()),
        }
    }

    pub(super) fn number(&self, query: &str) -> Result<i64, StoreError> {
        let number = self.connection.query_row(query, [], |row| row.get(0));
        number.map_err(self.fault())
    }

    /// The end of all ids that were ever given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn next_id(&self) -> Result<ItemId, StoreError> {
        let next = self.number("SELECT next_id FROM counter")?;
        Ok(next.unsigned_abs())
    }

    /// Gives all that wait, by their ids, in parts of `size`.
    ///
    /// # Errors
    /// [`StoreError`]: among others where a page of the file is damaged.
    pub(super) fn read_waiting(
        &self,
        size: usize,
        give: impl Fn(Vec<Record>),
    ) -> Result<(), StoreError> {
        let read = || -> rusqlite::Result<()> {
            let mut query = self.connection.prepare(WAITING)?;
            let mut rows = query.query([])?;
            let mut part = Vec::with_capacity(size);
            while let Some(row) = rows.next()? {
                part.push(read_record(row)?);
                if part.len() == size {
                    give(std::mem::replace(&mut part, Vec::with_capacity(size)));
                }
            }
            give(part);
            Ok(())
        };
        read().map_err(self.fault())
    }

    /// Writes a batch: all of it, or nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let path = &self.path;
        let mut write = || {
            let transaction = self.connection.transaction()?;
            if batch.is_cleared {
                transaction.execute_batch(CLEAR)?;
            }
            insert(&transaction, &batch.inserts)?;
            for (id, change) in &batch.changes {
                apply(&transaction, number(*id), change)?;
            }
            if let Some(next) = batch.next_id() {
                let _ = transaction
                    .prepare_cached(COUNT_IDS)?
                    .execute([number(next)])?;
            }
            transaction.commit()
        };
        write().map_err(|source| StoreError::of(path, source))
    }
}

/// A file without a byte, whose log has some: SQLite would take it for new, and remove the log.
fn refuse_emptied(path: &Path) -> Result<(), StoreError> {
    let size = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    if size(path) == 0 && size(&log) > 0 {
        let file = path.to_owned();
        return Err(StoreError::Emptied { file, log });
    }
    Ok(())
}

fn insert(connection: &Connection, records: &[Record]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(INSERT)?;
    for record in records {
        let Progress {
            attempts,
            errors,
            crashes,
        } = record.progress;
        let _ = insert.execute(params![
            number(record.id),
            number(record.turn),
            record.priority,
            record.timeout,
            record.max_attempts,
            record.max_crashes,
            attempts,
            errors,
            crashes,
            record.key.as_deref(),
            &*record.request,
        ])?;
    }
    Ok(())
}

fn apply(connection: &Connection, id: i64, change: &Change) -> rusqlite::Result<()> {
    if let (Some(progress), false) = (change.progress, matches!(change.end, Some(End::Deleted))) {
        let Progress {
            attempts,
            errors,
            crashes,
        } = progress;
        let turn = change.turn.map(number);
        let _ = connection
            .prepare_cached(PROGRESS)?
            .execute(params![id, attempts, errors, crashes, turn])?;
    }
    match &change.end {
        None => return Ok(()),
        Some(End::Deleted) => {}
        Some(End::Kept(kept)) => {
            let at = number(kept.at);
            let _ = connection.prepare_cached(KEEP)?.execute(params![
                id,
                kept.state.name(),
                at,
                kept.outcome
            ])?;
        }
    }
    let was_waiting = connection.prepare_cached(DELETE)?.execute([id])? > 0;
    if !was_waiting && matches!(change.end, Some(End::Deleted)) {
        let _ = connection.prepare_cached(FORGET)?.execute([id])?;
    }
    Ok(())
}

/// SQLite's integers have a sign.
pub(super) fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

fn read_record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let id: i64 = row.get(0)?;
    let turn: i64 = row.get(1)?;
    let text = |column| {
        let text = row.get_ref(column)?.as_str_or_null();
        text.map_err(rusqlite::Error::from)
    };
    Ok(Record {
        id: id.unsigned_abs(),
        turn: turn.unsigned_abs(),
        priority: row.get(2)?,
        timeout: row.get(3)?,
        max_attempts: row.get(4)?,
        max_crashes: row.get(5)?,
        progress: Progress {
            attempts: row.get(6)?,
            errors: row.get(7)?,
            crashes: row.get(8)?,
        },
        key: text(9)?.map(Into::into),
        request: text(10)?.unwrap_or("null").into(),
    })
}
