//! One page: its commands, one after the other, and its events. One file for each part of the command set.
//!
//! A page's task runs its commands; the task that reads the pipe calls [`Page::event`]. What both need is in the parts,
//! each under a lock of its own.

mod before;
mod children;
mod console;
mod dialogs;
mod document;
mod domains;
mod emulation;
mod errors;
mod evaluate;
mod events;
mod files;
mod flood;
mod frames;
mod held;
mod home;
mod input;
mod jar;
mod kept;
mod known;
mod listeners;
mod loads;
mod long_running;
mod moving;
mod network;
mod opening;
mod popups;
mod properties;
mod questions;
mod remote_object;
mod rendering;
mod scripts;
mod settings;
mod task;
mod traces;
pub(super) mod view;
mod waiting;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::cdp::{Listener, Raw, Session, SessionId};
use super::command::{Args, Command, Failure, Outcome, Reply, null};
use super::place::Place;
use super::shared::Shared;
use super::tabs::{Background, Tab};
use super::target::TargetInfo;
use before::Before;
use children::Children;
use dialogs::Dialogs;
use domains::Domains;
use emulation::Emulation;
use events::Events;
use flood::Flood;
use frames::Frames;
use home::Home;
use input::Input;
pub(super) use known::Known;
use loads::Loads;
use long_running::LongRunning;
use network::Network;
pub(super) use network::{Credentials, check_cookie, text_of};
use popups::Popups;
use questions::Questions;
use scripts::Scripts;
use settings::Settings;
pub(super) use task::create;
use traces::Traces;
use view::View;
use watch::Watch;

/// The command of a page that is gone; Node has none of that name.
const GONE: &str = "gone";

/// What the parts of a page share.
pub(super) struct Page {
    pub(super) number: u64,
    pub(super) browser: Arc<Shared>,
    /// Of its tab; also that of its main frame.
    pub(super) target: String,
    pub(super) session: Session,
    pub(super) events: Events,
    /// Ends what was begun for this page.
    stop: CancellationToken,
    /// Nothing is answered any more.
    crashed: Arc<AtomicBool>,
    closed: AtomicBool,
    traces: Traces,
    before: Before,
    me: Weak<Self>,
    home: Home,
    domains: Domains,
    children: Children,
    network: Network,
    loads: Loads,
    long_running: LongRunning,
    settings: Settings,
    view: View,
    background: Background,
    emulation: Emulation,
    frames: Frames,
    scripts: Scripts,
    watch: Watch,
    popups: Popups,
    input: Input,
    questions: Questions,
    dialogs: Dialogs,
    flood: Flood,
}

impl Page {
    fn new(browser: &Arc<Shared>, number: u64, tab: &Tab, place: &Place) -> Arc<Self> {
        let page = Arc::new_cyclic(|me| Self {
            number,
            browser: Arc::clone(browser),
            target: tab.target.clone(),
            session: tab.session.clone(),
            events: Events::new(number, Arc::clone(&browser.sink)),
            stop: browser.stop.child_token(),
            crashed: Arc::default(),
            closed: AtomicBool::new(false),
            traces: Traces::default(),
            before: Before::new(tab),
            me: Weak::clone(me),
            home: Home::new(browser, tab, place),
            domains: Domains::new(&tab.session),
            children: Children::default(),
            network: Network::default(),
            loads: Loads::new(&tab.target),
            long_running: LongRunning::default(),
            settings: Settings::new(browser.defaults.page_settings()),
            view: View::default(),
            background: tab.background.clone(),
            emulation: Emulation::default(),
            frames: Frames::new(&tab.session, &tab.target),
            scripts: Scripts::default(),
            watch: Watch::default(),
            popups: Popups::default(),
            input: Input::default(),
            questions: Questions::default(),
            dialogs: Dialogs::default(),
            flood: Flood::default(),
        });
        browser.connection.listen(
            tab.session.id().clone(),
            Arc::clone(&page) as Arc<dyn Listener>,
        );
        if browser.tabs.has_crashed(tab) {
            page.crash();
        }
        browser.known.add(&page);
        page.network.begin(&page);
        page
    }

    /// This page, for what outlives a call.
    fn me(&self) -> Option<Arc<Self>> {
        self.me.upgrade()
    }

