//! How a tab comes to be.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::{Background, Tab, Tabs};
use crate::browser::chromium::cdp::{CdpError, Session};
use crate::browser::chromium::in_page::InPage;
use crate::browser::chromium::page::view;
use crate::browser::chromium::place::{Place, Proxy};
use crate::browser::chromium::target::{self, TargetInfo};

/// How often it is tried to make one.
const ATTEMPTS: u32 = 3;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    target_id: String,
}

/// `Target.createBrowserContext`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::browser::chromium) struct Context {
    pub(in crate::browser::chromium) browser_context_id: String,
}

impl Tabs {
    /// Makes a tab that shows about:blank. One whose process ends meanwhile is made anew.
    pub(super) async fn make(&self, place: &Place) -> Result<Tab, CdpError> {
        for _ in 1..ATTEMPTS {
            match self.make_one(place).await {
                Err(CdpError::Gone { .. }) => {}
                made => return made,
            }
        }
        self.make_one(place).await
    }

    async fn make_one(&self, place: &Place) -> Result<Tab, CdpError> {
        let root = Session::root(&self.connection);
        let shared = self.shared();
        let context = if place.is_apart() {
            let proxy = place.proxy.clone().or(shared.proxy);
            Some(self.make_context(proxy.as_ref()).await?)
        } else {
            shared.context
        };
        let mut wanted = json!({ "url": "about:blank" });
        if let Some(context) = &context {
            wanted["browserContextId"] = context.as_str().into();
        }
        let created = root
            .call::<Created, _>("Target.createTarget", wanted)
            .await?;
        let session = self.session_of(&created.target_id).await?;
        let tab = Tab {
            target: created.target_id,
            session,
            context,
            is_apart: place.is_apart(),
            is_used: false,
            pages: 0,
            background: Background::default(),
        };
        // What is asked of it before its process runs would hold from its second document on.
        let running = tab
            .session
            .run("Runtime.evaluate", json!({ "expression": "0" }))
            .await;
        let failure = match running {
            Ok(()) if self.has_crashed(&tab) => CdpError::Gone {
                method: "Runtime.evaluate",
            },
            Ok(()) => return Ok(tab),
            Err(error) => error,
        };
        self.close(&tab);
        Err(failure)
    }

    pub(super) async fn make_context(&self, proxy: Option<&Proxy>) -> Result<String, CdpError> {
        let mut wanted = json!({ "disposeOnDetach": true });
        if let Some(proxy) = proxy {
            wanted["proxyServer"] = proxy.server.as_str().into();
            if proxy.for_loopback {
                // Chromium's rule against its own exception (net/docs/proxy.md).
                wanted["proxyBypassList"] = "<-loopback>".into();
            }
        }
        let root = Session::root(&self.connection);
        let made = root.call::<Context, _>("Target.createBrowserContext", wanted);
        let context = made.await?.browser_context_id;
        root.notify(
            "Browser.setDownloadBehavior",
            json!({ "behavior": "deny", "browserContextId": context }),
        );
        let _ = self.state.lock().contexts.insert(context.clone());
        Ok(context)
    }

    /// The session of a target that was made.
    async fn session_of(&self, target: &str) -> Result<Session, CdpError> {
        let session = {
            let mut state = self.state.lock();
            match state.attached.remove(target) {
                Some(session) => return Ok(session),
                None => {
                    let (sender, receiver) = oneshot::channel();
                    let _ = state.awaited.insert(target.to_owned(), sender);
                    receiver
                }
            }
        };
        session.await.map_err(|_| CdpError::Gone {
            method: "Target.attachedToTarget",
        })
    }

    /// A tab is there, held until it is told to go on.
    pub(in crate::browser::chromium) fn attached(
        self: &Arc<Self>,
        session: Session,
        target: TargetInfo,
    ) {
        self.watch(&session);
        prepare(&session, &self.in_page);
        target::go_on(&session);
        let mut state = self.state.lock();
        match state.awaited.remove(&target.target_id) {
            Some(waiting) => drop(waiting.send(session)),
            None => {
                let _ = state.attached.insert(target.target_id, session);
            }
        }
    }
}

/// What every tab needs, in this order and all at once: a held one answers most of it when it goes on.
pub(in crate::browser::chromium) fn prepare(session: &Session, in_page: &InPage) {
    target::tell_of_document(session, in_page);
    view::prepare(session);
}
