//! The policy with its clock: calls give their commands back at once, timers give theirs to a callback.

use std::collections::HashSet;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::{debug, info};

use super::command::Command;
use super::crashes::Circumstances;
use super::policy::{Policy, PolicyOptions};
use super::stats::PolicyStats;
use crate::deadlines;
use crate::id::WorkerId;
use crate::lived::Lived;

/// The supervisor of one engine. It runs no task of its own: its owner has one for [`run`](Self::run). The workers are
/// the owner's to end.
#[derive(Debug)]
pub(crate) struct Supervisor {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    policy: Policy,
    clock: Lived,
    /// Workers that have not said that they are ready.
    starting: HashSet<WorkerId>,
}

impl Supervisor {
    pub(crate) fn new(options: PolicyOptions) -> Self {
        Self {
            state: Mutex::new(State {
                policy: Policy::new(options),
                clock: Lived::new(),
                starting: HashSet::new(),
            }),
            changed: Notify::new(),
        }
    }

    /// Gives `on_commands` what becomes due, for ever.
    pub(crate) async fn run(&self, on_commands: impl Fn(Vec<Command>)) {
        let next = || {
            let mut state = self.state.lock();
            let due = state.policy.next_tick();
            state.clock.wake_at(due)
        };
        let tick = || {
            let commands = {
                let mut state = self.state.lock();
                let now = state.clock.now();
                state.policy.tick(now)
            };
            if !commands.is_empty() {
                note(&commands);
                on_commands(commands);
            }
        };
        deadlines::keep(&self.changed, next, tick).await
    }

    pub(crate) fn start(&self, workers: u32) -> Vec<Command> {
        self.with(|policy, now| policy.start(workers as usize, now))
    }

    pub(crate) fn add_worker(&self) -> Vec<Command> {
        self.with(|policy, _| policy.add_worker())
    }

    /// How many workers are kept running.
    pub(crate) fn target(&self) -> u32 {
        u32::try_from(self.state.lock().policy.target()).unwrap_or(u32::MAX)
    }

    /// The workers that run, and how those before them fared.
    pub(crate) fn stats(&self) -> PolicyStats {
        let mut state = self.state.lock();
        let now = state.clock.now();
        state.policy.stats(now)
    }

    /// True for a worker that was forked and has not been ready.
    pub(crate) fn is_starting(&self, worker: WorkerId) -> bool {
        self.state.lock().starting.contains(&worker)
    }

    pub(crate) fn forked(&self, worker: WorkerId) -> Vec<Command> {
        let _ = self.state.lock().starting.insert(worker);
        self.with(|policy, now| policy.forked(worker, now))
    }

    pub(crate) fn fork_failed(&self) -> Vec<Command> {
        self.with(|policy, now| policy.fork_failed(now, rand::random()))
    }

    pub(crate) fn exited(&self, worker: WorkerId, clean: bool, at: Circumstances) -> Vec<Command> {
        let _ = self.state.lock().starting.remove(&worker);
        self.with(|policy, now| policy.exited(worker, clean, at, now, rand::random()))
    }

    pub(crate) fn ready(&self, worker: WorkerId) -> Vec<Command> {
        info!(worker, "worker ready");
        let _ = self.state.lock().starting.remove(&worker);
        self.with(|policy, now| policy.ready(worker, now))
    }

    pub(crate) fn retiring(&self, worker: WorkerId, spent: bool) -> Vec<Command> {
        self.with(|policy, now| policy.retiring(worker, spent, now))
    }

    pub(crate) fn leaving(&self, worker: WorkerId) -> Vec<Command> {
        debug!(worker, "worker is done, and waits for its successor");
        self.with(|policy, now| policy.leaving(worker, now))
    }

    pub(crate) fn resize(&self, workers: u32) -> Vec<Command> {
        self.with(|policy, now| policy.resize(workers as usize, now))
    }

    pub(crate) fn frozen(&self, worker: WorkerId) -> Vec<Command> {
        self.with(|policy, _| policy.frozen(worker))
    }

    pub(crate) fn stop(&self) -> Vec<Command> {
        self.with(Policy::stop)
    }

    fn with(&self, event: impl FnOnce(&mut Policy, Instant) -> Vec<Command>) -> Vec<Command> {
        let commands = {
            let mut state = self.state.lock();
            let now = state.clock.now();
            event(&mut state.policy, now)
        };
        self.changed.notify_one();
        note(&commands);
        commands
    }
}

fn note(commands: &[Command]) {
    for command in commands {
        debug!(?command, "supervisor decides");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::RestartOptions;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    fn options() -> PolicyOptions {
        PolicyOptions {
            restart: RestartOptions {
                min_delay: Duration::from_secs(1),
                max_delay: Duration::from_secs(1),
                max_restarts: 5,
                window: Duration::from_secs(60),
            },
            start_timeout: Duration::from_secs(30),
            stop_timeout: Duration::from_secs(5),
            starts_at_once: 2,
        }
    }

    fn running() -> (Arc<Supervisor>, UnboundedReceiver<Vec<Command>>) {
        let (sender, commands) = unbounded_channel();
        let supervisor = Arc::new(Supervisor::new(options()));
        let run = Arc::clone(&supervisor);
        drop(tokio::spawn(async move {
            run.run(|batch| drop(sender.send(batch))).await;
        }));
        (supervisor, commands)
    }

    #[tokio::test(start_paused = true)]
    async fn a_crash_is_followed_by_a_fork_by_itself() {
        let (supervisor, mut commands) = running();
        assert_eq!(supervisor.start(1), [Command::Fork]);
        let _ = supervisor.forked(1);
        let before = Instant::now();
        assert_eq!(supervisor.exited(1, false, Circumstances::default()), []);
        assert_eq!(commands.recv().await, Some(vec![Command::Fork]));
        assert!(before.elapsed() >= Duration::from_millis(500));
        let _ = supervisor.forked(2);
        assert_eq!(supervisor.stop(), [Command::Terminate(2)]);
        assert_eq!(commands.recv().await, Some(vec![Command::Kill(2)]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_is_to_end_has_its_time_when_all_are_stopped_meanwhile() {
        let (supervisor, mut commands) = running();
        let _ = supervisor.start(1);
        let _ = supervisor.forked(1);
        let begun = Instant::now();
        assert_eq!(supervisor.stop(), [Command::Terminate(1)]);
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(commands.recv().await, Some(vec![Command::Kill(1)]));
        assert!(begun.elapsed() >= Duration::from_secs(64));
    }
}
