"use strict";

// Rust: cargo, and for the lints clippy and rustfmt. It is named where it is missing, and never installed.

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { SetupError, onPath, outputOf, root } = require("./run");

const RUSTUP = `run "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y", then ". ~/.cargo/env"`;

/** "1.88", the oldest Rust that Cargo.toml allows. */
function oldest() {
  return /^rust-version = "([\d.]+)"/m.exec(fs.readFileSync(path.join(root, "Cargo.toml"), "utf8"))[1];
}

const isOlder = (version, than) => version.localeCompare(than, "en", { numeric: true }) < 0;

function checkCargo(said) {
  const isThere = onPath("cargo");
  if (!isThere && fs.existsSync(path.join(os.homedir(), ".cargo", "bin"))) {
    throw new SetupError('Rust is in ~/.cargo/bin, which is not in PATH: run ". ~/.cargo/env"');
  }
  if (!isThere) {
    throw new SetupError(`Rust ${oldest()} or later is needed to build the addon, and is not installed: ${RUSTUP}`);
  }
  const [, version] = /^cargo (\d+\.\d+\.\d+)/.exec(said ?? "") ?? [];
  if (!version) {
    throw new SetupError(
      'cargo does not run: "cargo --version" says why; with rustup "rustup default stable" may help',
    );
  }
  if (isOlder(version, oldest())) {
    const remedy = onPath("rustup") ? 'run "rustup update stable"' : RUSTUP;
    throw new SetupError(`Rust ${version} is too old, ${oldest()} or later is needed: ${remedy}`);
  }
}

/** Throws a SetupError when something is missing; `tools` asks for clippy and rustfmt as well. */
async function check({ tools }) {
  // rustup has a program of each name, whether or not the part is installed.
  const programs = ["cargo", ...(tools ? ["cargo-clippy", "rustfmt"] : [])];
  const [cargo, clippy, rustfmt] = await Promise.all(programs.map((name) => outputOf(name, ["--version"])));
  checkCargo(cargo);
  const missing = [...(clippy === null ? ["clippy"] : []), ...(rustfmt === null ? ["rustfmt"] : [])];
  if (missing.length > 0) {
    const remedy = onPath("rustup") ? `run "rustup component add ${missing.join(" ")}"` : RUSTUP;
    throw new SetupError(`the lints need ${missing.join(" and ")} of Rust, not installed: ${remedy}`);
  }
}

module.exports = { check };
