"use strict";

// Running programs to see whether they can be run, and which shared libraries they miss.

const { execFile } = require("node:child_process");
const { whyUnrunnable } = require("../lib/browser/unrunnable");

const LIMIT = 20_000;

/** Runs a program to its end, or that of this process: `{ error, stdout, stderr }`. */
function execute(file, args, env = process.env) {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, timeout: LIMIT, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      process.off("exit", kill);
      resolve({ error, stdout, stderr });
    });
    const kill = () => child.kill("SIGKILL");
    process.prependOnceListener("exit", kill);
    child.stdin?.end();
  });
}

/** How a program failed, in a word. */
function howItFailed({ killed, signal, code }) {
  return killed ? `it did not end within ${LIMIT} ms` : `${signal ?? code}`;
}

/** The libraries that the system's loader does not find; `said` is what the program said when it did not start. */
async function missingLibraries(file, said) {
  const { stdout } = process.platform === "linux" ? await execute("ldd", [file]) : { stdout: "" };
  const listed = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, library]) => library);
  const [, first] = /error while loading shared libraries: ([^:\s]+)/.exec(said) ?? [];
  return [...new Set(first ? [...listed, first] : listed)];
}

/** Why `file --version` gave none: `{ problem, remedy }`. `remedy` is for what has no reason of its own. */
function startProblem(file, { error, stdout, stderr }, { browser, remedy }) {
  const why = whyUnrunnable(file, { failed: true, browser });
  if (why) {
    return why;
  }
  const said = (stderr || stdout).trim().split("\n")[0];
  const how = howItFailed(error ?? { code: "no version" });
  return { problem: `${file} --version fails (${how})${said ? `, saying: ${said}` : ""}`, remedy };
}

/** "X misses the shared libraries a, b". */
function missingText(name, libraries) {
  return `${name} misses the shared ${libraries.length > 1 ? "libraries" : "library"} ${libraries.join(", ")}`;
}

module.exports = { execute, howItFailed, missingLibraries, missingText, startProblem };
