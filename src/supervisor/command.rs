//! What the supervisor asks of the owner of its engine.

use crate::id::WorkerId;

/// What the engine's owner must do now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Command {
    /// Fork one worker, and report it with `forked`.
    Fork,
    /// Ask a worker to end.
    Terminate(WorkerId),
    /// Let a worker finish what it holds, and end it then.
    Retire(WorkerId),
    /// Let a worker go that has said goodbye.
    Release(WorkerId),
    /// Kill a worker that did not end in time, or does not react.
    Kill(WorkerId),
    /// Kill a worker that was not ready in time, which is a crash.
    KillLate(WorkerId),
    /// Workers crash faster than it makes sense to restart them; none is restarted any more.
    CrashLoop,
    /// The last worker is gone after `stop`.
    Stopped,
}
