//! Starting PhantomJS with our driver in it, and saying clearly why it did not start.

use std::ffi::OsString;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tracing::{debug, info, warn};

use super::file_types;
use super::output::{Tail, forward};
use super::process::Process;
use crate::webdriver::Endpoint;
use crate::{lived, secret, shortage};

/// Printed by driver/main.js once it listens.
const READY_MARK: &str = "phantom-cluster-driver-ready ";
/// Exit code of driver/main.js when another process took the port between our look and its own.
const EXIT_PORT_TAKEN: i32 = 98;
/// How many ports are looked at from the base upward.
const PORTS: u16 = 2000;
/// What is left in the pipes of a process that ended is read within this time.
pub(super) const OUTPUT_DEADLINE: Duration = Duration::from_secs(1);
/// Lines shown of the beginning and of the end of what PhantomJS said.
const SHOWN_LINES: usize = 4;
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

/// How to start PhantomJS.
#[derive(Clone, Debug)]
pub(crate) struct LaunchOptions {
    pub(crate) binary: PathBuf,
    /// PhantomJS's own switches.
    pub(crate) arguments: Vec<String>,
    /// driver/main.js
    pub(crate) driver: PathBuf,
    /// What [`share_file_types`](super::share_file_types) made for all of an engine.
    pub(crate) file_types: Option<PathBuf>,
    /// First port to try.
    pub(crate) base_port: u16,
    /// How long it may take until it listens.
    pub(crate) start_timeout: Duration,
    /// For how long a page's script may keep it from answering anything.
    pub(crate) silence_limit: Duration,
}

/// Why PhantomJS did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LaunchError {
    #[error("cannot run PhantomJS at {binary}: {source}")]
    Spawn {
        binary: String,
        #[source]
        source: io::Error,
    },
    #[error("cannot start PhantomJS: {source}; {remedy}")]
    Shortage {
        remedy: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("PhantomJS at {binary} ended at its start ({how}){remedy}{output}")]
    Exited {
        binary: String,
        how: String,
        remedy: String,
        output: String,
    },
    #[error("PhantomJS at {binary} did not listen within {} ms{output}", .limit.as_millis())]
    Silent {
        binary: String,
        limit: Duration,
        output: String,
    },
    #[error("no free port from {from} to {to}: set phantomBasePort to a free range")]
    NoPort { from: u16, to: u16 },
    #[error(transparent)]
    WebDriver(#[from] crate::webdriver::WebDriverError),
}

impl LaunchError {
    fn spawn(binary: &str, source: io::Error) -> Self {
        match shortage::remedy(&source) {
            Some(remedy) => Self::Shortage { remedy, source },
            None => Self::Spawn {
                binary: binary.to_owned(),
                source,
            },
        }
    }
}

/// Which of PhantomJS's outputs a text came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Output {
    Stdout,
    Stderr,
}

/// A PhantomJS that listens.
#[derive(Debug)]
pub(crate) struct Launched {
    pub(crate) process: Process,
    /// PhantomJS's own: the process may be a script that started it.
    pub(crate) pid: u32,
    pub(crate) endpoint: Endpoint,
    pub(crate) port: u16,
    pub(crate) outputs: [JoinHandle<()>; 2],
    pub(crate) tails: Arc<Tails>,
}

/// The ends of both outputs.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    stdout: Tail,
    stderr: Tail,
}

impl Tails {
    /// What PhantomJS said last: on stderr, or else on stdout, where it puts some of its errors.
    pub(crate) fn text(&self) -> String {
        let text = self.stderr.text();
        shorten(if text.is_empty() {
            without_ready_mark(&self.stdout.text())
        } else {
            text
        })
    }
}

/// The ready line tells nothing about an end.
fn without_ready_mark(text: &str) -> String {
    text.split_inclusive('\n')
        .filter(|line| !line.starts_with(READY_MARK))
        .collect()
}

/// The first and last lines of a long text: a usage text begins with what is wrong, a crash ends with it.
fn shorten(text: String) -> String {
    let lines: Vec<_> = text.lines().collect();
    if lines.len() <= 2 * SHOWN_LINES {
        return text;
    }
    let (first, last) = (&lines[..SHOWN_LINES], &lines[lines.len() - SHOWN_LINES..]);
    [first, &["…"], last].concat().join("\n")
}

