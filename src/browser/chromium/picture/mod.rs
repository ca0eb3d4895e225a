//! Pictures: which formats there are, how those are made that Chromium does not make, and how they get into a file.
//!
//! Names, quality and what a file's name says are as PhantomJS 2.1.1 has them, by trying.

mod convert;
mod file;
mod quality;

pub(super) use convert::convert;
pub(super) use file::write;
pub(super) use quality::Quality;

/// What a page can be rendered as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    Png,
    Jpeg,
    WebP,
    Bmp,
    Gif,
    /// Portable pixmap, colours.
    Ppm,
    /// Portable graymap.
    Pgm,
    Pdf,
}

/// Why there is no such picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoFormat {
    /// PhantomJS makes it, and we do not.
    Unsupported,
    /// Nobody makes it.
    Unknown,
}

impl Format {
    /// By its name, in small or capital letters.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub(super) fn named(name: &str) -> Result<Self, NoFormat> {
        match name.to_ascii_lowercase().as_str() {
            "png" => Ok(Self::Png),
            "jpg" | "jpeg" => Ok(Self::Jpeg),
            "webp" => Ok(Self::WebP),
            "bmp" => Ok(Self::Bmp),
            "gif" => Ok(Self::Gif),
            "ppm" => Ok(Self::Ppm),
            "pgm" => Ok(Self::Pgm),
            "pdf" => Ok(Self::Pdf),
            "pbm" | "xbm" | "xpm" | "ico" | "cur" => Err(NoFormat::Unsupported),
            _ => Err(NoFormat::Unknown),
        }
    }

    /// By the ending of a file's name.
    ///
    /// # Errors
    /// Where it cannot be made, or the name has none.
    pub(super) fn of_file(path: &str) -> Result<Self, NoFormat> {
        let name = path.rsplit(['/', std::path::MAIN_SEPARATOR]).next();
        match name.and_then(|name| name.rsplit_once('.')) {
            Some((_, ending)) => Self::named(ending),
            None => Err(NoFormat::Unknown),
        }
    }

    /// What `Page.captureScreenshot` is to make for it.
    pub(super) fn captured_as(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::WebP => "webp",
            _ => "png",
        }
    }

    /// Whether the browser makes it, so that its bytes go on as they are.
    pub(super) fn is_captured(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::WebP | Self::Pdf)
    }

    /// Whether what the page does not paint is transparent; it is white otherwise.
    pub(super) fn is_transparent(self) -> bool {
        matches!(self, Self::Png | Self::WebP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_phantomjs_and_what_is_new() {
        let made = [
            "png", "PNG", "jpg", "jPeG", "BMP", "ppm", "pgm", "pdf", "gif", "webp",
        ];
        assert!(made.iter().all(|name| Format::named(name).is_ok()));
        for name in ["pbm", "xbm", "XPM", "ico", "cur"] {
            assert_eq!(Format::named(name), Err(NoFormat::Unsupported));
        }
        for name in ["tiff", "svg", "unknown", "", "0", " png", "png "] {
            assert_eq!(Format::named(name), Err(NoFormat::Unknown), "{name}");
        }
    }

    #[test]
    fn a_file_says_by_its_ending_what_it_is() {
        assert_eq!(Format::of_file("/tmp/a.b/é.JPG"), Ok(Format::Jpeg));
        assert_eq!(Format::of_file("a.tar.pdf"), Ok(Format::Pdf));
        for path in ["", "png", "/tmp/a.png/file", "/tmp/a.", "/tmp/a.png/"] {
            assert_eq!(Format::of_file(path), Err(NoFormat::Unknown), "{path}");
        }
    }
}
