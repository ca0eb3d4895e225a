//! The tokio runtime of the addon.

use napi::bindgen_prelude::create_custom_tokio_runtime;
use napi_derive::module_init;

/// Threads that move frames and bytes. The work is light: more threads only add wake-ups.
const THREADS: usize = 2;

#[module_init]
fn init() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("phantom-cluster")
        .enable_all()
        .build();
    // Without it napi falls back to a runtime of its own.
    if let Ok(runtime) = runtime {
        create_custom_tokio_runtime(runtime);
    }
}
