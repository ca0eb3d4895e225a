"use strict";

/** The figures of the workers; `processes` are Node's own objects for them, by id. */
function workerStats(native, processes) {
  const { workers, ...restarts } = native.supervisorStats();
  const pidOf = ({ id }) => processes[id]?.process.pid;
  const pids = workers.flatMap((worker) => [pidOf(worker), worker.browser]).filter(Boolean);
  const bytes = native.residentMemory(pids);
  const memory = new Map(pids.map((pid, index) => [pid, bytes[index]]));
  const figuresOf = (pid) => ({ pid: pid ?? null, rss: memory.get(pid) ?? null });
  return {
    workers: workers.map(({ browser, ...worker }) => ({
      ...worker,
      ...figuresOf(pidOf(worker)),
      phantom: browser ? figuresOf(browser) : null,
    })),
    restarts,
  };
}

module.exports = { workerStats };
