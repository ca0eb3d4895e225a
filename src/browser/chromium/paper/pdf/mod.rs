//! PDF as Chromium writes it, as far as one is to be laid over another.
//!
//! Its files are simple: a table of objects, each by itself. A library that reads all there are (`lopdf`) makes the addon
//! 1 MB larger.

mod overlay;
mod value;

use thiserror::Error;

pub(in crate::browser::chromium) use overlay::overlay;
use value::{Dictionary, Reader, Value};

/// Why a PDF cannot be read.
#[derive(Debug, Error)]
pub(in crate::browser::chromium) enum PdfError {
    #[error("the browser's PDF has no {wanted} at byte {at}")]
    Unexpected { wanted: &'static str, at: usize },
    #[error("the browser's PDF has no object {0}")]
    NoObject(usize),
    #[error("object {0} of the browser's PDF is no {1}")]
    Other(usize, &'static str),
}

/// A PDF that is in memory.
#[derive(Debug)]
struct Pdf<'a> {
    bytes: &'a [u8],
    /// Where each object begins, by its number; 0 for none.
    places: Vec<usize>,
    /// Where the table of objects is.
    table: usize,
    trailer: Dictionary<'a>,
}

/// An object, with its bytes where it is a stream.
#[derive(Debug)]
struct Object<'a> {
    value: Value<'a>,
    stream: Option<&'a [u8]>,
}

impl<'a> Pdf<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, PdfError> {
        let end = bytes.len().saturating_sub(64);
        let mark = bytes[end..]
            .windows(9)
            .rposition(|word| word == b"startxref");
        let mark = mark.ok_or(PdfError::Unexpected {
            wanted: "startxref",
            at: bytes.len(),
        })?;
        let mut reader = Reader::new(bytes, end + mark);
        reader.demand("startxref")?;
        let table = reader.number()?;
        let mut places = Vec::new();
        let trailer = read_table(bytes, table, &mut places)?;
        let mut older = previous(&trailer);
        let mut last = table;
        // A table comes behind those before it.
        while let Some(place) = older.filter(|place| *place < last) {
            older = previous(&read_table(bytes, place, &mut places)?);
            last = place;
        }
        Ok(Self {
            bytes,
            places,
            table,
            trailer,
        })
    }

    /// The first number that no object has.
    fn size(&self) -> usize {
        self.places.len()
    }

    fn numbers(&self) -> impl Iterator<Item = usize> {
        let used = self.places.iter().enumerate();
        used.filter(|(_, place)| **place > 0)
            .map(|(number, _)| number)
    }

    fn object(&self, number: usize) -> Result<Object<'a>, PdfError> {
        let place = self.places.get(number).filter(|place| **place > 0);
        let place = *place.ok_or(PdfError::NoObject(number))?;
        let mut reader = Reader::new(self.bytes, place);
        let (_, _) = (reader.number()?, reader.number()?);
        reader.demand("obj")?;
        let value = reader.value()?;
        let stream = match &value {
            Value::Dictionary(dictionary) if reader.takes(b"stream") => {
                Some(self.stream(dictionary, reader.at(), number)?)
            }
            _ => None,
        };
        Ok(Object { value, stream })
    }

    fn stream(
        &self,
        dictionary: &Dictionary<'a>,
        behind: usize,
        number: usize,
    ) -> Result<&'a [u8], PdfError> {
        let length = dictionary.get(b"/Length").and_then(Value::as_number);
        let line = match self.bytes.get(behind..) {
            Some([b'\r', b'\n', ..]) => 2,
            _ => 1,
        };
        let start = behind + line;
        let bytes = length.and_then(|length| self.bytes.get(start..start.checked_add(length)?));
        bytes.ok_or(PdfError::Other(number, "whole stream"))
    }

    fn dictionary(&self, number: usize) -> Result<Dictionary<'a>, PdfError> {
        match self.object(number)?.value {
            Value::Dictionary(dictionary) => Ok(dictionary),
            _ => Err(PdfError::Other(number, "dictionary")),
        }
    }

    /// The objects of all pages, in order.
    fn pages(&self) -> Result<Vec<usize>, PdfError> {
        let reference = |dictionary: &Dictionary<'a>, name: &[u8]| {
            dictionary.get(name).and_then(Value::as_reference)
        };
        let root = reference(&self.trailer, b"/Root").ok_or(PdfError::NoObject(0))?;
        let tree = reference(&self.dictionary(root)?, b"/Pages");
        let mut pages = Vec::new();
        // Each is looked at once: a tree that leads back to itself ends.
        let mut left = self.size();
        let mut waiting: Vec<usize> = vec![tree.ok_or(PdfError::Other(root, "catalog"))?];
        while let Some(number) = waiting.pop() {
            if left == 0 {
                return Err(PdfError::Other(number, "tree"));
            }
            left -= 1;
            match self.dictionary(number)?.take(b"/Kids") {
                Some(Value::Array(kids)) => {
                    let kids = kids.iter().rev().filter_map(Value::as_reference);
                    waiting.extend(kids);
                }
                _ => pages.push(number),
            }
        }
        Ok(pages)
    }
}

