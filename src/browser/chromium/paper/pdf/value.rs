//! Values of a PDF (ISO 32000-1, 7.3), as far as they are to be moved: what is in a string, a name or a number is of no
//! interest.

use super::PdfError;

/// Deeper than anything that a browser writes.
const DEEPEST: usize = 64;

/// One value. Names have their slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Value<'a> {
    /// A number, a name, a string, true, false or null.
    Atom(&'a [u8]),
    /// Another object, by its number. Generations are for files that were changed; a browser's are new.
    Reference(usize),
    Array(Vec<Self>),
    Dictionary(Dictionary<'a>),
}

/// Names and values, in their order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Dictionary<'a>(Vec<(&'a [u8], Value<'a>)>);

impl<'a> Dictionary<'a> {
    pub(super) fn get(&self, name: &[u8]) -> Option<&Value<'a>> {
        let found = self.0.iter().find(|(found, _)| *found == name);
        found.map(|(_, value)| value)
    }

    pub(super) fn take(&mut self, name: &[u8]) -> Option<Value<'a>> {
        let place = self.0.iter().position(|(found, _)| *found == name)?;
        Some(self.0.remove(place).1)
    }

    pub(super) fn set(&mut self, name: &'a [u8], value: Value<'a>) {
        let _ = self.take(name);
        self.0.push((name, value));
    }
}

impl<'a> Value<'a> {
    pub(super) fn as_reference(&self) -> Option<usize> {
        match self {
            Self::Reference(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn as_number(&self) -> Option<usize> {
        match self {
            Self::Atom(atom) => std::str::from_utf8(atom).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// Numbers all references anew.
    pub(super) fn renumber(&mut self, by: usize) {
        match self {
            Self::Atom(_) => {}
            Self::Reference(number) => *number += by,
            Self::Array(values) => values.iter_mut().for_each(|value| value.renumber(by)),
            Self::Dictionary(dictionary) => {
                let values = dictionary.0.iter_mut();
                values.for_each(|(_, value)| value.renumber(by));
            }
        }
    }

    pub(super) fn write(&self, file: &mut Vec<u8>) {
        match self {
            Self::Atom(atom) => file.extend(*atom),
            Self::Reference(number) => file.extend(format!("{number} 0 R").bytes()),
            Self::Array(values) => {
                file.push(b'[');
                for value in values {
                    value.write(file);
                    file.push(b' ');
                }
                file.push(b']');
            }
            Self::Dictionary(dictionary) => {
                file.extend(b"<<");
                for (name, value) in &dictionary.0 {
                    file.extend(*name);
                    file.push(b' ');
                    value.write(file);
                    file.push(b'\n');
                }
                file.extend(b">>");
            }
        }
    }
}

/// Reads values one after the other.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn wrong(&self, wanted: &'static str) -> PdfError {
        PdfError::Unexpected {
            wanted,
            at: self.at,
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.rest().first() {
            match byte {
                0 | b'\t' | b'\n' | 12 | b'\r' | b' ' => self.at += 1,
                b'%' => self.skip_while(|byte| byte != b'\n' && byte != b'\r'),
                _ => return,
            }
        }
    }

    fn skip_while(&mut self, holds: impl Fn(u8) -> bool) {
        let rest = self.rest();
        let found = rest.iter().position(|byte| !holds(*byte));
        self.at += found.unwrap_or(rest.len());
    }

    /// Goes on behind a word, where it is there.
    pub(super) fn takes(&mut self, word: &[u8]) -> bool {
        self.skip_space();
        let is_there = self.rest().starts_with(word);
        if is_there {
            self.at += word.len();
        }
        is_there
    }

    pub(super) fn demand(&mut self, word: &'static str) -> Result<(), PdfError> {
        if self.takes(word.as_bytes()) {
            return Ok(());
        }
        Err(self.wrong(word))
    }

    pub(super) fn number(&mut self) -> Result<usize, PdfError> {
        self.skip_space();
        let start = self.at;
        self.skip_while(|byte| byte.is_ascii_digit());
        let digits = std::str::from_utf8(&self.bytes[start..self.at]);
        let number = digits.ok().and_then(|digits| digits.parse().ok());
        number.ok_or_else(|| self.wrong("a number"))
    }

    pub(super) fn value(&mut self) -> Result<Value<'a>, PdfError> {
        self.value_at(0)
    }

    fn value_at(&mut self, depth: usize) -> Result<Value<'a>, PdfError> {
        if depth > DEEPEST {
            return Err(self.wrong("fewer values in each other"));
        }
        self.skip_space();
        let start = self.at;
        match self.rest() {
            [b'<', b'<', ..] => self.dictionary(depth),
            [b'[', ..] => self.array(depth),
            [b'<', ..] => {
                self.skip_while(|byte| byte != b'>');
                self.demand(">")?;
                Ok(Value::Atom(&self.bytes[start..self.at]))
            }
            [b'(', ..] => self.string(),
            [b'/', ..] => Ok(Value::Atom(self.name()?)),
            [byte, ..] if byte.is_ascii_digit() => {
                Ok(self.reference().unwrap_or_else(|| self.atom()))
            }
            [byte, ..] if is_regular(*byte) => Ok(self.atom()),
            _ => Err(self.wrong("a value")),
        }
    }

    fn atom(&mut self) -> Value<'a> {
        let start = self.at;
        self.skip_while(is_regular);
        Value::Atom(&self.bytes[start..self.at])
    }

    fn name(&mut self) -> Result<&'a [u8], PdfError> {
        self.skip_space();
        let start = self.at;
        self.demand("/")?;
        self.skip_while(is_regular);
        Ok(&self.bytes[start..self.at])
    }

