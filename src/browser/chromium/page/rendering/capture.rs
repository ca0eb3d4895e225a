//! A picture of the page, or of a part of it: CDP `Page.captureScreenshot`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Page;
use super::super::view::State;
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::Failure;
use crate::browser::chromium::picture::{Format, Quality};

/// A part of a window or document, px of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// `Page.getLayoutMetrics`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Layout {
    css_layout_viewport: Window,
    css_content_size: Contents,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    page_x: f64,
    page_y: f64,
    client_width: f64,
    client_height: f64,
}

/// Of the document, or the window where that is larger.
#[derive(Debug, Deserialize)]
struct Contents {
    width: f64,
    height: f64,
}

/// `Page.captureScreenshot`
#[derive(Debug, Deserialize)]
struct Screenshot {
    data: String,
}

impl Layout {
    /// # Errors
    /// Where the page is gone.
    pub(super) async fn of(page: &Page) -> Result<Self, Failure> {
        let layout = page.session.call("Page.getLayoutMetrics", json!({}));
        Ok(layout.await?)
    }

    /// Width and height of the whole picture, in pixels where the zoom is all that makes some of a px.
    pub(super) fn whole(&self, view: &State) -> (f64, f64) {
        let zoomed = |px: f64| (px * view.zoom).round();
        (
            zoomed(self.css_content_size.width).max(f64::from(view.window.width)),
            zoomed(self.css_content_size.height).max(f64::from(view.window.height)),
        )
    }

    /// What the picture shows of the document, px of the page. PhantomJS's pictures begin where `scrollPosition` is, as
    /// far as the page is scrolled; their parts are in px of the window.
    fn area(&self, view: &State) -> Option<Area> {
        let scrolled = Area {
            left: (f64::from(view.scrolled.left) / view.zoom)
                .clamp(0.0, self.css_layout_viewport.page_x),
            top: (f64::from(view.scrolled.top) / view.zoom)
                .clamp(0.0, self.css_layout_viewport.page_y),
            width: 0.0,
            height: 0.0,
        };
        if !view.part.is_none() {
            if view.part.is_empty() {
                return None;
            }
            return Some(Area {
                left: scrolled.left + f64::from(view.part.left) / view.zoom,
                top: scrolled.top + f64::from(view.part.top) / view.zoom,
                width: f64::from(view.part.width) / view.zoom,
                height: f64::from(view.part.height) / view.zoom,
            });
        }
        let (width, height) = self.whole(view);
        Some(Area {
            left: scrolled.left,
            top: scrolled.top,
            width: width / view.zoom - scrolled.left,
            height: height / view.zoom - scrolled.top,
        })
    }

    /// The part of a document that an area of its window is, in whole pixels around it.
    fn around(&self, area: Area, view: &State) -> Area {
        let pixels = view.pixels();
        let before = |px: f64| (px * pixels).floor() / pixels;
        let behind = |px: f64| (px * pixels).ceil() / pixels;
        let left = before(area.left + self.css_layout_viewport.page_x);
        let top = before(area.top + self.css_layout_viewport.page_y);
        Area {
            left,
            top,
            width: behind(area.left + area.width + self.css_layout_viewport.page_x) - left,
            height: behind(area.top + area.height + self.css_layout_viewport.page_y) - top,
        }
    }

    /// Whether the window shows all of it, so that the browser has it drawn already.
    fn shows(&self, area: Area) -> bool {
        let window = &self.css_layout_viewport;
        window.page_x == 0.0
            && window.page_y == 0.0
            && area.left >= 0.0
            && area.top >= 0.0
            && area.left + area.width <= window.client_width
            && area.top + area.height <= window.client_height
    }
}

/// A picture in base64; none where the part that was chosen has no size. `element` is seen from the window.
pub(super) async fn capture(
    page: &Arc<Page>,
    format: Format,
    quality: Option<Quality>,
    element: Option<Area>,
) -> Result<Option<String>, Failure> {
    let view = page.view.now();
    let layout = Layout::of(page).await?;
    let area = match element {
        Some(element) => Some(layout.around(element, &view)),
        None => layout.area(&view),
    };
    let Some(area) = area else {
        return Ok(None);
    };
    let is_beyond = !layout.shows(area);
    let params = params(format, quality, area, is_beyond);
    page.background.show(&page.session, format.is_transparent());
    let capturing = page
        .session
        .call_slow::<Screenshot, _>("Page.captureScreenshot", params);
    let captured = capturing.await;
    if is_beyond {
        // The window is drawn anew in any case: kept, it made the next picture slower.
        page.background.show(&page.session, false);
    }
    match captured {
        Ok(screenshot) => Ok(Some(screenshot.data)),
        Err(error @ CdpError::Refused { .. }) => Err(super::cannot_capture(&error)),
        Err(error) => Err(error.into()),
    }
}

fn params(format: Format, quality: Option<Quality>, area: Area, is_beyond: bool) -> Value {
    let mut params = json!({
        "format": format.captured_as(),
        "captureBeyondViewport": is_beyond,
        "clip": {
            "x": area.left,
            "y": area.top,
            "width": area.width,
            "height": area.height,
            "scale": 1,
        },
    });
    let quality = match format {
        Format::Jpeg => Some(quality.unwrap_or_default()),
        Format::WebP => quality,
        _ => None,
    };
    if let Some(Quality(quality)) = quality {
        params["quality"] = quality.into();
    }
    params
}