    /// Goes on with something beside the commands, until the page is closed.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.browser.spawn(&self.stop, task);
    }

    /// It has crashed, or does not answer: what waits for it fails.
    fn crash(&self) {
        self.crashed.store(true, Ordering::Release);
        self.traces.soil();
        self.browser.connection.abandon(self.session.id());
    }

    fn has_crashed(&self) -> bool {
        self.crashed.load(Ordering::Acquire)
    }

    /// It is being closed: for its scripts it is still there.
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// It has opened another page, which is held until it is told to go on.
    pub(super) fn opened(&self, session: Session, info: TargetInfo) {
        opening::opened(self, session, info);
    }

    /// It is gone, by no command of Node's: by its own script, or with the page that opened it.
    pub(super) fn leave(&self) {
        if let Some(handle) = self.browser.page(self.number) {
            let _ = handle.send(Command {
                id: 0,
                target: self.number,
                method: GONE.to_owned(),
                args: Args::default(),
                is_beside: false,
            });
        }
    }

    /// The page is closed: nothing more is heard of it.
    fn end(&self) {
        self.browser.known.remove(self);
        watch::end(self);
        self.stop.cancel();
        self.network.undo(self);
        self.domains.undo();
        if !settings::undo(self) {
            self.traces.soil();
        }
        self.children.end(&self.browser.connection);
        self.view.reset(&self.session);
        self.emulation.reset(&self.session);
        self.browser.connection.forget(self.session.id());
    }

    /// Why a command of a listener that the page waits for cannot run.
    fn refusal(&self, method: &str) -> Option<Failure> {
        if self.has_crashed() {
            return Some(Failure::crashed(self.number));
        }
        self.dialogs.refuse(method)
    }

    /// Runs one command. What takes long answers later, so that the next can begin.
    async fn run(self: &Arc<Self>, method: &str, args: Args, reply: Reply) {
        // What waited for an answer hears why there is none.
        let reply = reply.of_page(&self.crashed);
        let outcome = match method {
            "open" => return loads::open(self, &args, reply).await,
            "goto" => return loads::goto(self, &args, reply).await,
            "waitFor" => return waiting::wait_for(self, &args, reply),
            "setContent" => return loads::set_content(self, &args, reply).await,
            "includeJs" => return scripts::include(self, &args, reply),
            "evaluate" => return evaluate::evaluate(self, &args, reply).await,
            "evaluateJavaScript" => {
                return evaluate::evaluate_java_script(self, &args, reply).await;
            }
            _ => self.answer(method, &args).await,
        };
        reply.give(outcome);
    }

    async fn answer(self: &Arc<Self>, method: &str, args: &Args) -> Outcome {
        match method {
            "evaluateAsync" => evaluate::evaluate_async(self, args).await,
            "sendEvent" => input::send(self, args).await,
            "injectJs" => scripts::inject(self, args).await,
            "stopJavaScript" => long_running::stop(self).await,
            "uploadFile" => files::upload(self, args).await,
            "childFramesCount"
            | "childFramesName"
            | "currentFrameName"
            | "switchToChildFrame"
            | "switchToFocusedFrame"
            | "switchToFrame"
            | "switchToMainFrame"
            | "switchToParentFrame" => frames::command(self, method, args).await,
            "on" => listeners::on(self, args).await,
            "off" => listeners::off(self, args).await,
            "answer" => self.events.answer(args),
            "releaseEvents" => popups::release(self, args).await,
            "getPage" => popups::get_page(self, args).await,
            "openUrl" => loads::open_url(self, args).await,
            "reload" => loads::reload(self).await,
            "stop" => loads::stop(self).await,
            "go" => loads::go(self, args).await,
            "goBack" => loads::go_back(self).await,
            "goForward" => loads::go_forward(self).await,
            "get" => properties::get(self, args).await,
            "addCookie" => jar::add(self, args).await,
            "deleteCookie" => jar::delete(self, args).await,
            "clearCookies" => jar::clear(self).await,
            "clearMemoryCache" => {
                self.session
                    .run("Network.clearBrowserCache", json!({}))
                    .await?;
                null()
            }
            "setProxy" => home::set_proxy(self, args),
            "responseBody" => Network::response_body(self, args).await,
            "set" => properties::set(self, args).await,
            "pdf" => rendering::pdf(self, args).await,
            "render" => rendering::render(self, args).await,
            "renderBase64" => rendering::render_base64(self, args).await,
            _ => Err(Failure::new(
                "unknown command",
                format!("no such command: {method}"),
            )),
        }
    }
}

impl Listener for Page {
    fn event(&self, session: &SessionId, method: &str, params: &Raw) {
        if before::takes(self, session, method, params) {
            return;
        }
        let is_own = session == self.session.id();
        self.traces.event(method, params);
        if method == "Page.frameNavigated" {
            self.loads.keep_window(self.frames.keeps_window(params));
        }
        self.frames.event(session, method, params);
        match method {
            "Target.attachedToTarget" => self.children.attached(self, params),
            "Target.detachedFromTarget" => self.children.detached(self, params),
            "Inspector.targetCrashed" if is_own => self.crash(),
            _ if method.starts_with("Network.") || method.starts_with("Fetch.") => {
                self.network.event(self, session, method, params);
            }
            "Page.fileChooserOpened" => files::opened(self, session, params),
            "Page.javascriptDialogOpening" => dialogs::opening(self, session, params),
            "Runtime.bindingCalled" => questions::called(self, session, params),
            "Runtime.consoleAPICalled" => console::called(self, params),
            "Runtime.exceptionThrown" => errors::thrown(self, params),
            "Debugger.paused" => questions::paused(self, session, params),
            "Debugger.resumed" => questions::resumed(self, session),
            _ => {}
        }
        // Behind all others: what it tells may follow from what they have told.
        self.loads.event(self, method, params);
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
