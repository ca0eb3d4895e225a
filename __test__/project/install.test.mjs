// What users get: the packages are packed as a release packs them, and installed into an empty project outside of this
// repository, where there is no Rust.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import semver from "semver";
import { ADDON, releaseTarballs, TARGET } from "../../scripts/release-tarballs.js";
import "../leftovers.mjs";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-install-"));
const NAME = TARGET.name;
const isHere = fs.existsSync(path.join(root, ADDON));
const KIB = 1024;

// All of PATH: a shell and Node's own programs.
const programs = path.join(folder, "bin");
const environment = Object.fromEntries(
  // What `npm test` tells its scripts of this package would mislead the npm of another.
  Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_(local|global)_?prefix)|^INIT_CWD$/.test(name),
  ),
);
environment.PATH = programs;

/** Runs a program to its end; gives `{ code, stdout, text }`. */
function execute(command, args, cwd, env = environment) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: 120_000 });
  assert.ifError(error);
  return { code: status, stdout, text: `${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}` };
}

/** As `execute()`, for what must end well; gives stdout. */
function succeed(...args) {
  const { code, stdout, text } = execute(...args);
  assert.equal(code, 0, text);
  return stdout;
}

const pathOf = (name) => succeed("sh", ["-c", `command -v ${name}`], root, process.env).trim();

/** An empty project with some packages; gives its directory. */
function project(name, tarballs, env = environment) {
  const directory = path.join(folder, name);
  fs.mkdirSync(directory);
  fs.writeFileSync(path.join(directory, "package.json"), "{}");
  const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--foreground-scripts", ...tarballs];
  const { code, text } = execute("npm", args, directory, env);
  assert.equal(code, 0, text);
  // Nothing is blocked, and nothing asks for a newer Node.
  assert.doesNotMatch(text, /EBADENGINE|allow-scripts|install script/i);
  return directory;
}

const inPackage = (directory, ...names) => path.join(directory, "node_modules", "phantom-cluster", ...names);
const requireIn = (directory) => execute("node", ["-e", 'require("phantom-cluster")'], directory);

