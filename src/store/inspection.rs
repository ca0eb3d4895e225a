//! The file as its users look at it, while no engine has it: the command `phantom-cluster queue`.

use std::path::Path;

use rusqlite::{Row, params};

use super::error::StoreError;
use super::file::{File, number};
use super::record::EndState;
use crate::id::ItemId;

const LIST: &str = "
SELECT id, 'waiting' AS state, priority, attempts, key, request, NULL, NULL FROM waiting WHERE id > ?1 AND ?2 IN ('', 'waiting')
UNION ALL
SELECT id, state, priority, attempts, key, request, outcome, ended_at FROM ended WHERE id > ?1 AND ?2 IN ('', state)
ORDER BY 1 LIMIT ?3";

/// To the tail, as if they were new.
const REQUEUE: &str = "
INSERT INTO waiting SELECT id, (SELECT ifnull(max(turn), -1) FROM waiting) + row_number() OVER (ORDER BY id), priority,
  timeout, max_attempts, max_crashes, 0, 0, 0, key, request
FROM ended WHERE state = 'failed' AND ?1 IN (id, -1);";
const LEAVE: &str = "DELETE FROM ended WHERE state = 'failed' AND ?1 IN (id, -1)";

/// How many requests are in a file.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) waiting: u64,
    pub(crate) done: u64,
    pub(crate) failed: u64,
}

/// One request as it is listed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Listed {
    pub(crate) id: ItemId,
    pub(crate) state: String,
    pub(crate) priority: i32,
    pub(crate) attempts: u32,
    pub(crate) key: Option<String>,
    /// JSON text.
    pub(crate) request: String,
    /// The response, or the error: JSON text.
    pub(crate) outcome: Option<String>,
    /// ms since 1970.
    pub(crate) ended_at: Option<i64>,
}

/// A file that no engine has open.
#[derive(Debug)]
pub(crate) struct Inspection(File);

impl Inspection {
    /// Opens a file that is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        File::open_existing(path).map(Self)
    }

    /// # Errors
    /// [`StoreError`].
    pub(crate) fn counts(&self) -> Result<Counts, StoreError> {
        let ended = |state: EndState| {
            let query = format!(
                "SELECT count(*) FROM ended WHERE state = '{}'",
                state.name()
            );
            self.0.number(&query).map(i64::unsigned_abs)
        };
        Ok(Counts {
            waiting: self
                .0
                .number("SELECT count(*) FROM waiting")?
                .unsigned_abs(),
            done: ended(EndState::Done)?,
            failed: ended(EndState::Failed)?,
        })
    }

    /// Up to `limit` requests above an id, by id; all states where `state` is "".
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn list(
        &self,
        above: i64,
        state: &str,
        limit: u32,
    ) -> Result<Vec<Listed>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Listed>> {
            let mut query = self.0.connection.prepare_cached(LIST)?;
            query
                .query_map(params![above, state, limit], read_listed)?
                .collect()
        };
        read().map_err(self.0.fault())
    }

    /// Lets failed requests wait again, one or all: how many. Their attempts count from 0.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn requeue(&mut self, only: Option<ItemId>) -> Result<u64, StoreError> {
        let only = only.map_or(-1, number);
        let transaction = self.0.connection.unchecked_transaction();
        let write = || {
            let transaction = transaction?;
            let requeued = transaction.execute(REQUEUE, [only])?;
            let _ = transaction.execute(LEAVE, [only])?;
            transaction.commit()?;
            Ok(requeued as u64)
        };
        write().map_err(self.0.fault())
    }
}

fn read_listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let id: i64 = row.get(0)?;
    Ok(Listed {
        id: id.unsigned_abs(),
        state: row.get(1)?,
        priority: row.get(2)?,
        attempts: row.get(3)?,
        key: row.get(4)?,
        request: row.get(5)?,
        outcome: row.get(6)?,
        ended_at: row.get(7)?,
    })
}
