//! Starting Chromium with a pipe to it, and saying clearly why it did not start.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::advice::advice;
use super::cdp::{CdpError, Connection, Pipe, Session};
use super::cookies::{self, Jar};
use super::profile::Profile;
use super::remote::Chromium;
use super::settings::Defaults;
use super::shared::Ending;
use super::switches;
use crate::browser::launcher::{LaunchError, Launcher, Running, end_silent, said};
use crate::browser::life::Life;
use crate::browser::remote::{Observer, RemoteEnd};
use crate::process::{Output, Outputs, Process, describe, without};
use crate::{lived, secret};

/// By it a process is known as ours.
const TOKEN: &str = "PHANTOM_CLUSTER_TOKEN";

/// How long the end of the pipe may take to be told.
const END_GRACE: Duration = Duration::from_secs(1);

/// Starts Chromium.
#[derive(Clone, Debug)]
pub(crate) struct ChromiumLauncher {
    pub(crate) binary: PathBuf,
    /// Chromium's own switches, beside ours.
    pub(crate) arguments: Vec<String>,
    /// How long it may take until it answers.
    pub(crate) start_timeout: Duration,
    /// What pages are like at first.
    pub(crate) defaults: Defaults,
}

/// `Browser.getVersion`.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub(super) product: String,
}

/// `SystemInfo.getProcessInfo`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Processes {
    process_info: Vec<ProcessInfo>,
}

#[derive(Debug, Deserialize)]
struct ProcessInfo {
    r#type: String,
    id: u32,
}

impl Launcher for ChromiumLauncher {
    type Remote = Chromium;

    async fn launch(&self, observer: impl Observer) -> Result<Running<Chromium>, LaunchError> {
        let begun = Instant::now();
        let profile = Profile::create().map_err(|source| self.not_run(source))?;
        let (pipe, ends) = Pipe::new().map_err(|source| self.not_run(source))?;
        let token = secret::random();
        let mut command = self.command(&profile, &token);
        ends.give_to(&mut command)
            .map_err(|source| self.not_run(source))?;
        let mut process = Process::spawn_in(command, profile.path())
            .await
            .map_err(|source| self.not_run(source))?;
        debug!(
            pid = process.id(),
            binary = self.binary(),
            "Chromium launched"
        );
        let outputs = watch_outputs(&mut process, &observer);
        let connection = Connection::new(pipe.outlet());
        let reading = CancellationToken::new();
        tokio::spawn({
            let (connection, observer) = (connection.clone(), observer.clone());
            reading.clone().run_until_cancelled_owned(async move {
                let error = pipe.run(&connection).await;
                debug!(%error, "the pipe to Chromium ended");
                observer.lost();
                // What waits for a reply is to hear of the browser's end, not of its page's.
                lived::sleep(END_GRACE).await;
                connection.end();
            })
        });
        let close = reading.drop_guard();
        let greeting = lived::timeout(self.start_timeout, greet(&connection));
        let (version, pid) = tokio::select! {
            biased;
            greeted = greeting => match greeted {
                Ok(Ok(greeted)) => greeted,
                // Its end is on its way, and says more.
                Ok(Err(error)) => match lived::timeout(Duration::from_secs(2), process.wait()).await {
                    Ok(Ok(status)) => return Err(self.ended(outputs, status).await),
                    _ => return Err(LaunchError::Connect(Box::new(error))),
                },
                Err(lived::Elapsed) => {
                    let limit = self.start_timeout;
                    return Err(end_silent::<Chromium>(process, &outputs, self.binary(), "answer", limit).await);
                },
            },
            status = process.wait() => {
                let status = status.map_err(|source| self.not_run(source))?;
                return Err(self.ended(outputs, status).await);
            }
        };
        let pid = process.guard(pid, &token).await;
        let ms = begun.elapsed().as_millis() as u64;
        info!(pid, version, ms, "Chromium ready");
        if let Some(file) = &self.defaults.cookies_file {
            let loading = cookies::file::load(&Jar::new(&connection, None), file).await;
            loading.map_err(|error| LaunchError::Connect(Box::new(error)))?;
        }
        let sink = Arc::new(move |entries| observer.entries(entries));
        let remote = Chromium::start(
            connection,
            sink,
            self.defaults.clone(),
            close,
            Ending::Close,
        );
        remote.begin();
        Ok(Running {
            life: Life::here(process, pid, outputs),
            remote,
            belongings: Some(Box::new(profile)),
        })
    }
}

/// Whether it answers, and which process it says it is.
async fn greet(connection: &Connection) -> Result<(String, Option<u32>), CdpError> {
    let root = Session::root(connection);
    let version = root.call::<Version, _>("Browser.getVersion", json!({}));
    let processes = root.call::<Processes, _>("SystemInfo.getProcessInfo", json!({}));
    let version = version.await?;
    let pid = processes.await.ok().and_then(|processes| {
        let mut all = processes.process_info.into_iter();
        all.find(|process| process.r#type == "browser")
            .map(|process| process.id)
    });
    Ok((version.product, pid))
}

impl ChromiumLauncher {
    fn command(&self, profile: &Profile, token: &str) -> Command {
        let mut command = Command::new(&self.binary);
        let _ = command
            .args(switches::all(profile.path(), &self.arguments))
            .env(TOKEN, token)
            // What it leaves there when it is killed goes with the profile.
            .env("TMPDIR", profile.path())
            .env("XDG_CONFIG_HOME", profile.path())
            .env("XDG_CACHE_HOME", profile.path());
        command
    }

    /// Of a Chromium that ended before it answered.
    async fn ended(&self, mut outputs: Outputs, status: ExitStatus) -> LaunchError {
        outputs.rest().await;
        let how = describe(status);
        debug!(how, "Chromium ended at its start");
        LaunchError::Exited {
            browser: Chromium::NAME,
            binary: self.binary(),
            how,
            advice: advice(&outputs.text()),
            output: said(&outputs),
        }
    }

    fn not_run(&self, source: io::Error) -> LaunchError {
        LaunchError::spawn(Chromium::NAME, &self.binary(), source)
    }

    fn binary(&self) -> String {
        self.binary.display().to_string()
    }
}

/// Its warnings, and what it says of a desktop's services that a server has not.
fn is_noise(line: &str) -> bool {
    line.starts_with('[')
        && [":WARNING:", ":ERROR:dbus/", ":ERROR:mojo/"]
            .iter()
            .any(|mark| line.contains(mark))
}

/// Passes on what is not noise.
fn forward(observer: &impl Observer, output: Output, text: &str) {
    let text = without(text, is_noise);
    if !text.is_empty() {
        observer.output(output, text);
    }
}

fn watch_outputs(process: &mut Process, observer: &impl Observer) -> Outputs {
    let (on_stdout, on_stderr) = (observer.clone(), observer.clone());
    Outputs::watch(
        process,
        is_noise,
        move |text| forward(&on_stdout, Output::Stdout, &text),
        move |text| forward(&on_stderr, Output::Stderr, &text),
    )
}
