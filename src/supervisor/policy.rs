//! The supervisor's state machine: events in, commands out. It knows no process and no clock of its own.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, error};

use super::command::Command;
use super::crashes::{Circumstances, Crashes, RestartOptions, Verdict};
use super::stats::PolicyStats;
use super::turnover::Turnover;
use super::worker::Worker;
use crate::id::WorkerId;

/// How many workers may run above the target while one takes another's place; more where they end faster than they start.
const EXTRA_WORKERS: usize = 1;

/// Settings of the supervisor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyOptions {
    pub(crate) restart: RestartOptions,
    /// How long a worker may take from its fork until it is ready.
    pub(crate) start_timeout: Duration,
    /// How long a worker may take to end after it was told to.
    pub(crate) stop_timeout: Duration,
    /// How many workers it makes sense to start at once: as many as there are processors.
    pub(crate) starts_at_once: usize,
}

/// The state machine.
#[derive(Debug)]
pub(crate) struct Policy {
    options: PolicyOptions,
    target: usize,
    workers: BTreeMap<WorkerId, Worker>,
    /// Forks asked for and not reported yet.
    forking: usize,
    /// Restarts that wait for their pause to end.
    restarts: VecDeque<Instant>,
    crashes: Crashes,
    turnover: Turnover,
    forked: u64,
    started: bool,
    stopping: bool,
    stopped: bool,
}

impl Policy {
    pub(crate) fn new(options: PolicyOptions) -> Self {
        Self {
            options,
            target: 0,
            workers: BTreeMap::new(),
            forking: 0,
            restarts: VecDeque::new(),
            crashes: Crashes::new(options.restart),
            turnover: Turnover::new(options.starts_at_once),
            forked: 0,
            started: false,
            stopping: false,
            stopped: false,
        }
    }

    /// Keeps `workers` workers running from now on, or more if more were added before.
    pub(crate) fn start(&mut self, workers: usize, now: Instant) -> Vec<Command> {
        if self.started || self.stopping {
            return Vec::new();
        }
        self.started = true;
        self.target = self.target.max(workers);
        self.fill(now)
    }

    /// One worker more than there are; the number kept grows when that is above it.
    pub(crate) fn add_worker(&mut self) -> Vec<Command> {
        if self.stopping {
            return Vec::new();
        }
        // Those that are started in advance do not count.
        self.target = self.target.max(self.expected().min(self.target) + 1);
        self.forking += 1;
        vec![Command::Fork]
    }

    pub(crate) fn target(&self) -> usize {
        self.target
    }

    /// A fork asked for is done.
    pub(crate) fn forked(&mut self, worker: WorkerId, now: Instant) -> Vec<Command> {
        self.forking = self.forking.saturating_sub(1);
        self.forked += 1;
        let started = Worker::forked(worker, now, self.options.start_timeout);
        let _ = self.workers.insert(worker, started);
        if self.stopping {
            return self.terminate(worker, now).into_iter().collect();
        }
        Vec::new()
    }

    /// A worker can take work.
    pub(crate) fn ready(&mut self, worker: WorkerId, now: Instant) -> Vec<Command> {
        let Some(entry) = self.workers.get_mut(&worker) else {
            return Vec::new();
        };
        if entry.heard() {
            return vec![Command::Retire(worker)];
        }
        let Some(start) = entry.ready(now) else {
            return Vec::new();
        };
        self.turnover.started(start);
        // It is what one that leaves has waited for.
        let mut commands: Vec<_> = self.release_one(now).into_iter().collect();
        commands.extend(self.adjust(now));
        commands
    }

    /// A worker will end before long: its successor can be made ready meanwhile. `spent`: because it will have served all
    /// that it was to.
    pub(crate) fn retiring(&mut self, worker: WorkerId, spent: bool, now: Instant) -> Vec<Command> {
        let Some(entry) = self.workers.get_mut(&worker) else {
            return Vec::new();
        };
        entry.announces(spent);
        self.fill(now)
    }

    /// A worker has nothing left to do and asks to be let go. One at a time is kept until its successor is ready, so that
    /// no moment is without a worker; a second gives its place to its successor at once, and so does one beside as many
    /// that serve as are wanted.
    pub(crate) fn leaving(&mut self, worker: WorkerId, now: Instant) -> Vec<Command> {
        let Some(entry) = self.workers.get_mut(&worker) else {
            return Vec::new();
        };
        if entry.is_ending() {
            // It was told to end, or let go, and may not have heard of it.
            return vec![Command::Release(worker)];
        }
        if let Some(service) = entry.leaves(now) {
            self.turnover.served(service, now);
        }
        let mut commands = self.adjust(now);
        let serving = self.count(Worker::is_serving);
        if self.count(Worker::is_leaving) > 1 || serving >= self.target {
            commands.extend(self.release_one(now));
        }
        commands
    }

