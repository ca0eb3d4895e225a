//! Starting PhantomJS with our driver in it, and saying clearly why it did not start.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::{debug, info};

use super::advice::advice;
use super::bridge::{Bridge, Limits};
use super::{environment, file_types};
use crate::browser::launcher::{LaunchError, Launcher, Running, end_silent, said};
use crate::browser::life::Life;
use crate::browser::remote::{Observer, RemoteEnd};
use crate::process::{Output, Outputs, Process, describe, without};
use crate::webdriver::Endpoint;
use crate::{lived, secret, shortage};

/// Printed by driver/main.js once it listens.
const READY_MARK: &str = "phantom-cluster-driver-ready ";
/// Exit code of driver/main.js when another process took the port between our look and its own.
const EXIT_PORT_TAKEN: i32 = 98;
/// How many ports are looked at from the base upward.
const PORTS: u16 = 2000;
/// A PhantomJS that listens has at least so long to connect, whatever its start has left.
const LEAST_ADMISSION: Duration = Duration::from_secs(2);

/// Starts PhantomJS.
#[derive(Clone, Debug)]
pub(crate) struct PhantomLauncher {
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

/// A PhantomJS that listens.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) process: Process,
    /// PhantomJS's own: the process may be a launcher that started it.
    pub(crate) pid: u32,
    pub(crate) endpoint: Endpoint,
    outputs: Outputs,
}

/// A process that may become one.
struct Started {
    process: Process,
    outputs: Outputs,
    /// Gets the pid that PhantomJS says is its own, once it listens.
    ready: oneshot::Receiver<Option<u32>>,
    since: Instant,
}

impl Launcher for PhantomLauncher {
    type Remote = Bridge;

    async fn launch(&self, observer: impl Observer) -> Result<Running<Bridge>, LaunchError> {
        let begun = Instant::now();
        let listening = self.listening(&observer).await?;
        // It is part of the start.
        let left = self.start_timeout.saturating_sub(begun.elapsed());
        let limits = Limits {
            admission: left.max(LEAST_ADMISSION),
            silence: self.silence_limit,
        };
        let remote = Bridge::open(&listening.endpoint, limits, observer)
            .await
            .map_err(|error| LaunchError::Connect(Box::new(error)))?;
        Ok(Running {
            life: Life::here(listening.process, listening.pid, listening.outputs),
            remote,
            belongings: None,
        })
    }
}

impl PhantomLauncher {
    /// Starts PhantomJS on the first free port from `base_port` upward.
    pub(crate) async fn listening(
        &self,
        observer: &impl Observer,
    ) -> Result<Listening, LaunchError> {
        let mut port = self.base_port;
        loop {
            port = free_port(port, self.base_port)?;
            match self.listening_at(port, observer).await? {
                Some(listening) => return Ok(listening),
                None => port = port.saturating_add(1),
            }
        }
    }

    /// None when the port was taken by another after all.
    async fn listening_at(
        &self,
        port: u16,
        observer: &impl Observer,
    ) -> Result<Option<Listening>, LaunchError> {
        let token = secret::random();
        let mut started = self.start(port, &token, observer)?;
        let said_pid = tokio::select! {
            biased;
            Ok(said) = &mut started.ready => said,
            status = started.process.wait() => {
                return self.ended(started.outputs, status.map_err(|source| self.not_run(source))?).await;
            }
            () = lived::sleep(self.start_timeout) => {
                let Started { process, outputs, .. } = started;
                let limit = self.start_timeout;
                return Err(end_silent::<Bridge>(process, &outputs, self.binary(), "listen", limit).await);
            },
        };
        let Started {
            mut process,
            outputs,
            since,
            ..
        } = started;
        let pid = process.guard(said_pid, &token).await;
        let ms = since.elapsed().as_millis() as u64;
        info!(pid, port, ms, "PhantomJS ready");
        Ok(Some(Listening {
            process,
            pid,
            endpoint: Endpoint::new(port, &token),
            outputs,
        }))
    }

