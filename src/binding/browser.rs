//! One browser, as JavaScript holds it.

use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::Function;
use napi_derive::napi;
use parking_lot::Mutex;
#[cfg(unix)]
use url::Url;

use super::number::ms;
use super::sink::EventSink;
#[cfg(unix)]
use crate::browser::chromium::{Chromium, ChromiumEndpoint, ChromiumLauncher, Defaults};
use crate::browser::phantom::{Bridge, PhantomLauncher};
use crate::browser::{Browser, BrowserEvent, EntryKind};

/// What [`NativeEntry`] is about.
#[napi]
#[derive(Debug)]
pub enum BrowserEventKind {
    Value,
    Error,
    Event,
    Stdout,
    Stderr,
    Exited,
}

/// Kind, command id, text (JSON for values, errors and events; for `Exited` how it ended), and for `Exited` the end of
/// its output.
#[napi(array)]
#[derive(Debug)]
pub struct NativeEntry(
    pub BrowserEventKind,
    pub i64,
    pub String,
    pub Option<String>,
);

/// How to start PhantomJS; times in ms.
#[napi(object)]
#[derive(Debug)]
pub struct NativePhantomOptions {
    pub binary: String,
    pub arguments: Vec<String>,
    pub driver: String,
    /// Of the contact; none outside of an engine's workers.
    pub file_types: Option<String>,
    pub base_port: u16,
    pub start_timeout: f64,
    pub silence_limit: f64,
}

/// How to start Chromium; times in ms.
#[napi(object)]
#[derive(Debug)]
pub struct NativeChromiumOptions {
    pub binary: String,
    /// Its own switches, beside those that it always gets.
    pub arguments: Vec<String>,
    pub start_timeout: f64,
    /// JSON text: what pages are like at first.
    pub defaults: String,
}

/// How to reach a Chromium that others run; times in ms.
#[napi(object)]
#[allow(missing_debug_implementations)]
pub struct NativeEndpointOptions {
    /// `ws://…` or `wss://…`. It may hold a token.
    pub endpoint: String,
    pub start_timeout: f64,
    /// JSON text: what pages are like at first.
    pub defaults: String,
}

impl From<BrowserEvent> for NativeEntry {
    fn from(event: BrowserEvent) -> Self {
        use BrowserEventKind as Kind;
        match event {
            BrowserEvent::Entry(entry) => {
                let kind = match entry.kind {
                    EntryKind::Value => Kind::Value,
                    EntryKind::Error => Kind::Error,
                    EntryKind::Event => Kind::Event,
                };
                Self(kind, entry.id, entry.text, None)
            }
            BrowserEvent::Stdout(text) => Self(Kind::Stdout, 0, text, None),
            BrowserEvent::Stderr(text) => Self(Kind::Stderr, 0, text, None),
            BrowserEvent::Exited { how, output } => Self(Kind::Exited, 0, how, Some(output)),
        }
    }
}

/// A browser of either kind.
#[derive(Clone, Debug)]
enum Any {
    Phantom(Arc<Browser<Bridge>>),
    #[cfg(unix)]
    Chromium(Arc<Browser<Chromium>>),
}

/// Runs the same on whichever browser it is.
macro_rules! on_any {
    ($any:expr, $browser:ident => $call:expr) => {
        match $any {
            Any::Phantom($browser) => $call,
            #[cfg(unix)]
            Any::Chromium($browser) => $call,
        }
    };
}

/// One browser: PhantomJS or Chromium.
#[napi]
#[derive(Debug)]
pub struct NativeBrowser {
    sink: Arc<EventSink<NativeEntry>>,
    browser: Mutex<Option<Any>>,
}

#[napi]
impl NativeBrowser {
    /// `onEvents` gets arrays of events.
    #[napi(constructor)]
    pub fn new(on_events: Function<'_, Vec<NativeEntry>, ()>) -> Result<Self> {
        Ok(Self {
            sink: EventSink::new(&on_events)?,
            browser: Mutex::new(None),
        })
    }

