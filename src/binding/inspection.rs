//! A file of requests as the command line looks at it.

use std::path::Path;

use napi::Result;
use napi_derive::napi;
use parking_lot::Mutex;

use super::number::{from_js, to_js};
use crate::store::{Counts, Inspection, Listed};

/// How many requests are in a file.
#[napi(object)]
#[derive(Debug)]
pub struct NativeStoreCounts {
    pub waiting: f64,
    pub done: f64,
    pub failed: f64,
}

/// One request. `request` and `outcome` are JSON texts, `endedAt` is in ms since 1970.
#[napi(object)]
#[derive(Debug)]
pub struct NativeListed {
    pub id: i64,
    pub state: String,
    pub priority: i32,
    pub attempts: u32,
    pub key: Option<String>,
    pub request: String,
    pub outcome: Option<String>,
    pub ended_at: Option<i64>,
}

/// A file that no engine has open.
#[napi]
#[derive(Debug)]
pub struct NativeInspection(Mutex<Inspection>);

#[napi]
impl NativeInspection {
    #[napi(constructor)]
    pub fn new(file: String) -> Result<Self> {
        let inspection = Inspection::open(Path::new(&file))?;
        Ok(Self(Mutex::new(inspection)))
    }

    #[napi]
    pub fn counts(&self) -> Result<NativeStoreCounts> {
        let Counts {
            waiting,
            done,
            failed,
        } = self.0.lock().counts()?;
        Ok(NativeStoreCounts {
            waiting: waiting as f64,
            done: done as f64,
            failed: failed as f64,
        })
    }

    /// Up to `limit` requests with ids above `above`, by id; of all states where `state` is "".
    #[napi]
    pub fn list(&self, above: i64, state: String, limit: u32) -> Result<Vec<NativeListed>> {
        let listed = self.0.lock().list(above, &state, limit)?;
        Ok(listed.into_iter().map(NativeListed::from).collect())
    }

    /// Lets failed requests wait again, one or all: how many.
    #[napi]
    pub fn requeue(&self, only: Option<i64>) -> Result<f64> {
        let requeued = self.0.lock().requeue(only.map(from_js))?;
        Ok(requeued as f64)
    }
}

impl From<Listed> for NativeListed {
    fn from(listed: Listed) -> Self {
        Self {
            id: to_js(listed.id),
            state: listed.state,
            priority: listed.priority,
            attempts: listed.attempts,
            key: listed.key,
            request: listed.request,
            outcome: listed.outcome,
            ended_at: listed.ended_at,
        }
    }
}