/// Starts PhantomJS on the first free port from `base_port` upward. Must run on a thread of the runtime.
///
/// # Errors
/// [`LaunchError`], with what PhantomJS printed.
pub(crate) async fn launch(
    options: &LaunchOptions,
    on_output: impl Fn(Output, String) + Clone + Send + Sync + 'static,
) -> Result<Launched, LaunchError> {
    let mut port = options.base_port;
    loop {
        port = free_port(port, options.base_port)?;
        match launch_at(options, port, on_output.clone()).await? {
            Some(launched) => return Ok(launched),
            None => port = port.saturating_add(1),
        }
    }
}

/// None when the port was taken by another after all.
async fn launch_at(
    options: &LaunchOptions,
    port: u16,
    on_output: impl Fn(Output, String) + Clone + Send + Sync + 'static,
) -> Result<Option<Launched>, LaunchError> {
    let token = secret::random();
    let binary = options.binary.display().to_string();
    let mut process = Process::spawn(command(options, port, &token))
        .map_err(|source| LaunchError::spawn(&binary, source))?;
    let (since, pid) = (Instant::now(), process.id());
    debug!(pid, port, binary, "PhantomJS launched");
    let tails = Arc::new(Tails::default());
    let (ready, mut listening) = oneshot::channel();
    let outputs = watch_outputs(&mut process, &tails, ready, on_output);
    let started = tokio::select! {
        biased;
        Ok(said) = &mut listening => Ok(said),
        status = process.wait() => Err(status),
        () = lived::sleep(options.start_timeout) => {
            warn!(pid, port, "PhantomJS killed: it did not listen in time");
            process.kill_handle().kill();
            let _ = process.wait().await;
            return Err(LaunchError::Silent {
                binary,
                limit: options.start_timeout,
                output: said(&tails),
            });
        }
    };
    let ms = since.elapsed().as_millis() as u64;
    let ended = match started {
        Ok(said) => {
            let pid = process.guard(said, &token).await;
            info!(pid, port, ms, "PhantomJS ready");
            return Ok(Some(Launched {
                process,
                pid,
                endpoint: Endpoint::new(port, &token),
                port,
                outputs,
                tails,
            }));
        }
        Err(ended) => ended,
    };
    for output in outputs {
        // A process that left the group may hold them open.
        let _ = timeout(OUTPUT_DEADLINE, output).await;
    }
    let how = ended.as_ref().ok().copied().map(describe);
    debug!(pid, port, ms, how, "PhantomJS ended at its start");
    match ended {
        Ok(status) if status.code() == Some(EXIT_PORT_TAKEN) => Ok(None),
        Ok(status) => Err(LaunchError::Exited {
            binary,
            how: describe(status),
            remedy: remedy(&tails.text()),
            output: said(&tails),
        }),
        Err(source) => Err(LaunchError::spawn(&binary, source)),
    }
}

