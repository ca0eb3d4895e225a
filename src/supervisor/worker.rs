//! A worker as the policy knows it.

use std::time::Duration;

use tokio::time::Instant;

use super::policy::{Command, Phase};
use crate::id::WorkerId;

/// A worker that ends by itself, unannounced, so soon after it was ready does no good.
const SOON: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Worker {
    pub(super) forked_at: Instant,
    /// By when it must be ready, until it is.
    pub(super) ready_by: Option<Instant>,
    pub(super) ready_at: Option<Instant>,
    pub(super) phase: Phase,
    /// It ends because it has served all that it was to.
    pub(super) spent: bool,
    /// It goes by our word, not by its own: it has no requests left to serve first.
    pub(super) told: bool,
    /// It was not ready in time, and is killed for that.
    pub(super) late: bool,
    /// Set once it was told to end, or let go: when to stop being polite.
    pub(super) kill_at: Option<Instant>,
}

impl Worker {
    pub(super) fn forked(now: Instant, start_timeout: Duration) -> Self {
        Self {
            forked_at: now,
            ready_by: Some(now + start_timeout),
            ready_at: None,
            phase: Phase::Starting,
            spent: false,
            told: false,
            late: false,
            kill_at: None,
        }
    }

    pub(super) fn is_replaced(&self) -> bool {
        matches!(self.phase, Phase::Retiring | Phase::Leaving)
    }

    /// It takes requests.
    pub(super) fn is_serving(&self) -> bool {
        self.ready_at.is_some() && self.can_stay()
    }

    /// It may run for as long as nobody sends it a request.
    pub(super) fn can_stay(&self) -> bool {
        !self.told && self.phase != Phase::Leaving && self.kill_at.is_none()
    }

    pub(super) fn retire(&mut self, id: WorkerId) -> Command {
        self.phase = Phase::Retiring;
        self.told = true;
        Command::Retire(id)
    }

    /// When it is to be killed next.
    pub(super) fn due(&self) -> Option<Instant> {
        self.kill_at.or(self.ready_by)
    }

    /// What is to be done with it at `now`.
    pub(super) fn tick(&mut self, id: WorkerId, now: Instant, again: Duration) -> Option<Command> {
        if self.due().is_none_or(|due| due > now) {
            return None;
        }
        let command = if self.kill_at.is_some() {
            Command::Kill(id)
        } else {
            self.late = true;
            Command::KillLate(id)
        };
        // Again and again until it is gone; a second SIGKILL does no harm.
        self.kill_at = Some(now + again);
        Some(command)
    }

    /// Whether it ended as it should. `clean`: by itself with code 0.
    pub(super) fn ends_well(&self, clean: bool) -> bool {
        self.kill_at.is_some() && !self.late || clean && self.phase != Phase::Starting
    }

    /// It said nothing of its end and did little before: whoever ends its process with code 0 may do so again and again.
    pub(super) fn ends_soon(&self, now: Instant) -> bool {
        let served = self.ready_at.map(|at| now.saturating_duration_since(at));
        self.phase == Phase::Ready && served.is_some_and(|served| served < SOON)
    }
}