fn previous(trailer: &Dictionary<'_>) -> Option<usize> {
    trailer.get(b"/Prev").and_then(Value::as_number)
}

/// Reads a table of objects with its trailer. Objects that are known are newer.
fn read_table<'a>(
    bytes: &'a [u8],
    at: usize,
    places: &mut Vec<usize>,
) -> Result<Dictionary<'a>, PdfError> {
    let mut reader = Reader::new(bytes, at);
    reader.demand("xref")?;
    while !reader.takes(b"trailer") {
        let (first, count) = (reader.number()?, reader.number()?);
        for number in first..first.saturating_add(count) {
            let (place, _) = (reader.number()?, reader.number()?);
            if !reader.takes(b"n") {
                reader.demand("f")?;
                continue;
            }
            // No more of them than the file has bytes.
            if number >= places.len() && number < bytes.len() {
                places.resize(number + 1, 0);
            }
            if let Some(entry) = places.get_mut(number).filter(|entry| **entry == 0) {
                *entry = place;
            }
        }
    }
    match reader.value()? {
        Value::Dictionary(trailer) => Ok(trailer),
        _ => Err(PdfError::Unexpected {
            wanted: "trailer",
            at,
        }),
    }
}

/// How many pages a PDF has.
///
/// # Errors
/// Where it is none that Chromium would write.
pub(in crate::browser::chromium) fn page_count(bytes: &[u8]) -> Result<usize, PdfError> {
    Ok(Pdf::read(bytes)?.pages()?.len())
}

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod tests {
    use super::fixture::pdf;
    use super::*;

    #[test]
    fn pages_are_counted_through_the_tree_and_in_order() {
        let tree = pdf(&[
            "<</Type /Catalog /Pages 2 0 R>>",
            "<</Type /Pages /Kids [3 0 R 4 0 R 7 0 R]>>",
            "<</Type /Page>>",
            "<</Type /Pages /Kids [6 0 R 5 0 R]>>",
            "<</Type /Page>>",
            "<</Type /Page>>",
            "<</Type /Page>>",
        ]);
        assert_eq!(page_count(&tree).expect("a PDF"), 4);
        let pages = Pdf::read(&tree).expect("a PDF").pages();
        assert_eq!(pages.expect("pages"), [3, 6, 5, 7]);
    }

    #[test]
    fn a_stream_is_as_long_as_it_says() {
        let file = pdf(&["<</Length 9>> stream\nendstream\nendstream"]);
        let read = Pdf::read(&file).expect("a PDF");
        assert_eq!(
            read.object(1).expect("there").stream,
            Some(b"endstream".as_slice())
        );
        let long = pdf(&["<</Length 99999>> stream\nx\nendstream"]);
        let read = Pdf::read(&long).expect("a PDF");
        assert!(matches!(read.object(1), Err(PdfError::Other(1, _))));
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        let circle = pdf(&[
            "<</Type /Catalog /Pages 2 0 R>>",
            "<</Type /Pages /Kids [2 0 R 2 0 R]>>",
        ]);
        let whole = pdf(&["<</Type /Catalog /Pages 2 0 R>>", "<</Kids []>>"]);
        let cut = &whole[..whole.len() - 12];
        let no_pages = pdf(&["<</Type /Catalog>>"]);
        let lost = pdf(&["<</Pages 9 0 R>>"]);
        let huge = b"xref\n0 99999999999\ntrailer\n<<>>\nstartxref\n0\n%%EOF".as_slice();
        for bytes in [
            &[],
            b"%PDF-1.4".as_slice(),
            &circle,
            cut,
            &no_pages,
            &lost,
            huge,
        ] {
            assert!(
                page_count(bytes).is_err(),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
        assert_eq!(page_count(&whole).expect("a PDF"), 0);
    }
}
