//! The native core of phantom-cluster.
//!
//! - [`engine`]: a primary, made of the next three
//! - [`supervisor`]: when to fork, restart, retire and end workers
//! - [`queue`]: requests and leases
//! - [`store`]: requests that are kept in a file
//! - [`link`]: the local socket between the primary and its workers
//! - [`id`]: numbers of items, leases and workers
//! - [`browser`]: one browser, and the seam behind which each kind lives
//! - [`webdriver`]: W3C WebDriver
//! - [`process`]: child processes, their output and memory
//! - [`engine_directory`]: what engines make in the temporary directory, and how it goes
//! - [`lived`]: time that this process lived through
//! - [`outgoing`]: bytes on their way to one peer
//! - [`secret`]: authentication tokens
//! - [`shortage`]: what to do when files, processes, room or memory run out
//! - [`logging`]: what `NODE_DEBUG` makes visible
//! - [`binding`]: what JavaScript sees

mod binding;
mod browser;
mod deadlines;
mod engine;
mod engine_directory;
mod id;
mod link;
mod lived;
mod logging;
mod outgoing;
mod process;
mod queue;
mod secret;
mod shortage;
mod store;
mod supervisor;
mod webdriver;
