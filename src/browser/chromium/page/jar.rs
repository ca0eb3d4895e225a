//! The cookies of a page: those that its address may see, as in PhantomJS. A page that has loaded nothing yet has all.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Page;
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::{Args, Failure, Outcome, json as answer};
use crate::browser::chromium::cookies::{Cookie, Cookies, Jar, shown};
use crate::browser::chromium::target::Frames;

/// `Page.Frame`
#[derive(Debug, Deserialize)]
struct Frame {
    url: String,
}

impl Page {
    pub(in crate::browser::chromium) fn jar(&self) -> Jar {
        Jar::new(&self.browser.connection, self.context())
    }
}

impl Page {
    /// Whether pages have cookies at all.
    pub(in crate::browser::chromium) fn switch_cookies(&self, are_on: bool) {
        self.network.switch_cookies(self, are_on);
    }
}

/// The address that cookies are for; none where nothing is loaded.
async fn address(page: &Page) -> Result<Option<String>, CdpError> {
    let tree = page
        .session
        .call::<Frames<Frame>, _>("Page.getFrameTree", json!({}));
    let Frame { url } = tree.await?.main();
    Ok((url != "about:blank").then_some(url))
}

async fn visible(page: &Page) -> Result<Vec<Cookie>, CdpError> {
    match address(page).await? {
        Some(url) => {
            let params = json!({ "urls": [url] });
            let got = page
                .session
                .call::<Cookies, _>("Network.getCookies", params);
            Ok(got.await?.cookies)
        }
        None => page.jar().all().await,
    }
}

pub(super) async fn get(page: &Arc<Page>) -> Outcome {
    if page.browser.cookies.are_off() {
        return answer(&[(); 0]);
    }
    shown(&visible(page).await?)
}

/// In the place of those that are there.
pub(super) async fn set(page: &Arc<Page>, cookies: &Value) -> Outcome {
    if let Value::Array(cookies) = cookies {
        for cookie in cookies {
            super::check_cookie(cookie)?;
        }
        let _ = page.jar().delete(visible(page).await?).await?;
        for cookie in cookies {
            let _ = add_to(page, cookie).await?;
        }
    }
    get(page).await
}

async fn add_to(page: &Page, cookie: &Value) -> Result<bool, Failure> {
    super::check_cookie(cookie)?;
    if page.browser.cookies.are_off() {
        return Ok(false);
    }
    let url = address(page).await?;
    page.jar().add(cookie, url.as_deref()).await
}

/// args: [cookie]
pub(super) async fn add(page: &Arc<Page>, args: &Args) -> Outcome {
    answer(&add_to(page, &args.value(0)).await?)
}

/// args: [name]; the value is whether there was one.
pub(super) async fn delete(page: &Arc<Page>, args: &Args) -> Outcome {
    let name = args.text(0);
    let mut cookies = visible(page).await?;
    cookies.retain(|cookie| cookie.name == name);
    answer(&page.jar().delete(cookies).await?)
}

/// The value is whether there were any.
pub(super) async fn clear(page: &Arc<Page>) -> Outcome {
    let cookies = visible(page).await?;
    answer(&page.jar().delete(cookies).await?)
}
