//! The tokio runtime of the addon.

use std::io;
use std::sync::mpsc::channel;
use std::sync::{Once, OnceLock};
use std::thread;

use napi::bindgen_prelude::{Object, create_custom_tokio_runtime};
use napi_derive::napi;
use tokio::runtime::{Builder, Runtime};

/// Threads that move frames and bytes. The work is light: more threads only add wake-ups.
const THREADS: usize = 2;

/// Why nothing that needs the runtime can be done in this process.
static FAILURE: OnceLock<String> = OnceLock::new();
/// The addon may be loaded by several threads of JavaScript, and has one runtime.
static START: Once = Once::new();

/// Before napi makes a runtime of its own. Not earlier: while a library is loaded no thread can end, nor be waited for.
#[napi(module_exports)]
fn start(_: Object<'_>) {
    START.call_once(init);
}

fn init() {
    let made = probe().and_then(|()| make());
    let made = made.or_else(|error| {
        let _ = FAILURE.set(error.to_string());
        // Nothing runs in it, and it takes no thread and no file. Without one napi makes its own, and panics as this would.
        Builder::new_current_thread().build()
    });
    if let Ok(runtime) = made {
        create_custom_tokio_runtime(runtime);
    }
}

/// The threads that this addon works in.
#[napi]
#[derive(Debug)]
pub struct NativeRuntime;

#[napi]
impl NativeRuntime {
    /// Why they could not be started; null where they run.
    #[napi]
    pub fn failure() -> Option<String> {
        FAILURE.get().cloned()
    }
}

fn make() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("phantom-cluster")
        .enable_all()
        .build()
}

/// Whether as many threads can be had at a time as tokio is about to take: where it gets none it panics.
fn probe() -> io::Result<()> {
    let mut probes = Vec::new();
    let mut failed = None;
    for _ in 0..THREADS {
        let (end, wait) = channel::<()>();
        let probe = thread::Builder::new().spawn(move || {
            // Until all of them are there.
            let _ = wait.recv();
        });
        match probe {
            Ok(probe) => probes.push((probe, end)),
            Err(error) => failed = Some(error),
        }
    }
    for (probe, end) in probes {
        drop(end);
        let _ = probe.join();
    }
    failed.map_or(Ok(()), Err)
}
