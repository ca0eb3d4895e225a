//! The journaled backlog, in the suite: what is held back comes when its requests are in the file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::super::journaled::Journaled;
use super::Conforms;
use crate::store::{Journal, JournalOptions};

static FILES: AtomicU32 = AtomicU32::new(0);

impl Conforms for Journaled {
    fn empty(retries: u32) -> Self {
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let name = format!("phantom-cluster-test-{}-{number}.db", std::process::id());
        let path = std::env::temp_dir().join(name);
        let options = JournalOptions {
            interval: None,
            max_pending: 1,
        };
        let (journal, _) = Journal::open(&path, options, drop).expect("a file");
        // The open file goes on without its name, and ends with the test.
        std::fs::remove_file(&path).expect("it is there");
        let mut log = path.into_os_string();
        log.push("-wal");
        let _ = std::fs::remove_file(log);
        Self::new(retries, Arc::new(journal), Vec::new())
    }

    fn arrive(&mut self) -> bool {
        self.catch_up()
    }
}
