//! What to do about a Chromium that ended at its start, by what it said.

/// What leads to the advice (": "), or nothing where none is known.
pub(super) fn advice(output: &str) -> String {
    let known = [
        (
            "Running as root without --no-sandbox",
            "as root it runs without its sandbox alone: run as another user, or give it browserArguments: [\"--no-sandbox\"]",
        ),
        (
            "No usable sandbox",
            "the system lets it make no sandbox: allow unprivileged user namespaces, or give it browserArguments: [\"--no-sandbox\"]",
        ),
        (
            "error while loading shared libraries",
            "a library is missing: install the one that it names",
        ),
    ];
    known
        .iter()
        .find(|(said, _)| output.contains(said))
        .map_or_else(String::new, |(_, advice)| format!(": {advice}"))
}
