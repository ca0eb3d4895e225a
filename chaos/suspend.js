"use strict";

// Stops processes, and lets them go on after a while: node suspend.js MS PID…
// A process of its own, since the primary is among those that it stops.

const [ms, ...pids] = process.argv.slice(2).map(Number);

function sendToAll(signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended before.
    }
  }
}

sendToAll("SIGSTOP");
setTimeout(() => sendToAll("SIGCONT"), ms);
