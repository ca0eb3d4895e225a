//! Pictures and PDF of a page.

mod capture;
mod element;
mod pdf;
mod print;

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};
use tokio::task::spawn_blocking;

use super::Page;
use crate::browser::chromium::command::{Args, Failure, Outcome};
use crate::browser::chromium::picture::{self, Format, NoFormat, Quality};
pub(super) use pdf::pdf;

const FORMATS: &str = "png, jpeg, webp, bmp, gif, ppm, pgm and pdf";

/// args: [file, { format, quality, selector }]; false where there is no such format, or the file cannot be written.
pub(super) async fn render(page: &Arc<Page>, args: &Args) -> Outcome {
    let file = args.text(0);
    let options = options(args);
    let format = match options.get("format") {
        Some(name) => named(name.as_str().unwrap_or_default())?,
        None => known(Format::of_file(&file), &file)?,
    };
    let Some(format) = format else {
        return Ok("false".to_owned());
    };
    let Some(data) = made(page, format, &options).await? else {
        return Ok("false".to_owned());
    };
    let is_written = blocking(move || {
        let bytes = decoded(&data, format)?;
        Ok(picture::write(&file, &bytes))
    });
    Ok(is_written.await?.to_string())
}

/// args: [format, { selector }]
pub(super) async fn render_base64(page: &Arc<Page>, args: &Args) -> Outcome {
    let name = match args.text(0) {
        name if name.is_empty() => "PNG".to_owned(),
        name => name,
    };
    let no_picture = || {
        Failure::new(
            "unable to capture screen",
            format!("Chromium cannot make a {name}"),
        )
    };
    let format = match named(&name)? {
        Some(Format::Pdf) | None => return Err(no_picture()),
        Some(format) => format,
    };
    let Some(data) = made(page, format, &options(args)).await? else {
        return Err(no_picture());
    };
    if format.is_captured() {
        return Ok(format!("\"{data}\""));
    }
    let converted = blocking(move || {
        let bytes = decoded(&data, format)?;
        Ok(BASE64_STANDARD.encode(bytes))
    });
    Ok(format!("\"{}\"", converted.await?))
}

/// What the browser makes for a format, in base64; none where there is nothing to show.
async fn made(
    page: &Arc<Page>,
    format: Format,
    options: &Map<String, Value>,
) -> Result<Option<String>, Failure> {
    if format == Format::Pdf {
        return pdf::of_page(page).await;
    }
    let quality = options.get("quality").map(Quality::read);
    let part = match options.get("selector") {
        Some(Value::String(selector)) => Some(element::part(page, selector).await?),
        _ => None,
    };
    capture::capture(page, format, quality, part).await
}

/// The bytes of a file: those of the browser, or what is made of them. It may take a second.
fn decoded(data: &str, format: Format) -> Result<Vec<u8>, Failure> {
    let bytes = bytes_of(data)?;
    if format.is_captured() {
        return Ok(bytes);
    }
    picture::convert(&bytes, format).map_err(|error| cannot_capture(&error))
}

/// What the browser has sent, which is base64.
fn bytes_of(data: &str) -> Result<Vec<u8>, Failure> {
    let decoded = BASE64_STANDARD.decode(data);
    decoded.map_err(|error| cannot_capture(&error))
}

/// The second argument; nothing where it is no object, such as the name of a format.
fn options(args: &Args) -> Map<String, Value> {
    match args.value(1) {
        Value::Object(options) => options,
        _ => Map::new(),
    }
}

fn named(name: &str) -> Result<Option<Format>, Failure> {
    known(Format::named(name), name)
}

fn known(format: Result<Format, NoFormat>, name: &str) -> Result<Option<Format>, Failure> {
    match format {
        Ok(format) => Ok(Some(format)),
        Err(NoFormat::Unknown) => Ok(None),
        Err(NoFormat::Unsupported) => Err(Failure::unsupported(format!(
            "{name}: Chromium makes {FORMATS} alone"
        ))),
    }
}

fn cannot_capture(error: &dyn std::fmt::Display) -> Failure {
    Failure::new("unable to capture screen", error.to_string())
}

/// Runs what takes long, and none of the runtime's own time.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let shut_down = |_| Failure::new("unable to capture screen", "this process ends");
    spawn_blocking(work).await.map_err(shut_down)?
}
