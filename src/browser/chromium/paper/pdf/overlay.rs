//! One PDF laid over another, page by page.
//!
//! The lower file stays as it is, byte by byte. What is laid over it is appended, as the format has it for files that are
//! changed (ISO 32000-1, 7.5.6): the objects of the upper file, each of its pages as a form (8.10), and the lower pages
//! anew, each of which now draws its form as well.

use std::collections::BTreeMap;

use super::value::{Dictionary, Value};
use super::{Object, Pdf, PdfError};

/// The form's name in its page. Chromium's own end in digits.
const NAME: &[u8] = b"/Overlay";
/// Before what the page draws: its coordinates are for itself.
const BEFORE: &[u8] = b"q\n";
/// Behind it. To a reader aloud it is nothing of the text.
const BEHIND: &[u8] = b"Q /Artifact BMC q /Overlay Do Q EMC\n";

/// Lays each page of `upper` over the page of `lower` at its place. Pages beyond those of the other stay as they are.
///
/// # Errors
/// Where one is no PDF that Chromium would write.
pub(in crate::browser::chromium) fn overlay(
    lower: Vec<u8>,
    upper: &[u8],
) -> Result<Vec<u8>, PdfError> {
    let appended = {
        let below = Pdf::read(&lower)?;
        let above = Pdf::read(upper)?;
        let mut update = Update::after(&below);
        update.append(&below, &above)?;
        update.end(&below)
    };
    let mut file = lower;
    file.extend(appended);
    Ok(file)
}

/// What is appended to a file.
struct Update {
    bytes: Vec<u8>,
    /// Length of the file.
    start: usize,
    /// Where the objects are, by number.
    places: BTreeMap<usize, usize>,
    /// The first number that no object has.
    next: usize,
}

impl Update {
    fn after(file: &Pdf<'_>) -> Self {
        Self {
            bytes: b"\n".to_vec(),
            start: file.bytes.len(),
            places: BTreeMap::new(),
            next: file.size(),
        }
    }

    fn append<'a>(&mut self, below: &Pdf<'a>, above: &Pdf<'a>) -> Result<(), PdfError> {
        let by = self.next;
        self.next += above.size();
        let before = self.add(BEFORE);
        let behind = self.add(BEHIND);
        let pages = above.pages()?;
        for (lower, upper) in below.pages()?.into_iter().zip(&pages) {
            self.write(upper + by, form(above, *upper, by)?);
            let page = with_form(below, lower, upper + by, [before, behind])?;
            self.write(lower, Object::of(page));
        }
        for number in above.numbers().filter(|number| !pages.contains(number)) {
            let mut object = above.object(number)?;
            object.value.renumber(by);
            self.write(number + by, object);
        }
        Ok(())
    }

    /// A stream of a new number.
    fn add(&mut self, stream: &[u8]) -> usize {
        let number = self.next;
        self.next += 1;
        let length = stream.len().to_string();
        let mut dictionary = Dictionary::default();
        dictionary.set(b"/Length", Value::Atom(length.as_bytes()));
        let object = Object {
            value: Value::Dictionary(dictionary),
            stream: Some(stream),
        };
        self.write(number, object);
        number
    }

    fn write(&mut self, number: usize, object: Object<'_>) {
        let _ = self.places.insert(number, self.start + self.bytes.len());
        self.bytes.extend(format!("{number} 0 obj\n").bytes());
        object.value.write(&mut self.bytes);
        if let Some(stream) = object.stream {
            self.bytes.extend(b" stream\n");
            self.bytes.extend(stream);
            self.bytes.extend(b"\nendstream");
        }
        self.bytes.extend(b"\nendobj\n");
    }

    /// The table of what is new, and where the one before it is.
    fn end(mut self, below: &Pdf<'_>) -> Vec<u8> {
        let table = self.start + self.bytes.len();
        self.bytes.extend(b"xref\n");
        for (number, place) in &self.places {
            self.bytes
                .extend(format!("{number} 1\n{place:010} 00000 n \n").bytes());
        }
        let (size, previous) = (self.next.to_string(), below.table.to_string());
        let mut trailer = below.trailer.clone();
        trailer.set(b"/Size", Value::Atom(size.as_bytes()));
        trailer.set(b"/Prev", Value::Atom(previous.as_bytes()));
        self.bytes.extend(b"trailer\n");
        Value::Dictionary(trailer).write(&mut self.bytes);
        self.bytes
            .extend(format!("\nstartxref\n{table}\n%%EOF\n").bytes());
        self.bytes
    }
}

