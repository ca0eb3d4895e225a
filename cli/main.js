#!/usr/bin/env node
"use strict";

// The command line: finds the command, and turns its end into an exit code. A command is loaded when it is called, so
// that `doctor` and `build` run where the addon does not load.

const { CommandError } = require("./command-error");
const { HELP } = require("./help");

const USAGE = 2;
const COMMANDS = {
  render: () => require("./render").render,
  doctor: () => require("./doctor").doctor,
  queue: () => require("./queue").queue,
  build: () => require("./build").build,
};

// Errors of the system have a code, and a CommandError is meant for the user. Any other error is a bug in here.
function messageOf(error) {
  const isExpected = error instanceof CommandError || /^(ERR|E)_?[A-Z]/.test(error?.code ?? "");
  return isExpected ? error.message.replace(/\s*\n\s*/g, " ") : (error?.stack ?? String(error));
}

function commandOf(name) {
  if (!Object.hasOwn(COMMANDS, name)) {
    const { didYouMean } = require("../lib/nearest");
    const hint = didYouMean(name, Object.keys(COMMANDS));
    throw new CommandError(`there is no command "${name}"${hint}; see phantom-cluster --help`);
  }
  return COMMANDS[name]();
}

async function main([name, ...args]) {
  if (name === undefined) {
    process.stderr.write(HELP);
    return USAGE;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${require("../package.json").version}\n`);
    return 0;
  }
  return commandOf(name)(args);
}

// Go on when nobody reads stdout any more (`| head`): the files and the report matter more.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") {
      throw error;
    }
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`phantom-cluster: ${messageOf(error)}\n`);
    process.exitCode = USAGE;
  },
);
