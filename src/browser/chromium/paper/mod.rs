//! Paper: PhantomJS's `paperSize` as parameters of CDP `Page.printToPDF`, and headers and footers that differ from page to
//! page.
//!
//! PhantomJS prints one px of the page as one point, where Chromium prints 0.75: so all is printed at 4/3. Without a
//! paper it prints all of the document on one page of the document's size.

mod edges;
mod format;
mod length;
mod pdf;

use serde_json::{Map, Value, json};

use length::{INCH, points};

pub(super) use edges::{Edge, Edges, Texts};
pub(super) use pdf::{overlay, page_count};

/// Chromium's own 100 % is 96 px in an inch.
const SCALE: f64 = 96.0 / INCH;
/// PhantomJS's, where the name of the format is unknown.
const DEFAULT_FORMAT: &str = "a4";

/// Lengths are in points.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Paper {
    pub(super) width: f64,
    pub(super) height: f64,
    margin: Sides,
    edges: Edges,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sides {
    top: f64,
    right: f64,
    bottom: f64,
    left: f64,
}

/// Why a paper is none.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum BadPaper {
    #[error("a paper needs a format, or a width and a height")]
    Incomplete,
    #[error(
        "the {name} of a paper cannot be {value}: it is a number, or text with mm, cm, in or px"
    )]
    Length { name: String, value: String },
}

impl Paper {
    /// A page as large as the document.
    pub(super) fn whole(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            margin: Sides::default(),
            edges: Edges::default(),
        }
    }

    /// Of what the user gave; none where that is nothing.
    ///
    /// # Errors
    /// Where it says no size, or what it says is no length.
    pub(super) fn read(given: &Map<String, Value>) -> Result<Option<Self>, BadPaper> {
        if given.is_empty() {
            return Ok(None);
        }
        let (width, height) = size(given)?;
        Ok(Some(Self {
            width,
            height,
            margin: Sides::read(given.get("margin"))?,
            edges: Edges::read(given)?,
        }))
    }

    /// Headers and footers; none where there are none to ask for.
    pub(super) fn edges(&self) -> Option<&Edges> {
        (!self.edges.is_empty()).then_some(&self.edges)
    }

    /// Parameters of `Page.printToPDF`. `scale` is 1 for 100 %.
    pub(super) fn parameters(&self, scale: f64) -> Value {
        json!({
            "paperWidth": self.width / INCH,
            "paperHeight": self.height / INCH,
            "marginTop": (self.margin.top + self.edges.header_height()) / INCH,
            "marginRight": self.margin.right / INCH,
            "marginBottom": (self.margin.bottom + self.edges.footer_height()) / INCH,
            "marginLeft": self.margin.left / INCH,
            "scale": SCALE * scale,
            "printBackground": true,
        })
    }

    /// Those of what is laid over it: the same paper without margins.
    pub(super) fn overlay_parameters(&self) -> Value {
        let mut parameters = Self::whole(self.width, self.height).parameters(1.0);
        parameters["generateTaggedPDF"] = false.into();
        parameters
    }

    /// The source of a script for an empty page: it shows the headers and footers of all pages, one page after the other.
    pub(super) fn overlay_script(&self, texts: &[Texts]) -> String {
        edges::script(self, texts)
    }
}

fn size(given: &Map<String, Value>) -> Result<(f64, f64), BadPaper> {
    if let (Some(width), Some(height)) = (given.get("width"), given.get("height")) {
        return Ok((length("width", width)?, length("height", height)?));
    }
    let name = given.get("format").ok_or(BadPaper::Incomplete)?;
    let (width, height) = name
        .as_str()
        .and_then(format::named)
        .or_else(|| format::named(DEFAULT_FORMAT))
        .ok_or(BadPaper::Incomplete)?;
    let orientation = given.get("orientation").and_then(Value::as_str);
    if orientation.is_some_and(|held| held.eq_ignore_ascii_case("landscape")) {
        return Ok((height, width));
    }
    Ok((width, height))
}

impl Sides {
    fn read(given: Option<&Value>) -> Result<Self, BadPaper> {
        let side = |sides: &Map<String, Value>, name: &str| match sides.get(name) {
            Some(value) => length(&format!("margin.{name}"), value),
            None => Ok(0.0),
        };
        match given {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Object(sides)) => Ok(Self {
                top: side(sides, "top")?,
                right: side(sides, "right")?,
                bottom: side(sides, "bottom")?,
                left: side(sides, "left")?,
            }),
            Some(one) => {
                let all = length("margin", one)?;
                Ok(Self {
                    top: all,
                    right: all,
                    bottom: all,
                    left: all,
                })
            }
        }
    }
}

fn length(name: &str, value: &Value) -> Result<f64, BadPaper> {
    points(value).ok_or_else(|| BadPaper::Length {
        name: name.to_owned(),
        value: value.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: Value) -> Result<Option<Paper>, BadPaper> {
        let Value::Object(given) = given else {
            panic!("an object");
        };
        Paper::read(&given)
    }

    fn parameters(given: Value) -> Value {
        read(given).expect("good").expect("a paper").parameters(1.0)
    }

    fn inches(parameters: &Value, names: [&str; 6]) -> [f64; 6] {
        names.map(|name| {
            let inches = parameters[name].as_f64().expect("a number");
            (inches * 1000.0).round() / 1000.0
        })
    }

    const ALL: [&str; 6] = [
        "paperWidth",
        "paperHeight",
        "marginTop",
        "marginRight",
        "marginBottom",
        "marginLeft",
    ];

    #[test]
    fn a_paper_is_read_as_phantomjs_does() {
        let edge = |height: &str| json!({ "height": height, "contents": "plain" });
        for (given, expected) in [
            (
                json!({ "format": "A4" }),
                [8.268, 11.693, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                json!({ "format": "nobody's" }),
                [8.268, 11.693, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                json!({ "format": "letter", "orientation": "Landscape", "margin": "1in" }),
                [11.0, 8.5, 1.0, 1.0, 1.0, 1.0],
            ),
            (
                json!({ "width": 144, "height": "72px", "format": "A4", "orientation": "landscape" }),
                [2.0, 1.0, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                json!({ "width": "5in", "height": "3in", "margin": { "left": 36, "top": "18" } }),
                [5.0, 3.0, 0.25, 0.0, 0.0, 0.5],
            ),
            (
                json!({ "format": "legal", "margin": 72, "header": edge("1in"), "footer": edge("36") }),
                [8.5, 14.0, 2.0, 1.0, 1.5, 1.0],
            ),
        ] {
            assert_eq!(inches(&parameters(given.clone()), ALL), expected, "{given}");
        }
        assert_eq!(parameters(json!({ "format": "A4" }))["scale"], 4.0 / 3.0);
        assert_eq!(read(json!({})), Ok(None));
    }

    #[test]
    fn a_paper_without_a_size_is_none() {
        for given in [
            json!({ "margin": "1cm" }),
            json!({ "width": "1cm" }),
            json!({ "orientation": "landscape" }),
        ] {
            assert_eq!(read(given), Err(BadPaper::Incomplete));
        }
    }

    #[test]
    fn what_is_no_length_is_named() {
        for (given, message) in [
            (
                json!({ "width": "50pt", "height": 1 }),
                "the width of a paper cannot be \"50pt\"",
            ),
            (
                json!({ "format": "A4", "margin": { "left": -1 } }),
                "the margin.left of a paper cannot be -1",
            ),
            (
                json!({ "format": "A4", "footer": { "height": "tall" } }),
                "the footer.height of a paper cannot be \"tall\"",
            ),
        ] {
            let error = read(given).expect_err("no length").to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