fn command(options: &LaunchOptions, port: u16, token: &str) -> Command {
    let mut command = Command::new(&options.binary);
    let _ = command
        .args(&options.arguments)
        .arg(&options.driver)
        .arg(port.to_string())
        .env("PHANTOM_CLUSTER_TOKEN", token);
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
    if let Some(directory) = &options.file_types {
        let current = std::env::var_os("XDG_DATA_DIRS");
        if let Some(dirs) = file_types::data_dirs(current, directory, &options.arguments) {
            let _ = command.env("XDG_DATA_DIRS", dirs);
        }
    }
    command
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

fn watch_outputs(
    process: &mut Process,
    tails: &Arc<Tails>,
    ready: oneshot::Sender<Option<u32>>,
    on_output: impl Fn(Output, String) + Clone + Send + Sync + 'static,
) -> [JoinHandle<()>; 2] {
    let (stdout, stderr) = process.outputs();
    let (out_tails, err_tails) = (Arc::clone(tails), Arc::clone(tails));
    let on_error_output = on_output.clone();
    let mut ready = Some(ready);
    [
        tokio::spawn(async move {
            let Some(stdout) = stdout else { return };
            forward(stdout, &out_tails.stdout, |text| {
                let text = take_ready_mark(text, &mut ready);
                if !text.is_empty() {
                    on_output(Output::Stdout, text);
                }
            })
            .await;
        }),
        tokio::spawn(async move {
            let Some(stderr) = stderr else { return };
            forward(stderr, &err_tails.stderr, |text| {
                on_error_output(Output::Stderr, text);
            })
            .await;
        }),
    ]
}

/// Takes the ready line out of the text, once, and passes on which process PhantomJS says it is.
fn take_ready_mark(text: String, ready: &mut Option<oneshot::Sender<Option<u32>>>) -> String {
    let mark = text.lines().find_map(|line| line.strip_prefix(READY_MARK));
    let (Some(mark), Some(ready)) = (mark, ready.take_if(|_| mark.is_some())) else {
        return text;
    };
    let pid = mark.split(' ').nth(1).and_then(|pid| pid.parse().ok());
    let _ = ready.send(pid);
    without_ready_mark(&text)
}

fn free_port(from: u16, base: u16) -> Result<u16, LaunchError> {
    let to = base.saturating_add(PORTS);
    for port in from..=to {
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(source) => {
                // It is not the port that is missing.
                if let Some(remedy) = shortage::remedy(&source) {
                    return Err(LaunchError::Shortage { remedy, source });
                }
            }
        }
    }
    Err(LaunchError::NoPort { from: base, to })
}

fn said(tails: &Tails) -> String {
    let text = tails.text();
    if text.is_empty() {
        String::new()
    } else {
        format!(", saying: {text}")
    }
}

/// "code 1", "signal 9".
pub(crate) fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    match status.code() {
        Some(code) => format!("code {code}"),
        None => status.to_string(),
    }
}

/// The package that brings a shared library PhantomJS misses.
fn remedy(stderr: &str) -> String {
    let library = stderr
        .split("error while loading shared libraries: ")
        .nth(1)
        .and_then(|rest| rest.split(':').next());
    let Some(library) = library else {
        return String::new();
    };
    let package = match library.split(".so").next() {
        Some("libfontconfig") => "libfontconfig1 (Debian, Ubuntu) or fontconfig (Fedora, Alpine)",
        Some("libfreetype") => "libfreetype6 (Debian, Ubuntu) or freetype (Fedora, Alpine)",
        Some("libstdc++") => "libstdc++6 (Debian, Ubuntu) or libstdc++ (Fedora, Alpine)",
        _ => return format!(": the system library {library} is missing"),
    };
    format!(": the system library {library} is missing; install the package {package}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_named_with_its_package() {
        let text = remedy(
            "phantomjs: error while loading shared libraries: libfontconfig.so.1: cannot open shared object file: No such file or directory",
        );
        assert_eq!(
            text,
            ": the system library libfontconfig.so.1 is missing; install the package libfontconfig1 (Debian, Ubuntu) or fontconfig (Fedora, Alpine)"
        );
        assert_eq!(remedy("Error: Unknown option: x"), "");
    }

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

    #[test]
    fn a_long_text_is_shortened_in_the_middle() {
        let lines: Vec<_> = (1..=20).map(|line| line.to_string()).collect();
        assert_eq!(shorten(lines.join("\n")), "1\n2\n3\n4\n…\n17\n18\n19\n20");
        assert_eq!(shorten("1\n2".into()), "1\n2");
    }

    #[test]
    fn the_ready_line_is_ours_and_the_rest_is_the_users() {
        let (sender, mut receiver) = oneshot::channel();
        let mut ready = Some(sender);
        let text = take_ready_mark(format!("before\n{READY_MARK}12301 77\nafter\n"), &mut ready);
        assert_eq!(text, "before\nafter\n");
        assert_eq!(receiver.try_recv(), Ok(Some(77)));
        let printed_by_a_page = format!("{READY_MARK}1\n");
        assert_eq!(
            take_ready_mark(printed_by_a_page.clone(), &mut ready),
            printed_by_a_page
        );
    }

    #[test]
    fn a_taken_port_is_skipped() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = taken.local_addr().expect("bound").port();
        let free = free_port(port, port).expect("another one");
        assert!(free > port);
    }
}