impl<'a> Object<'a> {
    fn of(dictionary: Dictionary<'a>) -> Self {
        Self {
            value: Value::Dictionary(dictionary),
            stream: None,
        }
    }
}

/// A page as something to be drawn, numbered anew: what it draws, with what that needs.
fn form<'a>(file: &Pdf<'a>, number: usize, by: usize) -> Result<Object<'a>, PdfError> {
    let mut page = file.dictionary(number)?;
    let contents = page.take(b"/Contents");
    let contents = contents.as_ref().and_then(Value::as_reference);
    let contents = file.object(contents.ok_or(PdfError::Other(number, "page with one stream"))?)?;
    // With how its stream is packed, and how long it is.
    let Value::Dictionary(mut form) = contents.value else {
        return Err(PdfError::Other(number, "page with one stream"));
    };
    form.set(b"/Type", Value::Atom(b"/XObject"));
    form.set(b"/Subtype", Value::Atom(b"/Form"));
    for (of_page, of_form) in [
        (b"/MediaBox".as_slice(), b"/BBox".as_slice()),
        (b"/Resources", b"/Resources"),
    ] {
        let value = page.take(of_page);
        form.set(of_form, value.ok_or(PdfError::Other(number, "page"))?);
    }
    let mut value = Value::Dictionary(form);
    value.renumber(by);
    Ok(Object {
        value,
        stream: contents.stream,
    })
}

/// A page that draws a form over what it draws by itself.
fn with_form<'a>(
    file: &Pdf<'a>,
    number: usize,
    form: usize,
    [before, behind]: [usize; 2],
) -> Result<Dictionary<'a>, PdfError> {
    let mut page = file.dictionary(number)?;
    let mut resources = held(file, page.take(b"/Resources"))?;
    let mut forms = held(file, resources.take(b"/XObject"))?;
    forms.set(NAME, Value::Reference(form));
    resources.set(b"/XObject", Value::Dictionary(forms));
    page.set(b"/Resources", Value::Dictionary(resources));
    let mut streams = vec![Value::Reference(before)];
    match page.take(b"/Contents") {
        Some(Value::Array(contents)) => streams.extend(contents),
        contents => streams.extend(contents),
    }
    streams.push(Value::Reference(behind));
    page.set(b"/Contents", Value::Array(streams));
    Ok(page)
}

