"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { readAddresses } = require("./addresses");
const { findBrowser } = require("./browsers");
const { CommandError } = require("./command-error");
const { fileNames } = require("./file-name");
const { FORMATS } = require("./formats");
const { HELP } = require("./help");
const { showProgress } = require("./progress");
const { reportOf, summaryOf } = require("./report");
const { newPage, run } = require("./run");
const { readSettings } = require("./settings");
const { exitCodeOf, onSignals } = require("./signals");

const STDOUT = "-";

/** Files are named, and written, as seen from there. */
function checkWorkingDirectory() {
  try {
    process.cwd();
  } catch {
    throw new CommandError(`the working directory ${process.env.PWD ?? ""} was removed: change to another one`);
  }
}

function makeFolder(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw new CommandError(`cannot write to the directory of --out: ${error.message}`);
  }
}

/** Better now than when the pages are done. */
function checkReport(file) {
  if (file === null || file === STDOUT) {
    return;
  }
  try {
    fs.closeSync(fs.openSync(file, "a"));
  } catch (error) {
    throw new CommandError(`cannot write the report: ${error.message}`);
  }
}

async function checkBrowser(browser) {
  const { problem, remedy } = await findBrowser(browser);
  if (problem) {
    throw new CommandError([problem, remedy].filter(Boolean).join("; "));
  }
}

/** One call of `render`: what is shown while it runs, and what is left when it ends. */
class Rendering {
  #settings;
  #jobs;
  #stream;
  #progress;
  #drain = new AbortController();
  #begin = Date.now();
  #signal = null;

  constructor(settings, urls) {
    this.#settings = settings;
    const names = fileNames(urls, FORMATS[settings.how.format].extension);
    this.#jobs = urls.map((url, i) => ({ page: newPage(url), target: path.join(settings.out, names[i]) }));
    this.#stream = settings.json === STDOUT ? process.stderr : process.stdout;
  }

  async run() {
    const release = onSignals(
      (signal) => this.#onFirstSignal(signal),
      () => this.#endAtOnce(),
    );
    this.#progress = showProgress(this.#jobs.length, this.#stream);
    const onPage = (page) => this.#progress.page(page);
    let problem = null;
    try {
      await run(this.#jobs, this.#settings.how, { drain: this.#drain.signal, onPage });
    } catch (error) {
      problem = error;
    }
    release();
    return this.#end(problem);
  }

  #onFirstSignal(signal) {
    this.#signal = signal;
    this.#progress.note(`${signal}: the pages under way are finished; once more stops at once`);
    this.#drain.abort();
  }

  /** Exits; workers and their browsers end with this process. */
  #endAtOnce() {
    try {
      this.#end(null);
    } catch (error) {
      process.stderr.write(`phantom-cluster: ${error.message}\n`);
    }
    process.exit(exitCodeOf(this.#signal));
  }

  /** Shows and writes what there is, and gives the exit code. */
  #end(problem) {
    this.#progress.end();
    const report = reportOf({
      ...this.#settings,
      pages: this.#jobs.map(({ page }) => page),
      begin: this.#begin,
      ms: Date.now() - this.#begin,
      signal: this.#signal,
      problem: problem?.message ?? null,
    });
    if (!problem || report.notDone < report.pages.length) {
      this.#stream.write(summaryOf(report));
    }
    this.#write(`${JSON.stringify(report, null, 2)}\n`);
    if (problem) {
      throw problem;
    }
    return this.#signal ? exitCodeOf(this.#signal) : Number(report.failed > 0);
  }

  #write(text) {
    const { json } = this.#settings;
    if (json === STDOUT) {
      process.stdout.write(text);
    } else if (json !== null) {
      fs.writeFileSync(json, text);
    }
  }
}

/** `phantom-cluster render …`; gives the exit code. */
async function render(args) {
  checkWorkingDirectory();
  const settings = readSettings(args);
  if (settings === null) {
    process.stdout.write(HELP);
    return 0;
  }
  const urls = await readAddresses(settings.urls, settings.inputs);
  makeFolder(settings.out);
  await checkBrowser(settings.how.browser);
  checkReport(settings.json);
  return new Rendering(settings, urls).run();
}

module.exports = { render };
