//! The switches that Chromium is started with, and what in its surroundings asks for more of them.

use std::path::Path;

/// Behaviour alone: none of them changes its speed.
const ALWAYS: [&str; 23] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-popup-blocking",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--disable-ipc-flooding-protection",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-extensions",
    "--mute-audio",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-sync",
    // Its stderr would have every line of every page's console.
    "--enable-logging=none",
];

/// Features that would change what a page is shown, or ask who nobody is there to answer. With `RenderDocument` every
/// document has a frame host of its own: a load in a tab that is used again takes a third more of processor time.
const DISABLED_FEATURES: [&str; 5] = [
    "Translate",
    "MediaRouter",
    "AcceptCHFrame",
    "HttpsUpgrades",
    "RenderDocument",
];
const FEATURES_SWITCH: &str = "--disable-features=";

/// Chromium keeps pictures of pages there; in containers it has 64 MiB.
const SHARED_MEMORY: &str = "/dev/shm";
const LEAST_SHARED_MEMORY: u64 = 512 << 20;

/// All of them; `given` are the user's own, which come last: the last of two counts.
pub(super) fn all(profile: &Path, given: &[String]) -> Vec<String> {
    let mut switches: Vec<String> = ALWAYS.iter().map(|switch| (*switch).to_owned()).collect();
    switches.push(format!("--user-data-dir={}", profile.display()));
    if has_little_shared_memory() {
        switches.push("--disable-dev-shm-usage".to_owned());
    }
    let mut disabled: Vec<&str> = DISABLED_FEATURES.to_vec();
    for switch in given {
        match switch.strip_prefix(FEATURES_SWITCH) {
            // Only the last of them would count.
            Some(features) => disabled.extend(features.split(',')),
            None => switches.push(switch.clone()),
        }
    }
    switches.push(format!("{FEATURES_SWITCH}{}", disabled.join(",")));
    switches
}

#[cfg(target_os = "linux")]
fn has_little_shared_memory() -> bool {
    nix::sys::statvfs::statvfs(SHARED_MEMORY)
        .is_ok_and(|system| system.blocks() * system.fragment_size() < LEAST_SHARED_MEMORY)
}

#[cfg(not(target_os = "linux"))]
fn has_little_shared_memory() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_features_join_ours() {
        let given = ["--lang=de".to_owned(), "--disable-features=A,B".to_owned()];
        let switches = all(Path::new("/p"), &given);
        let features: Vec<&String> = switches
            .iter()
            .filter(|switch| switch.starts_with(FEATURES_SWITCH))
            .collect();
        assert_eq!(features.len(), 1);
        assert!(features[0].ends_with(",RenderDocument,A,B"), "{features:?}");
        assert!(switches.contains(&"--lang=de".to_owned()));
        assert!(switches.contains(&"--user-data-dir=/p".to_owned()));
    }
}
