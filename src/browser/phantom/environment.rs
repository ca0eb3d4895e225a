//! The environment that PhantomJS runs in, where the one that we have would slow it down or end it.

use std::ffi::OsString;
use std::path::Path;

use tokio::process::Command;

/// OpenSSL's default directories of certificates: naming one adds no trust, but makes PhantomJS read every file in it
/// again for each page (23 ms instead of 0.6 ms on Debian).
const DEFAULT_CERTIFICATES: [&str; 4] = [
    "/etc/ssl/certs",
    "/usr/lib/ssl/certs",
    "/usr/local/ssl/certs",
    "/etc/pki/tls/certs",
];

/// The system's time zone, as it is without TZ.
const LOCAL_TIME: &str = "/etc/localtime";

/// Sets and removes variables of `command`, beside those that this process has.
pub(super) fn adapt(command: &mut Command) {
    if names_default_certificates(std::env::var_os("SSL_CERT_DIR")) {
        let _ = command.env_remove("SSL_CERT_DIR");
    }
    // PhantomJS's OpenSSL is of 2016 and gives up on the configuration files of today's systems.
    if std::env::var_os("OPENSSL_CONF").is_none() && cfg!(unix) {
        let _ = command.env("OPENSSL_CONF", "/dev/null");
    }
    // PhantomJS spells file names in the locale's encoding, and containers often have none: "é.png" became "?.png".
    if cfg!(target_os = "linux") && !is_utf8_locale(|name| std::env::var(name).ok()) {
        let _ = command.env("LC_ALL", "C.UTF-8");
    }
    // Without it glibc looks at that file, under a lock, each time a time is made local (tzset(3)): ninety times for a page.
    if std::env::var_os("TZ").is_none() && Path::new(LOCAL_TIME).exists() {
        let _ = command.env("TZ", format!(":{LOCAL_TIME}"));
    }
}

/// Whether the locale in force for characters (locale(7)) is one of UTF-8.
fn is_utf8_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
}

fn names_default_certificates(directory: Option<OsString>) -> bool {
    directory.is_some_and(|directory| {
        let directory = Path::new(&directory);
        // Compared by components, so that a trailing slash makes no difference.
        DEFAULT_CERTIFICATES
            .iter()
            .any(|default| directory == Path::new(default))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_certificate_directory_is_recognised() {
        for (directory, expected) in [
            (None, false),
            (Some("/etc/ssl/certs"), true),
            (Some("/etc/ssl/certs/"), true),
            (Some("/home/me/certs"), false),
        ] {
            assert_eq!(
                names_default_certificates(directory.map(OsString::from)),
                expected,
                "{directory:?}"
            );
        }
    }

    #[test]
    fn the_locale_in_force_is_the_first_that_is_set() {
        let is_utf8 = |variables: &[(&str, &str)]| {
            let variables: std::collections::HashMap<_, _> = variables.iter().copied().collect();
            is_utf8_locale(|name| variables.get(name).map(|value| (*value).to_owned()))
        };
        assert!(!is_utf8(&[]));
        assert!(!is_utf8(&[("LANG", "C")]));
        assert!(is_utf8(&[("LANG", "de_DE.UTF-8")]));
        assert!(is_utf8(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(!is_utf8(&[("LC_ALL", "C"), ("LANG", "C.UTF-8")]));
    }
}
