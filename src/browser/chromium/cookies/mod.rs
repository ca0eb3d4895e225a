//! Cookies: those of one browser context, and those of all (`ph`). PhantomJS's pages share a jar, or have one each with
//! option `isolate`; here a jar is a browser context's.
//!
//! - [`all`][]: those of `ph`
//! - [`file`][]: those that outlast the browser
//! - [`shape`][]: cookies as PhantomJS shows and takes them; [`date`][]: their dates

pub(super) mod all;
mod date;
pub(super) mod file;
mod shape;

use serde::Deserialize;
use serde_json::{Value, json};

use super::cdp::{CdpError, Connection, Session};
use super::command::Failure;
use super::page::check_cookie;
pub(super) use all::AllCookies;
pub(super) use shape::Cookie;
use shape::{Given, given};

/// The cookies of one browser context.
#[derive(Clone, Debug)]
pub(super) struct Jar {
    root: Session,
    /// None for the browser's own.
    context: Option<String>,
}

/// `Storage.getCookies`, `Network.getCookies`
#[derive(Debug, Deserialize)]
pub(super) struct Cookies {
    pub(super) cookies: Vec<Cookie>,
}

impl Jar {
    pub(super) fn new(connection: &Connection, context: Option<&str>) -> Self {
        Self {
            root: Session::root(connection),
            context: context.map(str::to_owned),
        }
    }

    fn params(&self) -> Value {
        match &self.context {
            Some(context) => json!({ "browserContextId": context }),
            None => json!({}),
        }
    }

    pub(super) async fn all(&self) -> Result<Vec<Cookie>, CdpError> {
        let got = self
            .root
            .call::<Cookies, _>("Storage.getCookies", self.params());
        Ok(got.await?.cookies)
    }

    /// Puts in what was another jar's.
    pub(super) async fn fill(&self, cookies: Vec<Cookie>) -> Result<(), CdpError> {
        if cookies.is_empty() {
            return Ok(());
        }
        let cookies: Vec<Cookie> = cookies.into_iter().map(Cookie::into_set).collect();
        self.set(&cookies).await
    }

    async fn set(&self, cookies: &[Cookie]) -> Result<(), CdpError> {
        let mut params = self.params();
        params["cookies"] = json!(cookies);
        self.root.run("Storage.setCookies", params).await
    }

    pub(super) async fn clear(&self) -> Result<(), CdpError> {
        self.root.run("Storage.clearCookies", self.params()).await
    }

    /// Takes some away.
    pub(super) async fn delete(&self, cookies: Vec<Cookie>) -> Result<bool, CdpError> {
        if cookies.is_empty() {
            return Ok(false);
        }
        let over: Vec<Cookie> = cookies.into_iter().map(Cookie::over).collect();
        self.set(&over).await?;
        Ok(true)
    }

    /// Adds what a user gave; false where PhantomJS would not have it. `page`: the address of the page that it is given to.
    ///
    /// # Errors
    /// "invalid argument" for a line break in it.
    pub(super) async fn add(&self, cookie: &Value, page: Option<&str>) -> Result<bool, Failure> {
        check_cookie(cookie)?;
        let Value::Object(parts) = cookie else {
            return Ok(false);
        };
        let (cookie, is_kept) = match given(parts, page) {
            Given::Cookie(cookie) => (cookie, true),
            Given::Over(cookie) => (cookie, false),
            Given::None => return Ok(false),
        };
        match self.set(&[cookie]).await {
            Ok(()) => Ok(is_kept),
            // Chromium would not have it.
            Err(CdpError::Refused { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// As `get` shows them: JSON text.
pub(super) fn shown(cookies: &[Cookie]) -> Result<String, Failure> {
    let shown: Vec<_> = cookies.iter().map(Cookie::shown).collect();
    super::command::json(&shown)
}
