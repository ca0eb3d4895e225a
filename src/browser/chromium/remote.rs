//! The remote end: commands go to the task of their page, what comes of them to the observer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::DropGuard;
use tracing::{debug, warn};

use super::cdp::{Connection, Listener, Raw, Session, SessionId, read};
use super::command::{Args, Command, Failure, Sink, read_commands};
use super::cookies::file;
use super::page;
use super::phantom;
use super::settings::Defaults;
use super::shared::{Ending, Shared};
use super::target::{Attached, Detached};
use crate::browser::remote::RemoteEnd;

/// The remote end of one Chromium. Dropping it ends the connection, at which a Chromium of ours exits.
#[derive(Debug)]
pub(crate) struct Chromium {
    browser: Arc<Shared>,
    commands: UnboundedSender<Command>,
    _close_on_drop: DropGuard,
}

impl Chromium {
    /// `close` ends the connection when it is dropped. Must run inside the runtime.
    pub(super) fn start(
        connection: Connection,
        sink: Sink,
        defaults: Defaults,
        close: DropGuard,
        ending: Ending,
    ) -> Self {
        let browser = Shared::new(connection, sink, defaults, ending);
        let root = Session::root(&browser.connection);
        browser
            .connection
            .listen(root.id().clone(), Arc::clone(&browser) as Arc<dyn Listener>);
        // Tabs and pop-ups alike: each is held until its session is made ready.
        root.notify(
            "Target.setAutoAttach",
            json!({
                "autoAttach": true,
                "waitForDebuggerOnStart": true,
                "flatten": true,
                "filter": [{ "type": "page" }],
            }),
        );
        // As with PhantomJS, nothing is written but what is asked for.
        root.notify("Browser.setDownloadBehavior", json!({ "behavior": "deny" }));
        let (commands, queue) = unbounded_channel();
        if let Some(file) = browser.defaults.cookies_file.clone() {
            browser.cookies.were_loaded();
            let me = Arc::clone(&browser);
            browser.spawn(&browser.stop, async move {
                file::keep(&me.keeping(), &file).await
            });
        }
        let running = phantom::serve(Arc::clone(&browser), queue);
        browser.spawn(&browser.stop, running);
        Self {
            browser,
            commands,
            _close_on_drop: close,
        }
    }
}

impl Chromium {
    /// Makes the first tab in advance, of a browser of ours.
    pub(super) fn begin(&self) {
        let isolate = self.browser.defaults.isolate;
        let tabs = Arc::clone(&self.browser.tabs);
        let making = async move { tabs.begin(isolate).await };
        self.browser.spawn(&self.browser.stop, making);
    }

    fn dispatch(&self, command: Command) {
        if command.target == 0 {
            if command.method == "createPage" {
                page::create(&self.browser, &command);
            } else {
                let _ = self.commands.send(command);
            }
            return;
        }
        let refused = match self.browser.page(command.target) {
            Some(handle) => handle.send(command).err(),
            None => Some(command),
        };
        if let Some(command) = refused {
            let Command { id, target, .. } = command;
            self.browser.reply(id, target).give(Err(Failure::new(
                "invalid session id",
                format!("no session p{target}: it was closed or never existed"),
            )));
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.browser.end();
    }
}

impl RemoteEnd for Chromium {
    const NAME: &'static str = "Chromium";

    fn send(&self, commands: &str) {
        match read_commands(commands) {
            Ok(commands) => commands
                .into_iter()
                .for_each(|command| self.dispatch(command)),
            Err(error) => warn!(%error, "commands that nobody understands"),
        }
    }

    /// Behind the commands that were sent before.
    fn exit(&self) {
        let _ = self.commands.send(Command {
            id: 0,
            target: 0,
            method: "exit".to_owned(),
            args: Args::default(),
            is_beside: false,
        });
    }

    /// Of the browser process. Pages have their own: each is asked when one of its commands takes too long.
    fn probe(&self) {
        let answer = self.browser.probes.ask();
        let waiting = async move { drop(answer.await) };
        self.browser.spawn(&self.browser.stop, waiting);
    }

    fn unanswered(&self) -> Option<Duration> {
        self.browser.probes.unanswered()
    }

    fn expired(&self, id: i64) {
        self.browser.expire(id);
    }
}

impl Listener for Shared {
    fn event(&self, _session: &SessionId, method: &str, params: &Raw) {
        match method {
            "Target.attachedToTarget" => {
                let Ok(attached) = read::<Attached>(params) else {
                    return;
                };
                let session = Session::new(&self.connection, SessionId::of(&attached.session_id));
                let info = attached.target_info;
                match &info.opener_id {
                    _ if !self.tabs.is_ours(&info) => {
                        session.notify("Runtime.runIfWaitingForDebugger", json!({}));
                        Session::root(&self.connection).notify(
                            "Target.detachFromTarget",
                            json!({ "sessionId": attached.session_id }),
                        );
                    }
                    None => self.tabs.attached(session, info),
                    Some(opener) => match self.known.of_target(opener) {
                        Some(opener) => opener.opened(session, info),
                        // It is closed already.
                        None => self.tabs.close_held(&session, &info.target_id),
                    },
                }
            }
            "Target.detachedFromTarget" => {
                if let Ok(detached) = read::<Detached>(params) {
                    let id = SessionId::of(&detached.session_id);
                    debug!(session = id.as_str(), "a tab is gone");
                    if !self.tabs.was_closed(&id) {
                        self.doubt();
                    }
                    if let Some(page) = self.known.of_session(&id) {
                        page.leave();
                    }
                    self.tabs.lost(&id);
                    self.connection.forget(&id);
                }
            }
            _ => {}
        }
    }
}
