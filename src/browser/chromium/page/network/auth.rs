//! HTTP authentication: `settings.userName` and `password`, and those of a proxy. PhantomJS gives them
//! `maxAuthAttempts` times, then gives up the load.

use serde_json::json;

use super::Network;
use super::errors::of_net;
use super::requests::Failure;
use super::settings::Credentials;
use super::wire::{AuthRequired, Paused};
use crate::browser::chromium::cdp::{Raw, Session, read};
use crate::browser::chromium::page::Page;

/// Without credentials of a proxy its challenge is refused at once.
const PROXY: &str = "Proxy";

impl Network {
    /// `Fetch.authRequired`
    pub(super) fn challenged(&self, page: &Page, session: &Session, params: &Raw) {
        let Ok(AuthRequired {
            request_id,
            auth_challenge,
        }) = read(params)
        else {
            return;
        };
        let mut state = self.state.lock();
        let credentials = if auth_challenge.source == PROXY {
            page.proxy_credentials()
        } else {
            state.settings.credentials.clone()
        };
        let most = state.settings.max_auth_attempts;
        let tries = state.tries.entry(request_id.clone()).or_default();
        let answer = match credentials {
            Some(Credentials { user, password }) if *tries < most => {
                *tries += 1;
                json!({ "response": "ProvideCredentials", "username": user, "password": password })
            }
            _ => {
                let _ = state.tries.remove(&request_id);
                let _ = state.refused.insert(request_id.clone());
                json!({ "response": "CancelAuth" })
            }
        };
        drop(state);
        session.notify(
            "Fetch.continueWithAuth",
            json!({ "requestId": request_id, "authChallengeResponse": answer }),
        );
    }

    /// Whether the page's own document is one that the credentials did not open: its load fails, as PhantomJS's does.
    pub(super) fn is_refused(&self, _page: &Page, paused: &Paused) -> bool {
        let mut state = self.state.lock();
        let _ = state.tries.remove(&paused.request_id);
        if !state.refused.remove(&paused.request_id) {
            return false;
        }
        let url = &paused.request.url;
        state.requests.refuse(Failure {
            url: url.clone(),
            error: of_net("net::ERR_ABORTED", url),
            status: paused.response_status_code,
        });
        true
    }
}