/// A dictionary, wherever it is; an empty one for none.
fn held<'a>(file: &Pdf<'a>, value: Option<Value<'a>>) -> Result<Dictionary<'a>, PdfError> {
    match value {
        Some(Value::Dictionary(dictionary)) => Ok(dictionary),
        Some(Value::Reference(number)) => file.dictionary(number),
        _ => Ok(Dictionary::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::pdf;
    use super::super::page_count;
    use super::*;

    /// A file of pages that draw these texts, with one font.
    fn pages(texts: &[&str]) -> Vec<u8> {
        let kids: Vec<String> = (0..texts.len())
            .map(|i| format!("{} 0 R", 4 + 2 * i))
            .collect();
        let mut objects = vec![
            "<</Type /Catalog /Pages 2 0 R>>".to_owned(),
            format!("<</Type /Pages /Kids [{}]>>", kids.join(" ")),
            "<</Type /Font /BaseFont /F>>".to_owned(),
        ];
        for (index, text) in texts.iter().enumerate() {
            let contents = 5 + 2 * index;
            objects.push(format!(
                "<</Type /Page /MediaBox [0 0 9 9] /Resources <</Font <</F4 3 0 R>>>> /Contents {contents} 0 R>>"
            ));
            objects.push(format!(
                "<</Length {}>> stream\n{text}\nendstream",
                text.len()
            ));
        }
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        pdf(&objects)
    }

    /// What a page draws: its streams, and the form with its font.
    fn drawn(file: &[u8], page: usize) -> (Vec<String>, Option<String>) {
        let file = Pdf::read(file).expect("a PDF");
        let text = |number: usize| {
            let stream = file.object(number).expect("there").stream;
            String::from_utf8_lossy(stream.expect("a stream"))
                .trim()
                .to_owned()
        };
        let number = file.pages().expect("pages")[page];
        let page = file.dictionary(number).expect("a page");
        let streams = match page.get(b"/Contents") {
            Some(Value::Array(streams)) => streams.clone(),
            one => one.into_iter().cloned().collect(),
        };
        let streams = streams.iter().filter_map(Value::as_reference).map(text);
        let resources = held(&file, page.get(b"/Resources").cloned()).expect("resources");
        assert!(resources.get(b"/Font").is_some(), "its own font stays");
        let forms = held(&file, resources.get(b"/XObject").cloned()).expect("forms");
        let form = forms.get(NAME).and_then(Value::as_reference).map(|number| {
            let form = file.dictionary(number).expect("a form");
            assert_eq!(form.get(b"/Subtype"), Some(&Value::Atom(b"/Form")));
            let fonts = held(&file, form.get(b"/Resources").cloned()).expect("resources");
            let fonts = held(&file, fonts.get(b"/Font").cloned()).expect("fonts");
            let font = fonts
                .get(b"/F4")
                .and_then(Value::as_reference)
                .expect("a font");
            let font = file.dictionary(font).expect("a font");
            assert_eq!(font.get(b"/BaseFont"), Some(&Value::Atom(b"/F")));
            text(number)
        });
        (streams.collect(), form)
    }

    const BEHIND_TEXT: &str = "Q /Artifact BMC q /Overlay Do Q EMC";

    #[test]
    fn each_page_draws_that_of_the_other_over_its_own() {
        let lower = pages(&["body 1", "body 2", "body 3"]);
        let file = overlay(lower.clone(), &pages(&["head 1", "head 2"])).expect("an overlay");
        assert!(file.starts_with(&lower), "the lower file stays as it is");
        assert_eq!(page_count(&file).expect("a PDF"), 3);
        for (page, body, head) in [(0, "body 1", "head 1"), (1, "body 2", "head 2")] {
            let streams = ["q", body, BEHIND_TEXT].map(str::to_owned).to_vec();
            assert_eq!(drawn(&file, page), (streams, Some(head.to_owned())));
        }
        assert_eq!(drawn(&file, 2), (vec!["body 3".to_owned()], None));
    }

    #[test]
    fn what_is_laid_over_can_be_laid_over_again() {
        let once = overlay(pages(&["body"]), &pages(&["first"])).expect("an overlay");
        let twice = overlay(once, &pages(&["second"])).expect("an overlay");
        let (streams, form) = drawn(&twice, 0);
        assert_eq!(streams, ["q", "q", "body", BEHIND_TEXT, BEHIND_TEXT]);
        assert_eq!(form.as_deref(), Some("second"));
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        assert!(overlay(b"no PDF".to_vec(), &pages(&["head"])).is_err());
        assert!(overlay(pages(&["body"]), b"no PDF").is_err());
        let without_contents = pdf(&[
            "<</Type /Catalog /Pages 2 0 R>>",
            "<</Kids [3 0 R]>>",
            "<</Type /Page>>",
        ]);
        assert!(overlay(pages(&["body"]), &without_contents).is_err());
    }
}