    fn start(
        &self,
        port: u16,
        token: &str,
        observer: &impl Observer,
    ) -> Result<Started, LaunchError> {
        let mut process =
            Process::spawn(self.command(port, token)).map_err(|source| self.not_run(source))?;
        let binary = self.binary();
        debug!(pid = process.id(), port, binary, "PhantomJS launched");
        let (on_ready, ready) = oneshot::channel();
        let outputs = watch_outputs(&mut process, on_ready, observer);
        Ok(Started {
            process,
            outputs,
            ready,
            since: Instant::now(),
        })
    }

    fn command(&self, port: u16, token: &str) -> Command {
        let mut command = Command::new(&self.binary);
        let _ = command
            .args(&self.arguments)
            .arg(&self.driver)
            .arg(port.to_string())
            .env("PHANTOM_CLUSTER_TOKEN", token);
        environment::adapt(&mut command);
        if let Some(directory) = &self.file_types {
            let current = std::env::var_os("XDG_DATA_DIRS");
            if let Some(dirs) = file_types::data_dirs(current, directory, &self.arguments) {
                let _ = command.env("XDG_DATA_DIRS", dirs);
            }
        }
        command
    }

    /// Of a PhantomJS that ended before it listened.
    async fn ended(
        &self,
        mut outputs: Outputs,
        status: ExitStatus,
    ) -> Result<Option<Listening>, LaunchError> {
        outputs.rest().await;
        let how = describe(status);
        debug!(how, "PhantomJS ended at its start");
        if status.code() == Some(EXIT_PORT_TAKEN) {
            return Ok(None);
        }
        Err(LaunchError::Exited {
            browser: Bridge::NAME,
            binary: self.binary(),
            how,
            advice: advice(&outputs.text()),
            output: said(&outputs),
        })
    }

    fn not_run(&self, source: io::Error) -> LaunchError {
        LaunchError::spawn(Bridge::NAME, &self.binary(), source)
    }

    fn binary(&self) -> String {
        self.binary.display().to_string()
    }
}

fn is_ready_line(line: &str) -> bool {
    line.starts_with(READY_MARK)
}

fn watch_outputs(
    process: &mut Process,
    ready: oneshot::Sender<Option<u32>>,
    observer: &impl Observer,
) -> Outputs {
    let (on_stdout, on_stderr) = (observer.clone(), observer.clone());
    let mut ready = Some(ready);
    Outputs::watch(
        process,
        is_ready_line,
        move |text| {
            let text = take_ready_mark(text, &mut ready);
            if !text.is_empty() {
                on_stdout.output(Output::Stdout, text);
            }
        },
        move |text| on_stderr.output(Output::Stderr, text),
    )
}

/// Takes the ready line out of the text, once, and passes on which process PhantomJS says it is.
fn take_ready_mark(text: String, ready: &mut Option<oneshot::Sender<Option<u32>>>) -> String {
    let mark = text.lines().find_map(|line| line.strip_prefix(READY_MARK));
    let (Some(mark), Some(ready)) = (mark, ready.take_if(|_| mark.is_some())) else {
        return text;
    };
    let pid = mark.split(' ').nth(1).and_then(|pid| pid.parse().ok());
    let _ = ready.send(pid);
    without(&text, is_ready_line)
}

fn free_port(from: u16, base: u16) -> Result<u16, LaunchError> {
    let to = base.saturating_add(PORTS);
    for port in from..=to {
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(source) => {
                // It is not the port that is missing.
                if let Some(remedy) = shortage::remedy(&source) {
                    return Err(LaunchError::Shortage {
                        browser: Bridge::NAME,
                        remedy,
                        source,
                    });
                }
            }
        }
    }
    Err(LaunchError::NoPort { from: base, to })
}

#[cfg(test)]
mod tests {
    use super::*;

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
