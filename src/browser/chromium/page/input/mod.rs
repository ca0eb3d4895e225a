//! `sendEvent`: the mouse and the keys, as PhantomJS sends them.
//!
//! - [`keys`][]: Qt's keys, which `page.event.key` has by their names, as a browser of today knows them

mod keys;

use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::json;

use super::Page;
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::{Args, Outcome, null};
use keys::Key;

/// `page.event`: the keys and modifiers of PhantomJS 2.1.1, by name.
const EVENT: &str = include_str!("event.json");

/// Where the mouse of one page is.
#[derive(Debug, Default)]
pub(super) struct Input(Mutex<Place>);

/// In the viewport, CSS pixels.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    x: f64,
    y: f64,
}

/// Keys that are held: bits of the protocol.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Modifiers(u8);

impl Modifiers {
    const SHIFT: u8 = 8;
    const CTRL: u8 = 2;

    /// Of Qt's `Qt::KeyboardModifier` (`page.event.modifier`).
    fn of_qt(bits: u64) -> Self {
        const OF_QT: [(u64, u8); 4] = [
            (0x0200_0000, Modifiers::SHIFT),
            (0x0400_0000, Modifiers::CTRL),
            (0x0800_0000, 1),
            (0x1000_0000, 4),
        ];
        let held = OF_QT.iter().filter(|(qt, _)| bits & qt != 0);
        Self(held.fold(0, |all, (_, bit)| all | bit))
    }

    fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }
}

/// A button of the mouse.
#[derive(Clone, Copy, Debug)]
struct Button {
    name: &'static str,
    bit: u8,
}

impl Button {
    const LEFT: Self = Self {
        name: "left",
        bit: 1,
    };
    const RIGHT: Self = Self {
        name: "right",
        bit: 2,
    };

    fn of(name: &str) -> Self {
        match name {
            "right" => Self::RIGHT,
            "middle" => Self {
                name: "middle",
                bit: 4,
            },
            _ => Self::LEFT,
        }
    }
}

/// `Input.dispatchMouseEvent`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MouseEvent {
    #[serde(rename = "type")]
    kind: &'static str,
    x: f64,
    y: f64,
    modifiers: Modifiers,
    button: &'static str,
    buttons: u8,
    click_count: u8,
}

/// `page.event`, JSON text.
pub(super) fn event() -> &'static str {
    EVENT
}

/// args: [type, x or key, y, button, modifiers]
pub(super) async fn send(page: &Arc<Page>, args: &Args) -> Outcome {
    // Its documents know a user from now on, who may be asked before they are left.
    page.traces.soil();
    let modifiers = Modifiers::of_qt(args.value(4).as_u64().unwrap_or_default());
    match args.text(0).as_str() {
        kind @ ("keydown" | "keyup" | "keypress") => {
            for key in keys::of(&args.value(1)) {
                press(page, kind, &key, modifiers).await?;
            }
        }
        kind => mouse(page, kind, args, modifiers).await?,
    }
    null()
}

async fn mouse(page: &Page, kind: &str, args: &Args, modifiers: Modifiers) -> Result<(), CdpError> {
    let place = {
        let mut place = page.input.0.lock();
        place.x = args.value(1).as_f64().unwrap_or(place.x);
        place.y = args.value(2).as_f64().unwrap_or(place.y);
        *place
    };
    let button = Button::of(&args.text(3));
    let step = |kind, button: Option<Button>, is_down, click_count| MouseEvent {
        kind,
        x: place.x,
        y: place.y,
        modifiers,
        button: button.map_or("none", |button| button.name),
        buttons: button.filter(|_| is_down).map_or(0, |button| button.bit),
        click_count,
    };
    let down = |button, count| step("mousePressed", Some(button), true, count);
    let up = |button, count| step("mouseReleased", Some(button), false, count);
    let steps = match kind {
        "mousedown" => vec![down(button, 1)],
        "mouseup" => vec![up(button, 1)],
        "mousemove" => vec![step("mouseMoved", None, false, 0)],
        "click" => vec![down(button, 1), up(button, 1)],
        "doubleclick" | "mousedoubleclick" => {
            vec![
                down(button, 1),
                up(button, 1),
                down(button, 2),
                up(button, 2),
            ]
        }
        "contextmenu" => vec![down(Button::RIGHT, 1), up(Button::RIGHT, 1)],
        // As PhantomJS, which knows no other.
        _ => return Ok(()),
    };
    let sent: Vec<_> = steps
        .iter()
        .map(|step| page.session.run("Input.dispatchMouseEvent", step))
        .collect();
    for sent in sent {
        sent.await?;
    }
    Ok(())
}

async fn press(page: &Page, kind: &str, key: &Key, modifiers: Modifiers) -> Result<(), CdpError> {
    // With Control it is no text, but may be a command.
    let text = key.text().filter(|_| !modifiers.has(Modifiers::CTRL));
    let command = key.command().filter(|_| modifiers.has(Modifiers::CTRL));
    let event = |kind: &'static str, text: Option<&str>, command: Option<&'static str>| {
        let mut event = json!({
            "type": kind,
            "modifiers": modifiers,
            "windowsVirtualKeyCode": key.code(),
            "key": key.name(),
            "code": key.place(),
        });
        if let Some(text) = text {
            event["text"] = text.into();
        }
        if let Some(command) = command {
            event["commands"] = json!([command]);
        }
        event
    };
    let mut sent = Vec::new();
    if kind != "keyup" {
        let kind = if text.is_some() {
            "keyDown"
        } else {
            "rawKeyDown"
        };
        let down = event(kind, text, command);
        sent.push(page.session.run("Input.dispatchKeyEvent", down));
    }
    if kind != "keydown" {
        let up = event("keyUp", None, None);
        sent.push(page.session.run("Input.dispatchKeyEvent", up));
    }
    for sent in sent {
        sent.await?;
    }
    Ok(())
}