    /// Keeps `workers` workers running from now on. Those that are too many finish what they hold.
    pub(crate) fn resize(&mut self, workers: usize, now: Instant) -> Vec<Command> {
        if !self.started || self.stopping {
            return Vec::new();
        }
        self.target = workers;
        // Whoever asks for workers wants them now, not after the pauses of restarts.
        self.restarts.clear();
        let mut commands = if workers == 0 {
            self.retire_all()
        } else {
            self.shrink()
        };
        commands.extend(self.fill(now));
        commands
    }

    /// A worker does not react any more.
    pub(crate) fn frozen(&mut self, worker: WorkerId) -> Vec<Command> {
        if self.workers.contains_key(&worker) {
            vec![Command::Kill(worker)]
        } else {
            Vec::new()
        }
    }

    /// A fork asked for failed.
    pub(crate) fn fork_failed(&mut self, now: Instant, jitter: f64) -> Vec<Command> {
        self.forking = self.forking.saturating_sub(1);
        self.crashed(Circumstances::default(), now, jitter)
    }

    /// A worker is gone. `clean`: it ended by itself with code 0, as one does that has served its iterations. One that does
    /// so before it is ready, or soon after and unannounced, would do so again.
    pub(crate) fn exited(
        &mut self,
        worker: WorkerId,
        clean: bool,
        at: Circumstances,
        now: Instant,
        jitter: f64,
    ) -> Vec<Command> {
        let Some(gone) = self.workers.remove(&worker) else {
            return Vec::new();
        };
        if self.stopping {
            return self.stopped_if_empty();
        }
        if !gone.ends_well(clean) {
            return self.crashed(at, now, jitter);
        }
        if gone.ends_soon(now) {
            // Where requests are answered, its end may be what its script does after each.
            let at_work = true;
            return self.crashed(Circumstances { at_work, ..at }, now, jitter);
        }
        self.fill(now)
    }

    /// Ends all workers.
    pub(crate) fn stop(&mut self, now: Instant) -> Vec<Command> {
        if self.stopping {
            return Vec::new();
        }
        self.stopping = true;
        self.restarts.clear();
        self.turnover.forget();
        let ids: Vec<_> = self.workers.keys().copied().collect();
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
        if self.turnover.forget_at().is_some_and(|due| due <= now) {
            self.turnover.forget();
            commands.extend(self.adjust(now));
        }
        while self.restarts.front().is_some_and(|due| *due <= now) {
            let _ = self.restarts.pop_front();
            commands.extend(self.fill(now));
        }
        let again = self.options.stop_timeout;
        let workers = self.workers.values_mut();
        commands.extend(workers.filter_map(|worker| worker.tick(now, again)));
        commands
    }

    /// When `tick` has something to do next.
    pub(crate) fn next_tick(&self) -> Option<Instant> {
        let kills = self.workers.values().filter_map(Worker::due);
        kills
            .chain(self.restarts.front().copied())
            .chain(self.turnover.forget_at())
            .min()
    }

    pub(crate) fn stats(&self, now: Instant) -> PolicyStats {
        PolicyStats {
            workers: self.workers.values().map(|w| w.stats(now)).collect(),
            forked: self.forked,
            crashed: self.crashes.total(),
            pending: self.restarts.len(),
            crash_loop: self.crashes.is_loop(),
        }
    }

    fn count(&self, is: impl Fn(&Worker) -> bool) -> usize {
        self.workers.values().filter(|worker| is(worker)).count()
    }

    /// Workers there are or will be, without those whose successors are wanted.
    fn expected(&self) -> usize {
        self.count(|worker| !worker.is_replaced()) + self.coming()
    }

    /// Workers there will be: forks asked for, and restarts.
    fn coming(&self) -> usize {
        self.forking + self.restarts.len()
    }

    /// Workers that are not ready yet, or will be forked.
    fn awaited(&self) -> usize {
        self.count(Worker::is_starting) + self.coming()
    }

