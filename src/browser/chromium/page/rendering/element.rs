//! Where an element lies.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::super::{Page, evaluate};
use super::capture::Area;
use crate::browser::chromium::command::Failure;

/// The same for both browsers.
const BOX: &str = include_str!("../../../../../driver/box.js");

/// Of an element, px of the window.
#[derive(Debug, Deserialize)]
struct Sides {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// The first element that matches, as seen from the window.
///
/// # Errors
/// "no such element" where none with a size matches.
pub(super) async fn part(page: &Arc<Page>, selector: &str) -> Result<Area, Failure> {
    let call = format!("({})({})", evaluate::exported(BOX), json!(selector));
    let text = evaluate::expression(page, &call).await?;
    let sides: Option<Sides> = serde_json::from_str(&text).unwrap_or_default();
    let Some(sides) = sides else {
        return Err(Failure::new(
            "no such element",
            format!("no element with a size matches {}", json!(selector)),
        ));
    };
    Ok(Area {
        left: sides.left,
        top: sides.top,
        width: sides.right - sides.left,
        height: sides.bottom - sides.top,
    })
}
