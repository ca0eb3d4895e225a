//! The supervisor's state machine: events in, commands out. It knows no process and no clock of its own.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::backoff::Backoff;
use crate::queue::WorkerId;

/// When to restart workers that crash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RestartOptions {
    /// Pause before the first restart.
    pub(crate) min_delay: Duration,
    /// Longest pause.
    pub(crate) max_delay: Duration,
    /// Crashes within `window` that are one too many.
    pub(crate) max_restarts: u32,
    pub(crate) window: Duration,
}

/// Settings of the supervisor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyOptions {
    pub(crate) restart: RestartOptions,
    /// How long a worker may take to end after it was told to.
    pub(crate) stop_timeout: Duration,
}

/// What the engine's owner must do now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Command {
    /// Fork one worker, and report it with `forked`.
    Fork,
    /// Ask a worker to end.
    Terminate(WorkerId),
    /// End a worker that did not listen.
    Kill(WorkerId),
    /// Workers crash faster than it makes sense to restart them; none is restarted any more.
    CrashLoop,
    /// The last worker is gone after `stop`.
    Stopped,
}

#[derive(Debug)]
struct Worker {
    /// Set once it was told to end: when to stop being polite.
    kill_at: Option<Instant>,
}

/// The state machine.
#[derive(Debug)]
pub(crate) struct Policy {
    options: PolicyOptions,
    target: usize,
    workers: HashMap<WorkerId, Worker>,
    /// Forks asked for and not reported yet.
    forking: usize,
    /// Restarts that wait for their pause to end.
    restarts: VecDeque<Instant>,
    crashes: VecDeque<Instant>,
    backoff: Backoff,
    started: bool,
    stopping: bool,
    stopped: bool,
    crash_loop: bool,
}

impl Policy {
    pub(crate) fn new(options: PolicyOptions) -> Self {
        Self {
            options,
            target: 0,
            workers: HashMap::new(),
            forking: 0,
            restarts: VecDeque::new(),
            crashes: VecDeque::new(),
            backoff: Backoff::new(options.restart.min_delay, options.restart.max_delay),
            started: false,
            stopping: false,
            stopped: false,
            crash_loop: false,
        }
    }

    /// Keeps `workers` workers running from now on, or more if more were added before.
    pub(crate) fn start(&mut self, workers: usize) -> Vec<Command> {
        if self.started || self.stopping {
            return Vec::new();
        }
        self.started = true;
        self.target = self.target.max(workers);
        self.fill()
    }

    /// One worker more than there are; the number kept grows when that is above it.
    pub(crate) fn add_worker(&mut self) -> Vec<Command> {
        if self.stopping {
            return Vec::new();
        }
        self.target = self.target.max(self.expected() + 1);
        self.forking += 1;
        vec![Command::Fork]
    }

    /// A fork asked for is done.
    pub(crate) fn forked(&mut self, worker: WorkerId, now: Instant) -> Vec<Command> {
        self.forking = self.forking.saturating_sub(1);
        let _ = self.workers.insert(worker, Worker { kill_at: None });
        if self.stopping {
            return self.terminate(worker, now).into_iter().collect();
        }
        Vec::new()
    }

    /// A fork asked for failed.
    pub(crate) fn fork_failed(&mut self, now: Instant, jitter: f64) -> Vec<Command> {
        self.forking = self.forking.saturating_sub(1);
        self.crashed(now, jitter)
    }

    /// A worker is gone. `clean`: it ended by itself with code 0, as one does that has served its iterations.
    pub(crate) fn exited(
        &mut self,
        worker: WorkerId,
        clean: bool,
        now: Instant,
        jitter: f64,
    ) -> Vec<Command> {
        let Some(gone) = self.workers.remove(&worker) else {
            return Vec::new();
        };
        if self.stopping {
            return self.stopped_if_empty();
        }
        if clean || gone.kill_at.is_some() {
            return self.fill();
        }
        self.crashed(now, jitter)
    }

    /// Ends all workers.
    pub(crate) fn stop(&mut self, now: Instant) -> Vec<Command> {
        if self.stopping {
            return Vec::new();
        }
        self.stopping = true;
        self.restarts.clear();
        let mut ids: Vec<_> = self.workers.keys().copied().collect();
        ids.sort_unstable();
        let mut commands: Vec<_> = ids
            .into_iter()
            .filter_map(|worker| self.terminate(worker, now))
            .collect();
        commands.extend(self.stopped_if_empty());
        commands
    }

    /// Does what has become due.
    pub(crate) fn tick(&mut self, now: Instant) -> Vec<Command> {
        let mut commands = Vec::new();
        while self.restarts.front().is_some_and(|due| *due <= now) {
            let _ = self.restarts.pop_front();
            commands.extend(self.fill());
        }
        for (id, worker) in &mut self.workers {
            if worker.kill_at.is_some_and(|due| due <= now) {
                // Again and again until it is gone; a second SIGKILL does no harm.
                worker.kill_at = Some(now + self.options.stop_timeout);
                commands.push(Command::Kill(*id));
            }
        }
        commands
    }

    /// When `tick` has something to do next.
    pub(crate) fn next_tick(&self) -> Option<Instant> {
        let kills = self.workers.values().filter_map(|worker| worker.kill_at);
        kills.chain(self.restarts.front().copied()).min()
    }

    /// Workers there are or will be without anything further happening.
    fn expected(&self) -> usize {
        self.workers.len() + self.forking + self.restarts.len()
    }

    fn fill(&mut self) -> Vec<Command> {
        if self.stopping || self.crash_loop || !self.started {
            return Vec::new();
        }
        let missing = self.target.saturating_sub(self.expected());
        self.forking += missing;
        vec![Command::Fork; missing]
    }

    fn crashed(&mut self, now: Instant, jitter: f64) -> Vec<Command> {
        if self.stopping {
            return self.stopped_if_empty();
        }
        if self.crash_loop {
            return Vec::new();
        }
        let RestartOptions {
            max_restarts,
            window,
            ..
        } = self.options.restart;
        while self.crashes.front().is_some_and(|at| *at + window < now) {
            let _ = self.crashes.pop_front();
        }
        if self.crashes.is_empty() {
            self.backoff.reset();
        }
        self.crashes.push_back(now);
        if self.crashes.len() > max_restarts as usize {
            self.crash_loop = true;
            self.restarts.clear();
            return vec![Command::CrashLoop];
        }
        if self.expected() < self.target {
            let due = now + self.backoff.next(jitter);
            // The pauses grow, but jitter may put a later one before an earlier one.
            let position = self.restarts.partition_point(|other| *other <= due);
            self.restarts.insert(position, due);
        }
        Vec::new()
    }

    fn terminate(&mut self, worker: WorkerId, now: Instant) -> Option<Command> {
        let entry = self.workers.get_mut(&worker)?;
        if entry.kill_at.is_some() {
            return None;
        }
        entry.kill_at = Some(now + self.options.stop_timeout);
        Some(Command::Terminate(worker))
    }

    fn stopped_if_empty(&mut self) -> Vec<Command> {
        if self.stopped || !self.workers.is_empty() || self.forking > 0 {
            return Vec::new();
        }
        self.stopped = true;
        vec![Command::Stopped]
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
