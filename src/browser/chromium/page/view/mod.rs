//! What a page is seen through: its window, its zoom, how far it is scrolled, and what pictures and PDF show of it.
//!
//! PhantomJS's zoom makes the page's px larger, so that fewer fit into the window: here the window has fewer px, and
//! each has more pixels.

mod shape;

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::Page;
use crate::browser::chromium::cdp::Session;
use crate::browser::chromium::command::Failure;
use crate::browser::chromium::qt_value::real;
pub(super) use shape::{Part, Place, Size};

/// The window of a page of PhantomJS.
const WINDOW: Size = Size {
    width: 400,
    height: 300,
};

/// The view of one page.
#[derive(Debug)]
pub(super) struct View(Mutex<State>);

/// What it is now.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) window: Size,
    pub(super) zoom: f64,
    /// Pixels for one px, where the zoom is 1.
    pub(super) scale: f64,
    pub(super) part: Part,
    pub(super) scrolled: Place,
    /// `paperSize`, as it was given.
    pub(super) paper: Map<String, Value>,
}

impl Default for View {
    fn default() -> Self {
        Self(Mutex::new(State {
            window: WINDOW,
            zoom: 1.0,
            scale: 1.0,
            part: Part::default(),
            scrolled: Place::default(),
            paper: Map::new(),
        }))
    }
}

impl View {
    pub(super) fn now(&self) -> State {
        self.0.lock().clone()
    }

    /// The tab is to be as a new one is.
    pub(super) fn reset(&self, session: &Session) {
        let state = self.now();
        if state.window != WINDOW || state.pixels() != 1.0 {
            prepare(session);
        }
    }
}

impl State {
    /// Pixels of a picture for one px of the page.
    pub(super) fn pixels(&self) -> f64 {
        self.zoom * self.scale
    }

    /// `Emulation.setDeviceMetricsOverride`
    fn metrics(&self) -> Value {
        let px = |size: i32| (f64::from(size) / self.zoom).max(1.0) as i64;
        json!({
            "width": px(self.window.width),
            "height": px(self.window.height),
            "deviceScaleFactor": self.pixels(),
            "mobile": false,
        })
    }
}

/// Gives a tab the window that every page has at first.
pub(in crate::browser::chromium) fn prepare(session: &Session) {
    session.notify(
        "Emulation.setDeviceMetricsOverride",
        View::default().now().metrics(),
    );
}

/// The value of a property; none where it is not one of a view.
pub(super) fn get(page: &Page, name: &str) -> Option<Value> {
    let state = page.view.now();
    let value = match name {
        "viewportSize" => json!(state.window),
        "zoomFactor" => json!(state.zoom),
        "clipRect" => json!(state.part),
        "scrollPosition" => json!(state.scrolled),
        "paperSize" => without_functions(state.paper),
        _ => return None,
    };
    Some(value)
}

/// A paper as JSON can carry it back: what a header is made by stays here.
fn without_functions(mut paper: Map<String, Value>) -> Value {
    for name in ["header", "footer"] {
        if let Some(Value::Object(edge)) = paper.get_mut(name) {
            let _ = edge.remove("contents");
        }
    }
    Value::Object(paper)
}

/// Sets a property of a view. What is no value for it changes nothing, as in PhantomJS.
pub(super) async fn set(page: &Arc<Page>, name: &str, value: Value) -> Result<(), Failure> {
    match name {
        "viewportSize" => {
            if let Some(size) = Size::read(&value) {
                resize(page, |state| state.window = size).await?;
            }
        }
        "zoomFactor" => {
            let zoom = real(&value);
            if !zoom.is_finite() || zoom <= 0.0 {
                return Err(Failure::argument(format!(
                    "zoomFactor must be a number above 0, not {value}"
                )));
            }
            resize(page, |state| state.zoom = zoom).await?;
        }
        "clipRect" => {
            if let Some(part) = Part::read(&value) {
                page.view.0.lock().part = part;
            }
        }
        "scrollPosition" => {
            if let Some(place) = Place::read(&value) {
                page.view.0.lock().scrolled = place;
                scroll(page, place).await?;
            }
        }
        "paperSize" => match value {
            Value::Object(paper) => page.view.0.lock().paper = paper,
            Value::Array(_) => page.view.0.lock().paper.clear(),
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

/// Pixels for one px, where the zoom is 1: `settings.deviceScaleFactor`.
pub(super) async fn set_scale(page: &Arc<Page>, scale: f64) -> Result<(), Failure> {
    resize(page, |state| state.scale = scale).await
}

async fn resize(page: &Arc<Page>, change: impl FnOnce(&mut State)) -> Result<(), Failure> {
    let metrics = {
        let mut state = page.view.0.lock();
        change(&mut state);
        state.metrics()
    };
    tell(page, "Emulation.setDeviceMetricsOverride", metrics).await
}

async fn scroll(page: &Arc<Page>, place: Place) -> Result<(), Failure> {
    let zoom = page.view.now().zoom;
    let (left, top) = (f64::from(place.left) / zoom, f64::from(place.top) / zoom);
    // At once, whatever `scroll-behavior` the page has.
    let source = format!("scrollTo({{left:{left},top:{top},behavior:'instant'}})");
    tell(page, "Runtime.evaluate", json!({ "expression": source })).await
}

/// Sends a command, whose answer tells nothing but faults. While a page goes elsewhere Chromium may keep commands until
/// the next document is there (a new tab's first load, another site): that is not waited for, the order is kept.
async fn tell(page: &Arc<Page>, method: &'static str, params: Value) -> Result<(), Failure> {
    if page.loads.is_opening() {
        page.session.notify(method, params);
        return Ok(());
    }
    let _: Value = page.session.call_slow(method, params).await?;
    Ok(())
}