    /// As `fill`, and `shrink` before: how many starts there should be in advance may have changed.
    fn adjust(&mut self, now: Instant) -> Vec<Command> {
        let mut commands = self.shrink();
        commands.extend(self.fill(now));
        commands
    }

    /// Asks for the workers that are missing, and lets those go that none of them would replace.
    fn fill(&mut self, now: Instant) -> Vec<Command> {
        let mut commands = self.fork_missing();
        commands.extend(self.release_if_nobody_comes(now));
        commands
    }

    fn fork_missing(&mut self) -> Vec<Command> {
        if self.stopping || self.crashes.is_loop() {
            return Vec::new();
        }
        let missing = self.target.saturating_sub(self.expected());
        let early = self.ahead().saturating_sub(self.awaited());
        // Successors of workers that still run.
        let all = self.workers.len() + self.coming();
        let room = self.most().saturating_sub(all);
        let forks = missing.max(early).min(room);
        self.forking += forks;
        vec![Command::Fork; forks]
    }

    /// How many starts should be under way whether or not a worker has said that it will end.
    fn ahead(&self) -> usize {
        self.turnover.ahead(self.target)
    }

    /// As many processes as there may be.
    fn most(&self) -> usize {
        self.target + self.ahead().max(EXTRA_WORKERS)
    }

    /// Also those that would end before long, and may have nothing to do until then.
    fn retire_all(&mut self) -> Vec<Command> {
        let staying = self.workers.values_mut();
        let staying = staying.filter(|worker| !worker.is_leaving() && !worker.is_ending());
        staying.map(Worker::retire).collect()
    }

    /// Retires workers above the target, the oldest first, and those that have a successor already or would find no
    /// place for it.
    fn shrink(&mut self) -> Vec<Command> {
        let excess = self.expected().saturating_sub(self.target + self.ahead());
        let lasting = self.workers.values_mut().filter(|w| !w.is_replaced());
        let mut commands: Vec<_> = lasting.take(excess).map(Worker::retire).collect();
        let all = self.count(Worker::can_stay) + self.coming();
        let surplus = all.saturating_sub(self.most());
        let announced = self.workers.values_mut();
        let announced = announced.filter(|w| w.can_stay() && w.is_replaced());
        commands.extend(announced.take(surplus).map(Worker::retire));
        commands
    }

    fn release_one(&mut self, now: Instant) -> Option<Command> {
        let mut workers = self.workers.values_mut();
        let worker = workers.find(|worker| worker.is_leaving())?;
        Some(worker.release(now + self.options.stop_timeout))
    }

    /// With no successor on the way there is nothing to stay for.
    fn release_if_nobody_comes(&mut self, now: Instant) -> Vec<Command> {
        if self.awaited() > 0 {
            return Vec::new();
        }
        std::iter::from_fn(|| self.release_one(now)).collect()
    }

    fn crashed(&mut self, at: Circumstances, now: Instant, jitter: f64) -> Vec<Command> {
        if self.stopping {
            return self.stopped_if_empty();
        }
        self.turnover.forget();
        let mut commands = self.shrink();
        let was_loop = self.crashes.is_loop();
        match self.crashes.add(at, now, jitter) {
            _ if was_loop => {}
            Verdict::AtOnce => commands.extend(self.fork_missing()),
            Verdict::After(pause) => self.restart_after(pause, now),
            Verdict::Loop => {
                self.restarts.clear();
                let crashes = self.crashes.steps();
                error!(crashes, "crash loop: no worker is replaced any more");
                commands.push(Command::CrashLoop);
            }
        }
        commands.extend(self.release_if_nobody_comes(now));
        commands
    }

    fn restart_after(&mut self, pause: Duration, now: Instant) {
        if self.expected() >= self.target {
            return;
        }
        let due = now + pause;
        let (pause_ms, crashes) = (pause.as_millis() as u64, self.crashes.steps());
        debug!(
            pause_ms,
            crashes, "a crashed worker is replaced after a pause"
        );
        // The pauses grow, but jitter may put a later one before an earlier one.
        let position = self.restarts.partition_point(|other| *other <= due);
        self.restarts.insert(position, due);
    }

    fn terminate(&mut self, worker: WorkerId, now: Instant) -> Option<Command> {
        let entry = self.workers.get_mut(&worker)?;
        entry.terminate(now + self.options.stop_timeout)
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

#[cfg(test)]
#[path = "succession_tests.rs"]
mod succession;

#[cfg(test)]
#[path = "policy_model.rs"]
mod model;
