//! A worker's native half: its end of the queue.

use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::{Function, within_runtime_if_available};
use napi_derive::napi;
use parking_lot::Mutex;

use super::error::coded;
use super::event::NativeWorkerEvent;
use super::number::{from_js, ms, to_js};
use super::sink::EventSink;
use crate::process::{MemoryOf, MemoryWatch};
use crate::queue::{Generation, Offer, WorkerQueue};

/// The connection of one worker to its primary.
#[napi]
#[derive(Debug)]
pub struct NativeClient {
    sink: Arc<EventSink<NativeWorkerEvent>>,
    client: Mutex<Option<Arc<WorkerQueue>>>,
    watches: Mutex<Vec<MemoryWatch>>,
}

#[napi]
impl NativeClient {
    /// `onEvents` gets arrays of events.
    #[napi(constructor)]
    pub fn new(on_events: Function<'_, Vec<NativeWorkerEvent>, ()>) -> Result<Self> {
        Ok(Self {
            sink: EventSink::new(&on_events)?,
            client: Mutex::new(None),
            watches: Mutex::default(),
        })
    }

    /// Ends this process, a worker, together with its primary, however that ends (Linux; nothing elsewhere).
    #[napi]
    pub fn end_with_primary(&self) {
        crate::process::end_with_parent();
    }

    /// Connects to the primary; rejects with ERR_MASTER_GONE when it does not listen.
    #[napi]
    pub async fn connect(
        &self,
        address: String,
        token: String,
        worker: u32,
        max_message: f64,
    ) -> Result<()> {
        let sink = Arc::clone(&self.sink);
        let client = WorkerQueue::connect(
            &address,
            &token,
            worker,
            max_message as usize,
            move |event| {
                sink.push(event.into());
            },
        )
        .await?;
        *self.client.lock() = Some(Arc::new(client));
        Ok(())
    }

    /// `slots` more slots are free, of so many in all, and `ahead` more requests may come before there are slots for them,
    /// each to wait for `patience` ms while nothing moves; `published`: for a handler of the 0.1.x generation.
    #[napi]
    pub fn offer(&self, slots: u32, ahead: u32, of: u32, patience: f64, published: bool) {
        let generation = if published {
            Generation::Published
        } else {
            Generation::Documented
        };
        if let Some(client) = self.client() {
            client.offer(Offer {
                generation,
                slots,
                ahead,
                of,
                patience: ms(patience),
            });
        }
    }

    /// Begins a lease that came unbegun; false when it was taken back meanwhile.
    #[napi]
    pub fn begin(&self, id: i64) -> bool {
        self.client()
            .is_some_and(|client| client.begin(from_js(id)))
    }

    /// Sends the response to a lease, JSON text.
    #[napi]
    pub fn answer(&self, id: i64, response: String) -> Result<()> {
        Ok(self.connected()?.answer(from_js(id), &response)?)
    }

    /// Reports a handler's error, JSON text.
    #[napi]
    pub fn fail(&self, id: i64, error: String) -> Result<()> {
        Ok(self.connected()?.fail(from_js(id), &error)?)
    }

    /// Gives a lease back that was not started.
    #[napi]
    pub fn give_back(&self, id: i64) {
        if let Some(client) = self.client() {
            client.give_back(from_js(id));
        }
    }

    /// Says that the end of a lease was heard.
    #[napi]
    pub fn released(&self, id: i64) {
        if let Some(client) = self.client() {
            client.released(from_js(id));
        }
    }

    /// Says that this worker can take work.
    #[napi]
    pub fn ready(&self) {
        if let Some(client) = self.client() {
            client.link().ready();
        }
    }

    /// Says which process this worker's browser is.
    #[napi]
    pub fn browser(&self, pid: u32) {
        if let Some(client) = self.client() {
            client.link().browser(pid);
        }
    }

    /// Says that this worker ends before long.
    #[napi]
    pub fn retiring(&self, reason: String) {
        if let Some(client) = self.client() {
            client.link().retiring(&reason);
        }
    }

    /// Takes back all slots that were offered.
    #[napi]
    pub fn withdraw(&self) {
        if let Some(client) = self.client() {
            client.withdraw();
        }
    }

    /// From now on an event says, once, when a process has more than `limit` bytes in memory.
    #[napi]
    pub fn watch_memory(&self, pid: u32, limit: f64) {
        self.watch(pid, MemoryOf::Process(pid), limit);
    }

    /// The same of a browser, with all its processes.
    #[napi]
    pub fn watch_browser_memory(&self, pid: u32, limit: f64) {
        self.watch(pid, MemoryOf::Tree(pid), limit);
    }

    /// Tells the primary why this worker cannot go on.
    #[napi]
    pub fn fault(&self, message: String) {
        if let Some(client) = self.client() {
            client.link().fault(&message);
        }
    }

    /// Tells the primary what its user should hear of, JSON text.
    #[napi]
    pub fn notice(&self, what: String) {
        if let Some(client) = self.client() {
            client.link().notice(&what);
        }
    }

    /// Resolves when the primary has taken in all that was sent, or is gone. With `stay` it may take until another worker is
    /// ready. Leases beyond `started` go to other workers.
    #[napi]
    pub async fn close(&self, stay: bool, started: Vec<i64>) -> Result<()> {
        if let Some(client) = self.client() {
            client
                .link()
                .close(stay, started.into_iter().map(from_js).collect())
                .await;
        }
        Ok(())
    }

    fn watch(&self, pid: u32, of: MemoryOf, limit: f64) {
        let sink = Arc::clone(&self.sink);
        let watch = within_runtime_if_available(|| {
            MemoryWatch::start(of, limit as u64, move |bytes| {
                let bytes = to_js(bytes);
                sink.push(NativeWorkerEvent::MemoryExceeded { pid, bytes });
            })
        });
        self.watches.lock().push(watch);
    }

    fn client(&self) -> Option<Arc<WorkerQueue>> {
        self.client.lock().clone()
    }

    fn connected(&self) -> Result<Arc<WorkerQueue>> {
        self.client().ok_or_else(|| {
            coded(
                "ERR_MASTER_GONE",
                "this worker has no connection to a primary",
            )
        })
    }
}
