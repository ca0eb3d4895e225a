// The command line with Chromium: which browser is meant, and what doctor says of it.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { checkStart, sandboxRemedy } from "../../cli/checks/chromium.js";
import { findBinary } from "../../lib/browser/binary.js";
import { findChromium } from "../../lib/browser/chromium-binary.js";
import { isLinux, onChromium } from "../helpers.mjs";
import { cli, folder } from "./helpers.mjs";

const linux = { skip: !isLinux };
const isRoot = process.getuid?.() === 0;

/** A program of that text. */
function script(text) {
  const file = path.join(folder(), "chromium");
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

test("a browser that is none is answered with the one that was meant", async () => {
  const wrong = await cli(["render", "x", "--browser", "chrome"]);
  assert.equal(wrong.code, 2, wrong.text);
  assert.equal(
    wrong.stderr,
    'phantom-cluster: --browser must be phantomjs or chromium, not "chrome"; did you mean "chromium"?\n',
  );
  const variable = await cli(["doctor"], { env: { PHANTOM_CLUSTER_BROWSER: "netscape" } });
  assert.equal(variable.code, 2, variable.text);
  assert.match(
    variable.stderr,
    /^phantom-cluster: PHANTOM_CLUSTER_BROWSER must be "phantomjs" or "chromium", not 'netsc/,
  );
});

test("a Chromium that is not there, or does not start, is named before pages are opened", linux, async () => {
  const env = { PHANTOM_CLUSTER_BROWSER: "chromium", CHROME_PATH: "/nowhere/chrome" };
  const missing = await cli(["render", "x"], { env });
  assert.equal(missing.code, 2, missing.text);
  assert.match(
    missing.stderr,
    /^phantom-cluster: CHROME_PATH names \/nowhere\/chrome, which does not exist; install one/,
  );
  env.CHROME_PATH = script("echo out of order >&2; exit 3");
  const broken = await cli(["render", "x"], { env });
  assert.equal(broken.code, 2, broken.text);
  assert.match(
    broken.stderr,
    /^phantom-cluster: \S+chromium --version fails \(3\), saying: out of order; name a Chromium/,
  );
  // PhantomJS needs none.
  const { code, text } = await cli(["render", "http://127.0.0.1:1/", "--browser", "phantomjs"], { env });
  assert.equal(code, 1, text);
});

describe("doctor", () => {
  test("finds Chromium and starts it", onChromium(linux), async () => {
    const { code, stdout, text } = await cli(["doctor"]);
    assert.equal(code, 0, text);
    assert.match(stdout, /^ok {7}Chromium \d+\.\d+\S* found: \/\S+$/m);
    assert.match(
      stdout,
      isRoot
        ? /^note {5}Chromium starts, without its sandbox, as root can have none\n {9}→ run the service as another user$/m
        : /^ok {7}Chromium starts, with its sandbox$/m,
    );
    assert.match(stdout, /^ok {7}A page was rendered by a worker with PhantomJS in \d+ ms/m);
  });

  test("only notes what is wrong with the browser that is not used", linux, async () => {
    const env = { CHROME_BIN: "/nowhere/chrome" };
    const noted = await cli(["doctor"], { env });
    assert.equal(noted.code, 0, noted.text);
    assert.match(
      noted.stdout,
      /^note {5}CHROME_BIN names \/nowhere\/chrome, which does not exist\n {9}→ install one with "/m,
    );
    assert.match(noted.stdout, /\nAll is fine\.\n$/);
    const used = await cli(["doctor", "--browser", "chromium"], {
      env: { ...env, PHANTOMJS_EXECUTABLE: "/nowhere/p" },
    });
    assert.equal(used.code, 1, used.text);
    assert.match(used.stdout, /^problem {2}CHROME_BIN names \/nowhere\/chrome/m);
    assert.match(used.stdout, /^note {5}PHANTOMJS_EXECUTABLE names \/nowhere\/p/m);
    assert.match(used.stdout, /^note {5}No page was rendered/m);
    assert.match(used.stdout, /\n1 problem\.\n$/);
  });

  test("names the libraries that Chromium misses, with the command for this system", linux, async () => {
    // A program of which one library gets a name that no system has.
    const data = fs.readFileSync(findBinary());
    data.write("libfreetype.so.0\0", data.indexOf("libfreetype.so.6\0"), "latin1");
    const file = path.join(folder(), "chromium");
    fs.writeFileSync(file, data, { mode: 0o755 });
    const { code, stdout, text } = await cli(["doctor", "-b", "chromium"], { env: { CHROME_PATH: file } });
    assert.equal(code, 1, text);
    assert.match(stdout, /^ok {7}Chromium named by CHROME_PATH: \S+chromium$/m);
    assert.match(
      stdout,
      /^problem {2}Chromium misses the shared library libfreetype\.so\.0\n {9}→ (run "|install the)/m,
    );
  });

  test("tells a system that allows no sandbox from another reason", linux, async () => {
    // What Chromium 156 says where no user may make a namespace.
    const forbidden = "[1128/1.2:ERROR:content/zygote_host_impl_linux.cc:130] No usable sandbox! If this is …";
    const without = await checkStart(script(`echo '${forbidden}' >&2; kill -TRAP $$`), false);
    assert.equal(without.state, "problem");
    assert.equal(without.text, "The system lets Chromium make no sandbox");
    const other = await checkStart(script("echo '[1:WARNING:x] y' >&2; echo out of order >&2; exit 7"), false);
    assert.deepEqual(other, {
      state: "problem",
      text: "Chromium does not start (7), saying: out of order",
      remedy: "",
    });
  });

  test("starts the Chromium of this system as its user", onChromium(linux), async () => {
    assert.equal((await checkStart(findChromium())).state, isRoot ? "note" : "ok");
  });

  test("says which setting keeps Chromium from its sandbox", () => {
    const root = folder();
    assert.match(sandboxRemedy(root), /^install the package chromium-sandbox \(Debian\), .*"--no-sandbox"/);
    fs.writeFileSync(path.join(root, ".dockerenv"), "");
    assert.match(
      sandboxRemedy(root),
      /^start the container with a seccomp profile .*--security-opt seccomp=unconfined; /,
    );
    for (const [name, value, allowed] of [
      ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
      ["user.max_user_namespaces", "0", "15000"],
    ]) {
      const file = path.join(root, "proc/sys", ...name.split("."));
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, `${allowed}\n`);
      assert.doesNotMatch(sandboxRemedy(root), new RegExp(name));
      fs.writeFileSync(file, `${value}\n`);
      assert.match(sandboxRemedy(root), new RegExp(`^run "sudo sysctl -w ${name}=${allowed}"`));
    }
  });
});
