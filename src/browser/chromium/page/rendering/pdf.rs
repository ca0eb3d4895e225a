//! The command `pdf`, and PDF by `render`.

use std::sync::Arc;

use serde_json::{Map, Value};
use tracing::warn;

use super::super::Page;
use super::print::{Options, print};
use super::{blocking, cannot_capture, decoded};
use crate::browser::chromium::command::{Args, Failure, Outcome, null};
use crate::browser::chromium::paper::{BadPaper, Paper};
use crate::browser::chromium::picture::{self, Format};

/// Properties of `paperSize`, where an option of `pdf` has the same name.
const PAPER: [&str; 7] = [
    "format",
    "width",
    "height",
    "orientation",
    "margin",
    "header",
    "footer",
];

/// Options that are parameters of `Page.printToPDF` as they are.
const PASSED: [&str; 4] = [
    "printBackground",
    "pageRanges",
    "headerTemplate",
    "footerTemplate",
];

/// What `Page.printToPDF` takes: 0.1 to 2, of 96 px in an inch.
const SCALES: std::ops::RangeInclusive<f64> = 0.075..=1.5;

/// A PDF on the page's `paperSize`, in base64; none where that says no size, as in PhantomJS.
pub(super) async fn of_page(page: &Arc<Page>) -> Result<Option<String>, Failure> {
    let paper = match Paper::read(&page.view.now().paper) {
        Ok(paper) => paper,
        Err(error @ BadPaper::Incomplete) => {
            warn!(page = page.number, %error, "no PDF is made");
            return Ok(None);
        }
        Err(error) => return Err(Failure::argument(error.to_string())),
    };
    print(page, paper, Options::default()).await.map(Some)
}

/// args: [{ path, scale, printBackground, pageRanges, headerTemplate, footerTemplate, …paper }]; the value is the PDF in
/// base64, or null where it was written to a path.
pub(in crate::browser::chromium::page) async fn pdf(page: &Arc<Page>, args: &Args) -> Outcome {
    let Value::Object(given) = args.value(0) else {
        return Err(Failure::argument("the options of a PDF must be an object"));
    };
    let own: Map<String, Value> = chosen(&given, &PAPER);
    let paper = if own.is_empty() {
        Paper::read(&page.view.now().paper)
    } else {
        Paper::read(&own)
    };
    let paper = paper.map_err(|error| Failure::argument(error.to_string()))?;
    let data = print(page, paper, options(&given)?).await?;
    let Some(path) = given.get("path").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(format!("\"{data}\""));
    };
    let writing = blocking(move || {
        let bytes = decoded(&data, Format::Pdf)?;
        if picture::write(&path, &bytes) {
            return Ok(());
        }
        Err(cannot_capture(&format!("{path} cannot be written")))
    });
    writing.await?;
    null()
}

fn options(given: &Map<String, Value>) -> Result<Options, Failure> {
    let mut more = chosen(given, &PASSED);
    if more.keys().any(|name| name.ends_with("Template")) {
        let _ = more.insert("displayHeaderFooter".into(), true.into());
        // What is left out would be Chromium's own: date, title and address.
        for name in ["headerTemplate", "footerTemplate"] {
            let _ = more.entry(name).or_insert_with(|| "<span></span>".into());
        }
    }
    let scale = match given.get("scale") {
        None => 1.0,
        Some(scale) => scale
            .as_f64()
            .filter(|scale| SCALES.contains(scale))
            .ok_or_else(|| {
                let (least, most) = (SCALES.start(), SCALES.end());
                Failure::argument(format!(
                    "scale must be a number from {least} to {most}, not {scale}"
                ))
            })?,
    };
    Ok(Options { scale, more })
}

fn chosen(given: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let found = names.iter().filter_map(|name| given.get_key_value(*name));
    found
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
