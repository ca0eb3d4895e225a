//! The cookies of `ph`: those of all pages, whether they share a browser context or have one of their own. As in
//! `driver/jars.js`.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde_json::Value;
use tokio::sync::{RwLock, RwLockReadGuard};

use super::{Cookie, Jar, shown};
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::{Failure, Outcome, json as answer, null};
use crate::browser::chromium::page::check_cookie;
use crate::browser::chromium::shared::Shared;
use crate::browser::chromium::tabs::Tab;

/// What is known of the cookies of one browser.
#[derive(Debug, Default)]
pub(in crate::browser::chromium) struct AllCookies {
    /// `phantom.cookiesEnabled = false`
    are_off: AtomicBool,
    /// There may be some for pages that get a context of their own.
    were_added: AtomicBool,
    /// What there was when they were switched off, by context.
    kept: Mutex<FxHashMap<Option<String>, Vec<Cookie>>>,
    /// A page that gets a context of its own reads them, and is not known before it is there: what changes them waits.
    changing: RwLock<()>,
}

impl AllCookies {
    /// There may be some that no command has added.
    pub(in crate::browser::chromium) fn were_loaded(&self) {
        self.were_added.store(true, Ordering::Release);
    }

    pub(in crate::browser::chromium) fn are_off(&self) -> bool {
        self.are_off.load(Ordering::Acquire)
    }
}

/// The contexts that there are: that which pages share comes first.
fn contexts(browser: &Shared) -> Vec<Option<String>> {
    let mut all = vec![browser.tabs.shared().context];
    for page in browser.known.all() {
        let context = page.context().map(str::to_owned);
        if !all.contains(&context) {
            all.push(context);
        }
    }
    all
}

fn jars(browser: &Shared) -> Vec<Jar> {
    let contexts = contexts(browser);
    let jar = |context: &Option<String>| Jar::new(&browser.connection, context.as_deref());
    contexts.iter().map(jar).collect()
}

/// Of all, each that looks the same once.
pub(in crate::browser::chromium) async fn get(browser: &Shared) -> Outcome {
    let mut all: Vec<Cookie> = Vec::new();
    if !browser.cookies.are_off() {
        for jar in jars(browser) {
            for cookie in ignore_gone(jar.all().await)?.unwrap_or_default() {
                if !all.iter().any(|known| known.looks_like(&cookie)) {
                    all.push(cookie);
                }
            }
        }
    }
    shown(&all)
}

/// Adds one for all pages: whether the shared context takes it.
pub(in crate::browser::chromium) async fn add(browser: &Shared, cookie: &Value) -> Outcome {
    check_cookie(cookie)?;
    let _changing = browser.cookies.changing.write().await;
    if browser.cookies.are_off() {
        return answer(&false);
    }
    answer(&add_to_all(browser, cookie).await?)
}

async fn add_to_all(browser: &Shared, cookie: &Value) -> Result<bool, Failure> {
    browser.cookies.were_added.store(true, Ordering::Release);
    let mut jars = jars(browser).into_iter();
    let is_taken = match jars.next() {
        Some(shared) => shared.add(cookie, None).await?,
        None => false,
    };
    for jar in jars {
        let _ = jar.add(cookie, None).await?;
    }
    Ok(is_taken)
}

/// In the place of those that there are.
pub(in crate::browser::chromium) async fn set(browser: &Shared, cookies: &Value) -> Outcome {
    if let Value::Array(cookies) = cookies {
        cookies.iter().try_for_each(check_cookie)?;
        let _changing = browser.cookies.changing.write().await;
        clear_all(browser).await?;
        if !browser.cookies.are_off() {
            for cookie in cookies {
                let _ = add_to_all(browser, cookie).await?;
            }
        }
    }
    get(browser).await
}

/// Whether there was one of this name.
pub(in crate::browser::chromium) async fn delete(browser: &Shared, name: &str) -> Outcome {
    let _changing = browser.cookies.changing.write().await;
    let mut is_any = false;
    for jar in jars(browser) {
        let mut cookies = ignore_gone(jar.all().await)?.unwrap_or_default();
        cookies.retain(|cookie| cookie.name == name);
        is_any |= ignore_gone(jar.delete(cookies).await)?.unwrap_or_default();
    }
    answer(&is_any)
}

pub(in crate::browser::chromium) async fn clear(browser: &Shared) -> Outcome {
    let _changing = browser.cookies.changing.write().await;
    clear_all(browser).await?;
    null()
}

async fn clear_all(browser: &Shared) -> Result<(), Failure> {
    for jar in jars(browser) {
        let _ = ignore_gone(jar.clear().await)?;
    }
    Ok(())
}

/// `phantom.cookiesEnabled`: what there is is kept until they are on again.
pub(in crate::browser::chromium) async fn switch(browser: &Shared, is_on: bool) -> Outcome {
    let cookies = &browser.cookies;
    let _changing = cookies.changing.write().await;
    if cookies.are_off.swap(!is_on, Ordering::AcqRel) == is_on {
        for page in browser.known.all() {
            page.switch_cookies(is_on);
        }
        if is_on {
            restore(browser).await?;
        } else {
            keep(browser).await?;
        }
    }
    answer(&is_on)
}

async fn keep(browser: &Shared) -> Result<(), Failure> {
    for context in contexts(browser) {
        let jar = Jar::new(&browser.connection, context.as_deref());
        if let Some(all) = ignore_gone(jar.all().await)? {
            let _ = browser.cookies.kept.lock().insert(context, all);
            let _ = ignore_gone(jar.clear().await)?;
        }
    }
    Ok(())
}

async fn restore(browser: &Shared) -> Result<(), Failure> {
    let mut kept = std::mem::take(&mut *browser.cookies.kept.lock());
    let contexts = contexts(browser);
    let shared = contexts
        .first()
        .and_then(|shared| kept.get(shared).cloned());
    for context in contexts {
        let jar = Jar::new(&browser.connection, context.as_deref());
        let cookies = kept.remove(&context).or_else(|| shared.clone());
        let _ = ignore_gone(jar.clear().await)?;
        let _ = ignore_gone(jar.fill(cookies.unwrap_or_default()).await)?;
    }
    Ok(())
}

/// Puts what was added for all pages into the context of a new one. Until what this gives is dropped nothing changes them:
/// by then the page must be known.
pub(in crate::browser::chromium) async fn fill<'a>(
    browser: &'a Shared,
    tab: &Tab,
) -> Result<Option<RwLockReadGuard<'a, ()>>, CdpError> {
    if !tab.is_apart {
        return Ok(None);
    }
    let unchanged = browser.cookies.changing.read().await;
    if !browser.cookies.are_off() && browser.cookies.were_added.load(Ordering::Acquire) {
        let shared = browser.tabs.shared().context;
        let all = Jar::new(&browser.connection, shared.as_deref())
            .all()
            .await?;
        let own = Jar::new(&browser.connection, tab.context.as_deref());
        own.fill(all).await?;
    }
    Ok(Some(unchanged))
}

/// A context may go while it is asked.
fn ignore_gone<T>(result: Result<T, CdpError>) -> Result<Option<T>, CdpError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(CdpError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
