//! The file and its journal, on a real disk.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::file::File;
use super::*;
use crate::id::ItemId;

static FOLDERS: AtomicU32 = AtomicU32::new(0);
const LIMIT: Duration = Duration::from_secs(10);

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("phantom-cluster-store-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a folder");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("queue.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const OPTIONS: JournalOptions = JournalOptions {
    interval: None,
    max_pending: 2,
};

/// What was in a file.
struct Recovered {
    waiting: Vec<Record>,
    next_id: ItemId,
}

fn open(folder: &Folder) -> (Journal, Recovered, Receiver<StoreEvent>) {
    let (sender, receiver) = channel();
    let (journal, recovery) = Journal::open(&folder.file(), OPTIONS, move |event| {
        let _ = sender.send(event);
    })
    .expect("it opens");
    let mut waiting = Vec::new();
    while let Some(part) = recovery.next().expect("it is read") {
        waiting.extend(part);
    }
    let next_id = recovery.next_id;
    (journal, Recovered { waiting, next_id }, receiver)
}

fn record(id: ItemId) -> Record {
    Record {
        id,
        turn: id,
        priority: -3,
        timeout: Some(60_000),
        max_attempts: None,
        max_crashes: Some(3),
        progress: Progress::default(),
        key: None,
        request: format!("{{\"number\":{id}}}").into(),
    }
}

fn ids(recovered: &Recovered) -> Vec<ItemId> {
    recovered.waiting.iter().map(|record| record.id).collect()
}

#[test]
fn what_is_not_over_is_there_again_as_it_was() {
    let folder = Folder::new();
    let (journal, recovered, _events) = open(&folder);
    assert!(recovered.waiting.is_empty());
    let tried = Progress {
        attempts: 2,
        errors: 1,
        crashes: 1,
    };
    journal.push(Op::Key(1, "the key".into()));
    journal.push_all((0..4).map(|id| Op::Insert(record(id))));
    journal.flush();
    journal.push(Op::Progress(1, tried, Some(9)));
    journal.push(Op::Delete(2));
    drop(journal);
    let (_journal, recovered, _events) = open(&folder);
    assert_eq!(recovered.next_id, 4);
    let changed = Record {
        turn: 9,
        progress: tried,
        key: Some("the key".into()),
        ..record(1)
    };
    assert_eq!(recovered.waiting, [record(0), changed, record(3)]);
}

#[test]
fn an_id_is_never_given_again() {
    let folder = Folder::new();
    let (journal, ..) = open(&folder);
    journal.push(Op::Insert(record(6)));
    journal.push(Op::Delete(6));
    drop(journal);
    let (_journal, recovered, _events) = open(&folder);
    assert_eq!((ids(&recovered), recovered.next_id), (vec![], 7));
}

#[test]
fn who_waits_for_a_request_hears_when_it_is_in_the_file() {
    let folder = Folder::new();
    let (journal, _, events) = open(&folder);
    journal.push(Op::Insert(record(0)));
    if !journal.when_stored(0) {
        let event = events.recv_timeout(LIMIT).expect("it comes");
        assert_eq!(event, StoreEvent::Stored { below: 1 });
    }
    assert!(journal.is_stored(0) && journal.may_tell(0));
    assert!(!journal.is_stored(1) && !journal.may_tell(1));
}

#[test]
fn a_file_is_for_one_at_a_time() {
    let folder = Folder::new();
    let (journal, ..) = open(&folder);
    let error = File::open(&folder.file()).expect_err("it is locked");
    assert_eq!(error.code(), "ERR_STORE_LOCKED");
    drop(journal);
    let _file = File::open(&folder.file()).expect("it is free");
}

#[test]
fn all_can_be_forgotten_and_what_comes_later_is_kept() {
    let folder = Folder::new();
    let (journal, ..) = open(&folder);
    journal.push(Op::Insert(record(0)));
    journal.flush();
    journal.push(Op::Insert(record(1)));
    journal.push(Op::Clear);
    journal.push(Op::Insert(record(2)));
    drop(journal);
    let (_journal, recovered, _events) = open(&folder);
    assert_eq!((ids(&recovered), recovered.next_id), (vec![2], 3));
}

