"use strict";

/** The figures of the workers; `processes` are Node's own objects for them, by id. */
function workerStats(native, processes) {
  const { workers, ...restarts } = native.supervisorStats();
  const pidOf = ({ id }) => processes[id]?.process.pid;
  const pids = workers.map(pidOf).filter(Boolean);
  const browsers = workers.map(({ browser }) => browser).filter(Boolean);
  const memory = new Map([
    ...pairs(pids, native.residentMemory(pids)),
    ...pairs(browsers, native.browserMemory(browsers)),
  ]);
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

function pairs(pids, bytes) {
  return pids.map((pid, index) => [pid, bytes[index]]);
}

module.exports = { workerStats };
