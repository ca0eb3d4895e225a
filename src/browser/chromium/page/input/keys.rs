//! Keys: numbers of Qt's (`Qt::Key`), or characters.

use serde_json::Value;

/// Qt's keys from here on have no character.
const FIRST_WITHOUT_TEXT: u32 = 0x0100_0000;
const RETURN: u32 = 0x0100_0004;
const ENTER: u32 = 0x0100_0005;
const FIRST_F: u32 = 0x0100_0030;
const LAST_F: u32 = 0x0100_0052;

/// Qt's number, the number that Windows has for it (`KeyboardEvent.keyCode`), and its name (`KeyboardEvent.key`).
const NAMED: [(u32, u32, &str); 26] = [
    (0x0100_0000, 27, "Escape"),
    (0x0100_0001, 9, "Tab"),
    (0x0100_0002, 9, "Tab"),
    (0x0100_0003, 8, "Backspace"),
    (RETURN, 13, "Enter"),
    (ENTER, 13, "Enter"),
    (0x0100_0006, 45, "Insert"),
    (0x0100_0007, 46, "Delete"),
    (0x0100_0008, 19, "Pause"),
    (0x0100_0009, 44, "PrintScreen"),
    (0x0100_000b, 12, "Clear"),
    (0x0100_0010, 36, "Home"),
    (0x0100_0011, 35, "End"),
    (0x0100_0012, 37, "ArrowLeft"),
    (0x0100_0013, 38, "ArrowUp"),
    (0x0100_0014, 39, "ArrowRight"),
    (0x0100_0015, 40, "ArrowDown"),
    (0x0100_0016, 33, "PageUp"),
    (0x0100_0017, 34, "PageDown"),
    (0x0100_0020, 16, "Shift"),
    (0x0100_0021, 17, "Control"),
    (0x0100_0022, 91, "Meta"),
    (0x0100_0023, 18, "Alt"),
    (0x0100_0024, 20, "CapsLock"),
    (0x0100_0025, 144, "NumLock"),
    (0x0100_0026, 145, "ScrollLock"),
];

/// Characters of keys that are neither letters nor digits, on an American keyboard: what such a key gives without and with
/// Shift, and the number that Windows has for it.
const SIGNS: [(char, char, u32); 11] = [
    (';', ':', 186),
    ('=', '+', 187),
    (',', '<', 188),
    ('-', '_', 189),
    ('.', '>', 190),
    ('/', '?', 191),
    ('`', '~', 192),
    ('[', '{', 219),
    ('\\', '|', 220),
    (']', '}', 221),
    ('\'', '"', 222),
];
/// With Shift, those of the digits from 0 on.
const ABOVE_DIGITS: &str = ")!@#$%^&*(";

/// One key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Key {
    /// Its character.
    Text(String),
    /// A key without one: its number on Windows, and its name.
    Named(u32, String),
}

/// The keys that an argument of `sendEvent` means: a number of Qt's, or text.
pub(super) fn of(key: &Value) -> Vec<Key> {
    match key {
        Value::String(text) => text.chars().map(|char| Key::Text(char.into())).collect(),
        Value::Number(number) => {
            let number = number
                .as_u64()
                .and_then(|number| u32::try_from(number).ok());
            number.map(of_qt).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn of_qt(number: u32) -> Key {
    if number < FIRST_WITHOUT_TEXT {
        return match char::from_u32(number) {
            Some(char) => Key::Text(char.into()),
            None => Key::Named(0, "Unidentified".to_owned()),
        };
    }
    if (FIRST_F..=LAST_F).contains(&number) {
        let place = number - FIRST_F;
        return Key::Named(112 + place, format!("F{}", place + 1));
    }
    let (_, code, name) =
        NAMED
            .iter()
            .find(|(qt, ..)| *qt == number)
            .unwrap_or(&(0, 0, "Unidentified"));
    Key::Named(*code, (*name).to_owned())
}

impl Key {
    /// What it writes; nothing for most keys with a name.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            // What a line ends with is that of the key.
            Self::Text(text) if text == "\n" => Some("\r"),
            Self::Text(text) => Some(text),
            Self::Named(13, _) => Some("\r"),
            Self::Named(..) => None,
        }
    }

    /// `KeyboardEvent.key`
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Text(text) if text == "\n" || text == "\r" => "Enter",
            Self::Text(name) | Self::Named(_, name) => name,
        }
    }

    /// `KeyboardEvent.keyCode`; 0 where no key has it.
    pub(super) fn code(&self) -> u32 {
        match self {
            Self::Named(code, _) => *code,
            Self::Text(text) => text.chars().next().map_or(0, code_of),
        }
    }

    /// `KeyboardEvent.code`: where it is on an American keyboard; empty where it is not.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Named(_, name) => name.clone(),
            Self::Text(text) => match text.chars().next() {
                Some(char) if char.is_ascii_alphabetic() => {
                    format!("Key{}", char.to_ascii_uppercase())
                }
                Some(char) if char.is_ascii_digit() => format!("Digit{char}"),
                Some(' ') => "Space".to_owned(),
                _ => String::new(),
            },
        }
    }

    /// The command of an editor that it is together with Control.
    pub(super) fn command(&self) -> Option<&'static str> {
        let Self::Text(text) = self else { return None };
        match text.to_ascii_lowercase().as_str() {
            "a" => Some("selectAll"),
            "c" => Some("copy"),
            "v" => Some("paste"),
            "x" => Some("cut"),
            "y" => Some("redo"),
            "z" => Some("undo"),
            _ => None,
        }
    }
}

fn code_of(char: char) -> u32 {
    if char == '\n' {
        return 13;
    }
    if char.is_ascii_alphanumeric() || char == ' ' || char.is_ascii_control() {
        return char.to_ascii_uppercase().into();
    }
    if let Some(digit) = ABOVE_DIGITS.chars().position(|above| above == char) {
        return u32::from(b'0') + u32::try_from(digit).unwrap_or_default();
    }
    SIGNS
        .iter()
        .find(|(plain, shifted, _)| *plain == char || *shifted == char)
        .map_or(0, |(.., code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn qts_numbers_and_characters_are_keys() {
        let codes = |value: Value| of(&value).iter().map(Key::code).collect::<Vec<_>>();
        assert_eq!(codes(json!("aB1")), [65, 66, 49]);
        assert_eq!(codes(json!(65)), [65]);
        assert_eq!(codes(json!("!?;\n")), [49, 191, 186, 13]);
        assert_eq!(codes(json!(0x0100_0003)), [8]);
        assert_eq!(codes(json!(0x0100_0030)), [112]);
        assert_eq!(codes(json!(0x01ff_ffff)), [0]);
        assert!(of(&json!({})).is_empty());
        let written = |value: Value| of(&value)[0].text().map(str::to_owned);
        assert_eq!(written(json!(65)).as_deref(), Some("A"));
        assert_eq!(written(json!("ä")).as_deref(), Some("ä"));
        assert_eq!(written(json!(0x0100_0012)), None);
        assert_eq!(written(json!(RETURN)).as_deref(), Some("\r"));
    }
}