#[test]
fn what_is_kept_is_listed_and_waits_again_when_asked_to() {
    let folder = Folder::new();
    let (journal, ..) = open(&folder);
    journal.push_all((0..4).map(|id| Op::Insert(record(id))));
    let kept = |state, outcome: &str| Kept {
        state,
        outcome: Some(outcome.to_owned()),
        at: 5,
    };
    journal.push(Op::Keep(0, kept(EndState::Done, "\"answer\"")));
    journal.push(Op::Keep(1, kept(EndState::Failed, "{}")));
    journal.push(Op::Keep(2, kept(EndState::Failed, "{}")));
    journal.flush();
    // One that is kept can be forgotten.
    journal.push(Op::Delete(2));
    drop(journal);

    let mut file = Inspection::open(&folder.file()).expect("it opens");
    let counts = |waiting, done, failed| Counts {
        waiting,
        done,
        failed,
    };
    assert_eq!(file.counts().expect("counts"), counts(1, 1, 1));
    let all = file.list(-1, "", 10).expect("a list");
    let states: Vec<_> = all.iter().map(|one| (one.id, &*one.state)).collect();
    assert_eq!(states, [(0, "done"), (1, "failed"), (3, "waiting")]);
    assert_eq!(all[0].outcome.as_deref(), Some("\"answer\""));
    let done = file.list(0, "failed", 10).expect("a list");
    assert_eq!(done.len(), 1);
    assert_eq!(file.requeue(Some(0)).expect("none"), 0, "it has not failed");
    assert_eq!(file.requeue(None).expect("one"), 1);
    assert_eq!(file.counts().expect("counts"), counts(2, 1, 0));
    drop(file);

    let (_journal, recovered, _events) = open(&folder);
    let turns: Vec<_> = recovered
        .waiting
        .iter()
        .map(|one| (one.id, one.turn))
        .collect();
    assert_eq!(turns, [(1, 4), (3, 3)], "at the tail");
}

#[test]
fn a_file_of_somebody_else_is_left_as_it_is() {
    let folder = Folder::new();
    let code = || File::open(&folder.file()).expect_err("not ours").code();
    std::fs::write(
        folder.file(),
        "no database at all, but a text of some length",
    )
    .expect("written");
    let before = std::fs::read(folder.file()).expect("read");
    assert_eq!(code(), "ERR_STORE_CORRUPT");
    assert_eq!(std::fs::read(folder.file()).expect("read"), before);

    std::fs::remove_file(folder.file()).expect("removed");
    let other = rusqlite::Connection::open(folder.file()).expect("a database");
    other
        .execute_batch("CREATE TABLE theirs (x);")
        .expect("made");
    drop(other);
    let before = std::fs::read(folder.file()).expect("read");
    assert_eq!(code(), "ERR_STORE_CORRUPT");
    assert_eq!(std::fs::read(folder.file()).expect("read"), before);
}

#[test]
fn a_newer_file_is_left_as_it_is() {
    let folder = Folder::new();
    drop(open(&folder));
    let newer = rusqlite::Connection::open(folder.file()).expect("a database");
    newer.pragma_update(None, "user_version", 2).expect("set");
    drop(newer);
    let error = File::open(&folder.file()).expect_err("it is newer");
    assert_eq!(error.code(), "ERR_STORE_UNAVAILABLE");
    assert!(
        error.to_string().contains("newer phantom-cluster"),
        "{error}"
    );
}

#[test]
fn an_empty_file_whose_log_has_requests_is_no_new_one() {
    let folder = Folder::new();
    std::fs::write(folder.file(), "").expect("written");
    std::fs::write(folder.0.join("queue.db-wal"), "frames").expect("written");
    let error = File::open(&folder.file()).expect_err("it was damaged");
    assert_eq!(error.code(), "ERR_STORE_CORRUPT");
    let log = std::fs::read(folder.0.join("queue.db-wal")).expect("read");
    assert_eq!(log, b"frames");
}

#[test]
fn a_file_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    let nowhere = folder.0.join("none").join("queue.db");
    let error = File::open(&nowhere).expect_err("there is no such folder");
    assert_eq!(error.code(), "ERR_STORE_UNAVAILABLE");
    assert!(error.to_string().contains("queue.db"), "{error}");
    let error = Inspection::open(&folder.file()).expect_err("there is no such file");
    assert_eq!(error.code(), "ERR_STORE_UNAVAILABLE");
    assert!(!folder.file().exists());
}