    /// `12 0 R`; none where it is a number alone.
    fn reference(&mut self) -> Option<Value<'a>> {
        let start = self.at;
        let number = self.number().ok();
        let is_reference = number.is_some()
            && self.number().is_ok()
            && {
                self.skip_space();
                matches!(self.rest(), [b'R', rest @ ..] if !rest.first().is_some_and(|byte| is_regular(*byte)))
            };
        if !is_reference {
            self.at = start;
            return None;
        }
        self.at += 1;
        number.map(Value::Reference)
    }

    fn string(&mut self) -> Result<Value<'a>, PdfError> {
        let start = self.at;
        let mut open = 0;
        while let Some(byte) = self.rest().first() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Ok(Value::Atom(&self.bytes[start..self.at]));
            }
        }
        Err(self.wrong(")"))
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, PdfError> {
        self.demand("[")?;
        let mut values = Vec::new();
        while !self.takes(b"]") {
            values.push(self.value_at(depth + 1)?);
        }
        Ok(Value::Array(values))
    }

    fn dictionary(&mut self, depth: usize) -> Result<Value<'a>, PdfError> {
        self.demand("<<")?;
        let mut entries = Vec::new();
        while !self.takes(b">>") {
            let name = self.name()?;
            entries.push((name, self.value_at(depth + 1)?));
        }
        Ok(Value::Dictionary(Dictionary(entries)))
    }
}

/// A part of a name, a number or a word.
fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'\t'
            | b'\n'
            | 12
            | b'\r'
            | b' '
            | b'('
            | b')'
            | b'<'
            | b'>'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'/'
            | b'%'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value<'_>, PdfError> {
        Reader::new(text.as_bytes(), 0).value()
    }

    fn written(text: &str, by: usize) -> String {
        let mut value = read(text).expect("a value");
        value.renumber(by);
        let mut file = Vec::new();
        value.write(&mut file);
        String::from_utf8(file).expect("text").replace('\n', " ")
    }

    #[test]
    fn references_are_numbered_anew_and_all_else_stays() {
        let text =
            r"<</A [1 2 0 R 3 4]/B(x \) (y 5 0 R))/C<0a>/D/E#20/F<</G 1 0 R>>/H -.5/I true>>";
        let expected = r"<</A [1 12 0 R 3 4 ] /B (x \) (y 5 0 R)) /C <0a> /D /E#20 /F <</G 11 0 R >> /H -.5 /I true >>";
        assert_eq!(written(text, 10), expected);
        assert_eq!(written("[0 0 612 792]", 10), "[0 0 612 792 ]");
        assert_eq!(
            written("[7 0 R%comment 1 0 R\n8 0 Rx]", 1),
            "[8 0 R 8 0 Rx ]"
        );
    }

    #[test]
    fn what_is_none_says_where() {
        for text in ["", "<</A", "[1", "(a", "<0", ">", "]", "<<A 1>>"] {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(read(&deep).is_err());
    }

    #[test]
    fn a_dictionary_is_changed_by_name() {
        let Ok(Value::Dictionary(mut dictionary)) = read("<</A 1/AB 2>>") else {
            panic!("a dictionary");
        };
        assert_eq!(dictionary.get(b"/A"), Some(&Value::Atom(b"1")));
        assert_eq!(dictionary.get(b"/B"), None);
        dictionary.set(b"/A", Value::Reference(3));
        assert_eq!(dictionary.take(b"/A"), Some(Value::Reference(3)));
        assert_eq!(dictionary.take(b"/A"), None);
    }
}
