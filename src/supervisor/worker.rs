//! The life of one worker, as the policy knows it.

use std::time::Duration;

use tokio::time::Instant;

use super::command::Command;
use super::stats::{Phase, WorkerStats};
use crate::id::WorkerId;

/// A worker that ends by itself, unannounced, so soon after it was ready does no good.
const SOON: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Worker {
    id: WorkerId,
    forked_at: Instant,
    /// Since when it has taken requests.
    ready_at: Option<Instant>,
    state: State,
}

/// What a worker is at, with what matters only then.
#[derive(Debug)]
enum State {
    Starting(Start),
    Ready,
    /// It ends before long, and another takes its place.
    Retiring {
        /// It was told to, and serves no further requests. Otherwise it said so itself, and has some left to serve.
        told: bool,
        /// It ends because it has served all that it was to.
        spent: bool,
        /// It was told before it was ready.
        start: Option<Start>,
    },
    /// It has nothing left to do, and stays until another is ready.
    Leaving,
    /// It was told to end, or let go. It is killed at `kill_at`, again and again until it is gone.
    Ending {
        kill_at: Instant,
    },
}

/// A start that is not over.
#[derive(Clone, Copy, Debug)]
struct Start {
    /// When the worker is killed if it is not ready.
    kill_at: Instant,
    /// It was killed for that, and is not gone yet.
    late: bool,
}

impl Worker {
    pub(super) fn forked(id: WorkerId, now: Instant, start_timeout: Duration) -> Self {
        let kill_at = now + start_timeout;
        let late = false;
        Self {
            id,
            forked_at: now,
            ready_at: None,
            state: State::Starting(Start { kill_at, late }),
        }
    }

    // -- What it is at

    pub(super) fn is_starting(&self) -> bool {
        matches!(self.state, State::Starting(_))
    }

    pub(super) fn is_leaving(&self) -> bool {
        matches!(self.state, State::Leaving)
    }

    pub(super) fn is_ending(&self) -> bool {
        matches!(self.state, State::Ending { .. })
    }

    /// Another takes its place, or has taken it.
    pub(super) fn is_replaced(&self) -> bool {
        !matches!(self.state, State::Starting(_) | State::Ready)
    }

    /// It may run for as long as nobody sends it a request.
    pub(super) fn can_stay(&self) -> bool {
        match &self.state {
            State::Starting(start) => !start.late,
            State::Ready => true,
            State::Retiring { told, start, .. } => !told && start.is_none(),
            State::Leaving | State::Ending { .. } => false,
        }
    }

    /// It takes requests.
    pub(super) fn is_serving(&self) -> bool {
        self.ready_at.is_some() && self.can_stay()
    }

    pub(super) fn stats(&self, now: Instant) -> WorkerStats {
        WorkerStats {
            id: self.id,
            phase: self.phase(),
            uptime: now.saturating_duration_since(self.forked_at),
        }
    }

    fn phase(&self) -> Phase {
        match &self.state {
            _ if self.start().is_some_and(|start| start.late) => Phase::Stopping,
            State::Starting(_) => Phase::Starting,
            State::Ready => Phase::Ready,
            State::Retiring { .. } => Phase::Retiring,
            State::Leaving => Phase::Leaving,
            State::Ending { .. } => Phase::Stopping,
        }
    }

    fn start(&self) -> Option<Start> {
        match self.state {
            State::Starting(start) => Some(start),
            State::Retiring { start, .. } => start,
            _ => None,
        }
    }

    // -- What happens to it

    /// It can take requests. How long that took, unless it is not to serve any more.
    pub(super) fn ready(&mut self, now: Instant) -> Option<Duration> {
        if !matches!(self.state, State::Starting(Start { late: false, .. })) {
            return None;
        }
        self.state = State::Ready;
        self.ready_at = Some(now);
        Some(now.saturating_duration_since(self.forked_at))
    }

    /// It said something, so its start is over. Whether it is to be told again to retire: when it was told first, it could
    /// not hear of it.
    pub(super) fn heard(&mut self) -> bool {
        let State::Retiring { start, .. } = &mut self.state else {
            return false;
        };
        *start = start.filter(|start| start.late);
        true
    }

    /// It will end before long. `spent`: because it will have served all that it was to.
    pub(super) fn announces(&mut self, spent: bool) {
        if !self.is_replaced() {
            let start = self.start().filter(|start| start.late);
            let told = false;
            self.state = State::Retiring { told, spent, start };
        }
        let _ = self.heard();
    }

    /// It has nothing left to do. How long it has served, where that tells how long others will.
    pub(super) fn leaves(&mut self, now: Instant) -> Option<Duration> {
        let before = std::mem::replace(&mut self.state, State::Leaving);
        // One that grew too large says nothing about others, and where memory is short there is none to spare.
        let State::Retiring { spent: true, .. } = before else {
            return None;
        };
        Some(now.saturating_duration_since(self.ready_at?))
    }

    /// It is told to finish what it holds, and to end then.
    pub(super) fn retire(&mut self) -> Command {
        let spent = matches!(self.state, State::Retiring { spent: true, .. });
        let start = self.start();
        let told = true;
        self.state = State::Retiring { told, spent, start };
        Command::Retire(self.id)
    }

    /// It is let go.
    pub(super) fn release(&mut self, kill_at: Instant) -> Command {
        self.state = State::Ending { kill_at };
        Command::Release(self.id)
    }

    /// It is told to end at once, unless it is already.
    pub(super) fn terminate(&mut self, kill_at: Instant) -> Option<Command> {
        let is_late = self.start().is_some_and(|start| start.late);
        if is_late || self.is_ending() {
            return None;
        }
        self.state = State::Ending { kill_at };
        Some(Command::Terminate(self.id))
    }

    // -- When it is killed

    /// When it is to be killed next.
    pub(super) fn due(&self) -> Option<Instant> {
        match self.state {
            State::Ending { kill_at } => Some(kill_at),
            _ => self.start().map(|start| start.kill_at),
        }
    }

    /// Kills it if that is due at `now`. A second SIGKILL does no harm.
    pub(super) fn tick(&mut self, now: Instant, again: Duration) -> Option<Command> {
        if self.due().is_none_or(|due| due > now) {
            return None;
        }
        match &mut self.state {
            State::Ending { kill_at } => {
                *kill_at = now + again;
                Some(Command::Kill(self.id))
            }
            State::Starting(start)
            | State::Retiring {
                start: Some(start), ..
            } => {
                start.kill_at = now + again;
                let was_late = std::mem::replace(&mut start.late, true);
                let command = if was_late {
                    Command::Kill
                } else {
                    Command::KillLate
                };
                Some(command(self.id))
            }
            _ => None,
        }
    }

    // -- How it ended

    /// Whether it ended as it should. `clean`: by itself with code 0.
    pub(super) fn ends_well(&self, clean: bool) -> bool {
        match self.state {
            State::Ending { .. } => true,
            State::Starting(_) => false,
            _ => clean,
        }
    }

    /// It said nothing of its end and did little before: whoever ends its process with code 0 may do so again and again.
    pub(super) fn ends_soon(&self, now: Instant) -> bool {
        let served = self.ready_at.map(|at| now.saturating_duration_since(at));
        matches!(self.state, State::Ready) && served.is_some_and(|served| served < SOON)
    }
}
