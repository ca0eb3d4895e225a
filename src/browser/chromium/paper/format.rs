//! The papers that have a name.

use super::length::INCH;

const MM: f64 = INCH / 25.4;

/// Those of PhantomJS's documentation first, then what Qt knows besides. mm.
const FORMATS: [(&str, f64, f64); 30] = [
    ("a3", 297.0, 420.0),
    ("a4", 210.0, 297.0),
    ("a5", 148.0, 210.0),
    ("legal", 215.9, 355.6),
    ("letter", 215.9, 279.4),
    ("tabloid", 279.4, 431.8),
    ("a0", 841.0, 1189.0),
    ("a1", 594.0, 841.0),
    ("a2", 420.0, 594.0),
    ("a6", 105.0, 148.0),
    ("a7", 74.0, 105.0),
    ("a8", 52.0, 74.0),
    ("a9", 37.0, 52.0),
    ("b0", 1000.0, 1414.0),
    ("b1", 707.0, 1000.0),
    ("b2", 500.0, 707.0),
    ("b3", 353.0, 500.0),
    ("b4", 250.0, 353.0),
    ("b5", 176.0, 250.0),
    ("b6", 125.0, 176.0),
    ("b7", 88.0, 125.0),
    ("b8", 62.0, 88.0),
    ("b9", 44.0, 62.0),
    ("b10", 31.0, 44.0),
    ("c5e", 162.0, 229.0),
    ("comm10e", 105.0, 241.0),
    ("dle", 110.0, 220.0),
    ("executive", 190.5, 254.0),
    ("folio", 210.0, 330.0),
    ("ledger", 431.8, 279.4),
];

/// Width and height in points, held upright; none for a name that nobody knows. Capital letters do not matter.
pub(super) fn named(name: &str) -> Option<(f64, f64)> {
    let name = name.to_ascii_lowercase();
    let found = FORMATS.iter().find(|(known, ..)| *known == name);
    found.map(|(_, width, height)| (width * MM, height * MM))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the MediaBox of PhantomJS's PDF is.
    #[test]
    fn sizes_are_those_of_phantomjs() {
        for (name, width, height) in [
            ("A3", 842.0, 1191.0),
            ("A4", 595.0, 842.0),
            ("a5", 420.0, 595.0),
            ("Legal", 612.0, 1008.0),
            ("Letter", 612.0, 792.0),
            ("Tabloid", 792.0, 1224.0),
            ("B5", 499.0, 709.0),
        ] {
            let (wide, high) = named(name).expect("known");
            assert_eq!((wide.round(), high.round()), (width, height), "{name}");
        }
        assert_eq!(named("x"), None);
    }
}
