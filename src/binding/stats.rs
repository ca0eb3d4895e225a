//! Figures for JavaScript: counts as numbers, times in ms.

use std::time::Duration;

use napi_derive::napi;

use crate::id::WorkerId;
use crate::queue::{BacklogStats, SpanSummary, WorkerLoad};
use crate::supervisor::{Phase, PolicyStats, WorkerStats};

/// The queue: what it holds now, how often what happened, and how long it took.
#[napi(object)]
#[derive(Debug)]
pub struct NativeQueueStats {
    pub waiting: u32,
    pub leased: u32,
    pub expired: u32,
    pub enqueued: f64,
    pub delivered: f64,
    pub returned: f64,
    pub requeued: f64,
    pub timeouts: f64,
    pub late_answers: f64,
    pub completed: f64,
    pub failed: f64,
    pub timed_out: f64,
    pub cancelled: f64,
    pub wait: NativeSpans,
    pub run: NativeSpans,
}

/// How long something took, ms.
#[napi(object)]
#[derive(Debug)]
pub struct NativeSpans {
    pub count: f64,
    pub mean: f64,
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

/// The workers that run, and how those before them fared.
#[napi(object)]
#[derive(Debug)]
pub struct NativeSupervisorStats {
    pub workers: Vec<NativeWorkerStats>,
    pub forked: f64,
    pub crashed: f64,
    pub pending: u32,
    pub crash_loop: bool,
}

/// One worker.
#[napi(object)]
#[derive(Debug)]
pub struct NativeWorkerStats {
    pub id: u32,
    pub phase: String,
    /// Since its fork, ms.
    pub uptime: f64,
    pub leased: u32,
    pub completed: f64,
    /// The process of its browser, once it is known.
    pub browser: Option<u32>,
}

fn in_ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

impl From<SpanSummary> for NativeSpans {
    fn from(spans: SpanSummary) -> Self {
        Self {
            count: spans.count as f64,
            mean: in_ms(spans.mean),
            p50: in_ms(spans.p50),
            p99: in_ms(spans.p99),
            max: in_ms(spans.max),
        }
    }
}

impl From<BacklogStats> for NativeQueueStats {
    fn from(stats: BacklogStats) -> Self {
        let counts = stats.counts;
        Self {
            waiting: stats.waiting as u32,
            leased: stats.leased as u32,
            expired: stats.expired as u32,
            enqueued: counts.enqueued as f64,
            delivered: counts.delivered as f64,
            returned: counts.returned as f64,
            requeued: counts.requeued as f64,
            timeouts: counts.timeouts as f64,
            late_answers: counts.late as f64,
            completed: counts.completed as f64,
            failed: counts.failed as f64,
            timed_out: counts.timed_out as f64,
            cancelled: counts.cancelled as f64,
            wait: stats.wait.into(),
            run: stats.run.into(),
        }
    }
}

impl NativeSupervisorStats {
    pub(super) fn new(
        stats: PolicyStats,
        load_of: impl Fn(WorkerId) -> (WorkerLoad, Option<u32>),
    ) -> Self {
        let workers = stats.workers.into_iter();
        Self {
            workers: workers
                .map(|worker| NativeWorkerStats::new(worker, load_of(worker.id)))
                .collect(),
            forked: stats.forked as f64,
            crashed: stats.crashed as f64,
            pending: stats.pending as u32,
            crash_loop: stats.crash_loop,
        }
    }
}

impl NativeWorkerStats {
    fn new(worker: WorkerStats, (load, browser): (WorkerLoad, Option<u32>)) -> Self {
        let phase = match worker.phase {
            Phase::Starting => "starting",
            Phase::Ready => "ready",
            Phase::Retiring => "retiring",
            Phase::Leaving => "leaving",
            Phase::Stopping => "stopping",
        };
        Self {
            id: worker.id,
            phase: phase.to_owned(),
            uptime: in_ms(worker.uptime),
            leased: load.leased as u32,
            completed: load.completed as f64,
            browser,
        }
    }
}
