//! What to do about a PhantomJS that did not start.

use std::collections::HashMap;

use serde::Deserialize;

/// The packages that bring the shared libraries that PhantomJS needs. The command line's `doctor` reads it too.
const LIBRARIES: &str = include_str!("../../../lib/browser/libraries.json");

/// The names of one library's package.
#[derive(Debug, Deserialize)]
struct Package {
    debian: String,
    fedora: String,
}

/// The package that brings a shared library that PhantomJS misses, by what it said; empty when it misses none.
pub(super) fn advice(said: &str) -> String {
    let library = said
        .split("error while loading shared libraries: ")
        .nth(1)
        .and_then(|rest| rest.split(':').next());
    let Some(library) = library else {
        return String::new();
    };
    let missing = format!(": the system library {library} is missing");
    match package_of(library) {
        Some(Package { debian, fedora }) => format!(
            "{missing}; install the package {debian} (Debian, Ubuntu) or {fedora} (Fedora, Alpine)"
        ),
        None => missing,
    }
}

fn package_of(library: &str) -> Option<Package> {
    let mut packages: HashMap<String, Package> = serde_json::from_str(LIBRARIES).ok()?;
    packages.remove(library.split(".so").next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_named_with_its_package() {
        let missing = |library: &str| {
            advice(&format!(
                "phantomjs: error while loading shared libraries: {library}: cannot open shared object file: No such file or directory"
            ))
        };
        assert_eq!(
            missing("libfontconfig.so.1"),
            ": the system library libfontconfig.so.1 is missing; install the package libfontconfig1 (Debian, Ubuntu) or fontconfig (Fedora, Alpine)"
        );
        assert_eq!(
            missing("libnever.so.1"),
            ": the system library libnever.so.1 is missing"
        );
        assert_eq!(advice("Error: Unknown option: x"), "");
    }
}
