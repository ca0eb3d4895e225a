//! The numbers by which the parts of an engine speak of the same thing.

/// An item's number in its queue.
pub(crate) type ItemId = u64;
/// A lease's number: one hand-over of an item to a worker. Never used twice.
pub(crate) type LeaseId = u64;
/// A worker process's number, as `cluster.Worker.id` has it. Node never uses one twice.
pub(crate) type WorkerId = u32;