describe("the tarballs", { skip: !isHere && `there is no ${ADDON}` }, () => {
  let main;
  let platform;

  before(() => {
    fs.mkdirSync(programs);
    for (const name of ["node", "npm", "npx", "sh"]) {
      fs.symlinkSync(name === "node" ? process.execPath : fs.realpathSync(pathOf(name)), path.join(programs, name));
    }
    ({ main, platform } = releaseTarballs(folder));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  test("hold what is needed, Rust sources too, and are small", () => {
    const files = main.files.map((file) => file.path);
    for (const file of [
      "index.js",
      "index.d.ts",
      "types/queue.d.ts",
      "binding.js",
      "driver/main.js",
      "Cargo.lock",
      "src/lib.rs",
      "cli/build.js",
      "LICENSE",
    ]) {
      assert.ok(files.includes(file), file);
    }
    assert.deepEqual(
      files.filter((file) =>
        /\.node$|[_/]tests\.rs$|_model\.rs$|\/conformance\/|^(__test__|bench|node_modules|scripts|target)\//.test(file),
      ),
      [],
    );
    // The sources of two browsers.
    assert.ok(main.size < 640 * KIB && main.unpackedSize < 2_200 * KIB, `${main.size} of ${main.unpackedSize} bytes`);
    assert.deepEqual(platform.files.map((file) => file.path).sort(), ["README.md", "package.json", ADDON].sort());
    // 8.0 MB, stripped: two browsers, TLS for those that run elsewhere, and SQLite.
    assert.ok(platform.unpackedSize < 8_192 * KIB, `${platform.unpackedSize} bytes`);
  });

  describe("of main package and platform", () => {
    let directory;
    before(() => {
      directory = project("user", [main.tarball, platform.tarball]);
      for (const file of ["site.js", "published.js", "esm.mjs", "typescript.ts"]) {
        fs.copyFileSync(path.join(root, "examples", file), path.join(directory, file));
      }
    });

    test("give require() and import the same", () => {
      const names = 'console.log(Object.keys(all).filter((name) => name !== "default").sort().join())';
      const required = succeed("node", ["-e", `const all = require("phantom-cluster"); ${names}`], directory);
      const script = `import * as all from "phantom-cluster"; ${names}`;
      const imported = succeed("node", ["--input-type=module", "-e", script], directory);
      assert.match(required, /createQueued/);
      assert.deepEqual(
        imported
          .trim()
          .split(",")
          // Of newer Node.
          .filter((name) => name !== "module.exports")
          .join(),
        required.trim(),
      );
      assert.deepEqual(
        fs.readdirSync(inPackage(directory)).filter((name) => /\.node$|^build-/.test(name)),
        [],
      );
    });

    test("run the example of 0.1.x, and the one with import", () => {
      const published = succeed("node", ["published.js"], directory);
      assert.equal(published.match(/: (Home|News|About us)$/gm)?.length, 3, published);
      assert.match(succeed("node", ["esm.mjs"], directory), /News/);
    });

    function compile(script, ...more) {
      const tsc = require.resolve("typescript/bin/tsc");
      const types = path.join(root, "node_modules", "@types");
      const options =
        "--strict --exactOptionalPropertyTypes --module nodenext --target es2022 --lib es2022,dom --types node";
      succeed("node", [tsc, ...options.split(" "), "--typeRoots", types, ...more, script], directory);
    }

    test("compile and run the example in TypeScript", () => {
      compile("typescript.ts");
      assert.match(succeed("node", ["typescript.js"], directory), /: A typed page, 1 link\(s\)/);
    });

    test("let a library name the types of its engines", () => {
      const library = `import { create, PhantomQueuedClusterServer } from "phantom-cluster";
        export const engine = create();
        export const { resize, enqueue } = new PhantomQueuedClusterServer<string, number>();`;
      fs.writeFileSync(path.join(directory, "library.ts"), library);
      compile("library.ts", "--declaration");
      const declared = fs.readFileSync(path.join(directory, "library.d.ts"), "utf8");
      assert.match(declared, /engine: .*PhantomClusterServer<.* \| .*PhantomClusterClient</);
      assert.doesNotMatch(declared, /phantom-cluster\//, "none by a file of ours");
    });

    test("have the command", () => {
      const doctor = succeed("npx", ["phantom-cluster", "doctor"], directory);
      assert.match(doctor, /^ok {7}The addon for linux-x64 loads$/m);
      assert.match(doctor, /^ok {7}A page was rendered by a worker/m);
    });

    test("tell an addon that does not load by its reason", () => {
      const addon = path.join(directory, "node_modules", `phantom-cluster-${NAME}`, ADDON);
      fs.truncateSync(addon, 10);
      const { code, text } = requireIn(directory);
      assert.equal(code, 1, text);
      assert.match(
        text,
        /npm package phantom-cluster-linux-x64-gnu, does not load: \S+: file too short; on a platform/,
      );
    });
  });

  describe("of the main package alone", () => {
    const MISSING =
      /the addon for linux-x64, npm package phantom-cluster-linux-x64-gnu, is not installed; .* run "npx phantom-cluster build"/;
    let directory;
    before(() => {
      directory = project("alone", [main.tarball]);
    });

    /** `npx phantom-cluster build`, with a `cargo` in PATH that is this script of a shell. */
    function build(script) {
      const tools = fs.mkdtempSync(path.join(folder, "tools-"));
      if (script) {
        fs.writeFileSync(path.join(tools, "cargo"), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}`, { mode: 0o755 });
      }
      const env = { ...environment, PATH: `${tools}${path.delimiter}${programs}` };
      const built = execute("npx", ["phantom-cluster", "build"], directory, env);
      assert.deepEqual(
        fs.readdirSync(inPackage(directory)).filter((name) => name.startsWith("build-")),
        [],
      );
      return built;
    }

    test("say in one sentence what is missing: on require(), and by the doctor", () => {
      const script =
        'try { require("phantom-cluster") } catch ({ name, code, message }) { console.log(name, code, message) }';
      const thrown = succeed("node", ["-e", script], directory);
      assert.match(thrown, /^EngineError ERR_ADDON_MISSING the addon for [^\n]*\n$/);
      assert.match(thrown, MISSING);
      assert.doesNotMatch(requireIn(directory).text, /cause/);

      const doctor = execute("npx", ["phantom-cluster", "doctor"], directory);
      assert.equal(doctor.code, 1, doctor.text);
      assert.match(doctor.stdout, MISSING);
      assert.match(succeed("npx", ["phantom-cluster", "--help"], directory), /^build {3}builds the addon/m);
      assert.match(succeed("npx", ["phantom-cluster", "build", "--help"], directory), /^Usage: /);
    });

    test("say why a build from source failed, and what to do", () => {
      const version = '[ "$1" = --version ] && echo cargo 1.0.0 && exit\n';
      for (const [script, said] of [
        [null, /as no Rust is installed: install it from https:\/\/rustup\.rs, and run this again/],
        ['echo "error: no default toolchain" >&2\nexit 1', /no default toolchain; run "rustup default stable"/],
        [
          `${version}echo "error: rustc 1.0.0 is not supported by it" >&2\nexit 101`,
          /is not supported by it; get a newer Rust: "rustup update stable"/,
        ],
        [
          `${version}echo 'error: linker \`cc\` not found' >&2\nexit 101`,
          /not found; install a C compiler: on Debian and Ubuntu "apt-get install gcc libc6-dev"/,
        ],
      ]) {
        const { code, text } = build(script);
        assert.equal(code, 2, text);
        const lines = text.split("\n").filter((line) => line.startsWith("phantom-cluster: the addon is not built"));
        assert.equal(lines.length, 1, text);
        assert.match(lines[0], said);
      }
      assert.match(requireIn(directory).text, MISSING);
    });

    test("build the addon from source where there is Rust", () => {
      // A compiler would take minutes: this one has the library ready.
      const { code, text } = build(
        `[ "$1" = --version ] && echo cargo 1.99.0 && exit
[ "$*" = "build --release --locked --target-dir $5" ] && [ -f Cargo.lock ] && [ -f src/lib.rs ] || exit 1
echo "   Compiling phantom-cluster" >&2
mkdir "$5/release" && cp "${path.join(root, ADDON)}" "$5/release/libphantom_cluster.so"`,
      );
      assert.equal(code, 0, text);
      assert.match(text, /^phantom-cluster: building the addon for linux-x64-gnu in \S+ with cargo 1\.99\.0/m);
      assert.match(text, /^ {3}Compiling phantom-cluster$/m);
      assert.match(text, /^phantom-cluster: the addon is built, and loads: /m);
      assert.equal(requireIn(directory).code, 0);
      assert.match(build(null).text, /is there and loads: there is nothing to build/);
      fs.copyFileSync(path.join(root, "examples", "standalone.js"), path.join(directory, "standalone.js"));
      fs.copyFileSync(path.join(root, "examples", "site.js"), path.join(directory, "site.js"));
      assert.match(succeed("node", ["standalone.js"], directory), /with callbacks: success, Home/);
    });
  });
});

test("no package that is installed asks for a newer Node: 20 for the tools, 18.19 for users", () => {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8"));
  const newer = Object.entries(packages).filter(
    ([, { dev, engines }]) => engines?.node && !semver.satisfies(dev ? "20.19.0" : "18.19.0", engines.node),
  );
  assert.deepEqual(newer, []);
  // BullMQ's, for the tests alone: it chooses among packages with its addon, and does without where there is none.
  const known = ["node_modules/msgpackr-extract"];
  const scripts = Object.keys(packages).filter((name) => packages[name].hasInstallScript);
  assert.deepEqual(
    scripts.filter((name) => !(known.includes(name) && packages[name].dev)),
    [],
  );
});
