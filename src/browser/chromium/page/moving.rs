//! A page that goes on in another tab, in another browser context: what was set and who listens is brought along. Its
//! history and its windows stay behind.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::Page;
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::{Args, Command, Reply};
use crate::browser::chromium::cookies::Jar;
use crate::browser::chromium::place::Place;
use crate::browser::chromium::tabs::Tab;

/// Properties that are the document's, not the page's.
const OF_DOCUMENT: [&str; 4] = ["content", "cookies", "frameContent", "scrollPosition"];

/// What a page was told, as far as it must be told again in another tab.
#[derive(Debug, Default)]
pub(super) struct Told(Vec<(&'static str, Vec<Box<RawValue>>)>);

impl Told {
    pub(super) fn note(&mut self, command: &Command) {
        let name = || command.args.text(0);
        let method = match command.method.as_str() {
            "set" if !OF_DOCUMENT.contains(&name().as_str()) => {
                self.forget("set", &name());
                "set"
            }
            "on" => {
                if command.args.flag(3) {
                    self.forget("on", &name());
                }
                "on"
            }
            "off" => return self.forget("on", &name()),
            _ => return,
        };
        self.0.push((method, command.args.0.clone()));
    }

    fn forget(&mut self, method: &str, name: &str) {
        self.0.retain(|(told, args)| {
            let is_it = *told == method && Args(args.clone()).text(0) == name;
            !is_it
        });
    }

    /// Tells it to the page that has taken its place.
    pub(super) async fn tell(&self, page: &Arc<Page>) {
        for (method, args) in &self.0 {
            page.run(method, Args(args.clone()), Reply::unheard()).await;
        }
    }
}

/// The tab where a page goes on, with the cookies that it has.
pub(super) async fn tab_for(page: &Page, place: &Place) -> Result<Tab, CdpError> {
    let browser = &page.browser;
    let tab = browser.tabs.take(place).await?;
    if tab.is_apart {
        let cookies = page.jar().all().await?;
        let jar = Jar::new(&browser.connection, tab.context.as_deref());
        jar.fill(cookies).await?;
    }
    Ok(tab)
}