    /// Starts PhantomJS; resolves with its pid when it can be used.
    #[napi]
    pub async fn launch_phantom(&self, options: NativePhantomOptions) -> Result<Option<u32>> {
        let sink = Arc::clone(&self.sink);
        let launcher = PhantomLauncher {
            binary: options.binary.into(),
            arguments: options.arguments,
            driver: options.driver.into(),
            file_types: options.file_types.map(Into::into),
            base_port: options.base_port,
            start_timeout: ms(options.start_timeout),
            silence_limit: ms(options.silence_limit),
        };
        let browser = Browser::launch(&launcher, move |event| sink.push(event.into())).await?;
        let pid = browser.pid();
        *self.browser.lock() = Some(Any::Phantom(Arc::new(browser)));
        Ok(pid)
    }

    /// Starts Chromium; resolves with its pid when it can be used.
    #[napi]
    #[cfg(unix)]
    pub async fn launch_chromium(&self, options: NativeChromiumOptions) -> Result<Option<u32>> {
        let sink = Arc::clone(&self.sink);
        let defaults = Defaults::read(&options.defaults)
            .map_err(|error| napi::Error::from_reason(format!("defaults: {error}")))?;
        let launcher = ChromiumLauncher {
            binary: options.binary.into(),
            arguments: options.arguments,
            start_timeout: ms(options.start_timeout),
            defaults,
        };
        let browser = Browser::launch(&launcher, move |event| sink.push(event.into())).await?;
        let pid = browser.pid();
        *self.browser.lock() = Some(Any::Chromium(Arc::new(browser)));
        Ok(pid)
    }

    /// Connects to a Chromium that others run; resolves when it can be used.
    #[napi]
    #[cfg(unix)]
    pub async fn connect_chromium(&self, options: NativeEndpointOptions) -> Result<()> {
        let sink = Arc::clone(&self.sink);
        let refused = |what, error: &dyn std::fmt::Display| {
            napi::Error::from_reason(format!("{what}: {error}"))
        };
        let endpoint = ChromiumEndpoint {
            address: Url::parse(&options.endpoint).map_err(|error| refused("endpoint", &error))?,
            start_timeout: ms(options.start_timeout),
            defaults: Defaults::read(&options.defaults)
                .map_err(|error| refused("defaults", &error))?,
        };
        let browser = Browser::launch(&endpoint, move |event| sink.push(event.into())).await?;
        *self.browser.lock() = Some(Any::Chromium(Arc::new(browser)));
        Ok(())
    }

    /// Sends commands, JSON texts of `[id, target, method, args]` with commas between. The reply to each comes within its
    /// limit, ms, or an error in its place. When the browser is gone nothing comes but its end.
    #[napi]
    pub fn send(&self, ids: Vec<i64>, limits: Vec<f64>, commands: String) {
        let waiting = ids.into_iter().zip(limits.into_iter().map(ms));
        if let Some(any) = self.browser() {
            let _ = on_any!(any, browser => browser.send(waiting, &commands));
        }
    }

    /// The events that are ready, in place of `on_events`. Blocks this thread until there is one, or for `limit`, ms: for
    /// a function of the user's that must have a value before it goes on.
    #[napi]
    pub fn take(&self, limit: f64) -> Vec<NativeEntry> {
        self.sink.take(ms(limit))
    }

    /// Sets the limit of a command anew, ms from now, unless its reply has come.
    #[napi]
    pub fn relimit(&self, id: i64, limit: f64) {
        if let Some(any) = self.browser() {
            on_any!(any, browser => browser.relimit(id, ms(limit)));
        }
    }

    /// Asks the browser to say when it is through with all that was sent before; `unanswered` tells whether it has.
    #[napi]
    pub fn probe(&self) {
        if let Some(any) = self.browser() {
            on_any!(any, browser => browser.probe());
        }
    }

    /// For how long, ms, the oldest such question has no answer; 0 when all are answered.
    #[napi(getter)]
    pub fn unanswered(&self) -> f64 {
        let any = self.browser();
        let since = any.and_then(|any| on_any!(any, browser => browser.unanswered()));
        since.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }

    /// Lets the browser exit, kills it after `grace` ms; resolves when it is gone.
    #[napi]
    pub async fn close(&self, grace: f64) -> Result<()> {
        if let Some(any) = self.browser() {
            on_any!(any, browser => browser.close(ms(grace)).await);
        }
        Ok(())
    }

    /// Kills the browser at once, for `process.on("exit")`.
    #[napi]
    pub fn kill(&self) {
        if let Some(any) = self.browser() {
            on_any!(any, browser => browser.kill());
        }
    }

    fn browser(&self) -> Option<Any> {
        self.browser.lock().clone()
    }
}
