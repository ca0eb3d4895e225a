//! Chromium, over the Chrome DevTools Protocol on a pipe. What `driver/` is for PhantomJS is here: the commands of
//! `lib/page` become those of the protocol, and its events those of a WebPage.
//!
//! - [`launch`][], [`switches`][], [`profile`][]: how it starts and what it leaves
//! - [`endpoint`][]: one that others run
//! - [`cdp`][]: the protocol, which knows no page
//! - [`remote`][]: the remote end: commands to the tasks that run them
//! - [`shared`][], [`handle`][]: what these tasks share, and how a page is reached
//! - [`known`][]: which page a target shows
//! - [`phantom`][]: the commands of `ph`
//! - [`place`][]: the browser context that a page lives in; [`cookies`][]: what each has of them
//! - [`tabs`][]: tabs, made in advance and used again; [`target`][]: what has a session of its own
//! - [`picture`][], [`paper`][]: formats of pictures, files, and PDF
//! - [`in_page`][]: what runs in pages beside their own scripts
//! - [`page`][]: the commands and events of one page

mod advice;
mod cdp;
mod command;
mod cookies;
mod dotted;
mod endpoint;
mod gate;
mod handle;
mod in_page;
mod launch;
mod page;
mod paper;
mod phantom;
mod picture;
mod place;
mod probes;
mod profile;
mod qt_value;
mod remote;
mod settings;
mod shared;
mod switches;
mod tabs;
mod target;

pub(crate) use endpoint::ChromiumEndpoint;
pub(crate) use launch::ChromiumLauncher;
pub(crate) use remote::Chromium;
pub(crate) use settings::Defaults;
