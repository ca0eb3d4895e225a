// What users give Chromium: what is refused, what is added, and that it gets there.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { chromiumArguments } from "../../lib/browser/chromium-arguments.js";
import { explainChromium, librariesRemedy } from "../../lib/browser/explain-chromium.js";
import { PhantomError } from "../../lib/errors.js";
import { isLinux, onChromium, warningsOf } from "../helpers.mjs";

const { create } = createRequire(import.meta.url)("../../phantom.js");
const linux = { skip: !isLinux };

const user = { isRoot: false };

test("switches of one's own go on as they are", async () => {
  const warnings = await warningsOf(() => {
    assert.deepEqual(chromiumArguments([], user), []);
    const given = ["--lang=de", "--disable-features=A,B", "--window-size=800,600", "-single-dash", "--lang=fr"];
    assert.deepEqual(chromiumArguments(given, user), given);
  });
  assert.deepEqual(warnings, []);
});

test("what would take the browser away is refused, with what to do instead", () => {
  for (const [given, message] of [
    [
      "--remote-debugging-port=9222",
      /--remote-debugging-port cannot be given to Chromium, as it is spoken to over a pipe/,
    ],
    ["-remote-debugging-port=9222", /--remote-debugging-port cannot/],
    ["--remote-debugging-pipe", /leave it out$/],
    ["--remote-debugging-address=0.0.0.0", /leave it out$/],
    ["--remote-debugging-io-pipes=3,4", /leave it out$/],
    [
      "--user-data-dir=/home/me/profile",
      /a profile of its own .*phantomArguments: \["--cookies-file=FILE"\] keeps cookies$/,
    ],
    ["--single-process", /would end the browser and all other pages/],
    ["--type=renderer", /processes that Chromium starts itself/],
    ["--dump-dom", /would do that and end/],
    ["--screenshot=x.png", /would do that and end/],
    ["--version", /would do that and end/],
    ["http://example.com/", /"http:\/\/example\.com\/" is no switch of Chromium, which begin with --$/],
    ["--", /"--" is no switch/],
    ["", /"" is no switch/],
    ["--=x", /"--=x" is no switch/],
  ]) {
    assert.throws(
      () => chromiumArguments(["--lang=de", given], { ...user, option: "mine" }),
      (error) => {
        assert.equal(error.code, "ERR_INVALID_OPTION");
        assert.match(error.message, /^option "mine": /);
        assert.match(error.message, message);
        return true;
      },
    );
  }
});

test("root gets --no-sandbox, with one warning", async () => {
  const warnings = await warningsOf(() => {
    assert.deepEqual(chromiumArguments(["--lang=de"], { isRoot: true }), ["--lang=de", "--no-sandbox"]);
    chromiumArguments([], { isRoot: true });
    // By one's own wish too.
    assert.deepEqual(chromiumArguments(["--no-sandbox"], { isRoot: true }), ["--no-sandbox"]);
    assert.deepEqual(chromiumArguments(["-no-sandbox"], user), ["-no-sandbox"]);
  });
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ["PHANTOM_CLUSTER_NO_SANDBOX"],
  );
  assert.match(warnings[0].message, /without its sandbox, as root can have none: .*; run as another user$/);
});

/** A Chromium in this process, ended behind `body`. */
async function withPhantom(options, body) {
  const ph = await create([], { browser: "chromium", onStdout: () => {}, onStderr: () => {}, ...options });
  try {
    await body(ph);
  } finally {
    await ph.exit();
  }
}

test("the switches of both kinds are those of the process", { skip: !isLinux, ...onChromium() }, () =>
  withPhantom({ browserArguments: ["--lang=de"], parameters: { "ignore-ssl-errors": "true" } }, async (ph) => {
    const switches = fs.readFileSync(`/proc/${ph.process.pid}/cmdline`, "utf8").split("\0");
    for (const name of ["--lang=de", "--ignore-certificate-errors", "--allow-file-access-from-files"]) {
      assert.ok(switches.includes(name), name);
    }
    assert.equal(switches.includes("--no-sandbox"), process.getuid() === 0);
    assert.ok(!fs.readlinkSync(`/proc/${ph.process.pid}/exe`).endsWith("sh"), "the program itself");
  }),
);

test("a browser that runs elsewhere is not started here, and its address is not shown", onChromium(), async () => {
  const browserEndpoint = "ws://127.0.0.1:1/devtools/browser/secret?token=secret";
  await assert.rejects(create({ browser: "chromium", browserEndpoint }), (error) => {
    assert.match(error.code, /^ERR_/);
    assert.doesNotMatch(`${error.stack}${error.cause}`, /secret/);
    return true;
  });
});

// Why it does not start -------------------------------------------------------------------------------------------------

test("a shared library that is missing is named with the package that has it", linux, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-libraries-"));
  const release = (id) => {
    fs.writeFileSync(path.join(folder, id), `ID=${id}\n`);
    return { osRelease: path.join(folder, id), isRoot: false };
  };
  const libraries = ["libnss3.so", "libXcomposite.so.1", "libnssutil3.so"];
  assert.equal(librariesRemedy(libraries, release("debian")), 'run "sudo apt-get install -y libnss3 libxcomposite1"');
  assert.equal(librariesRemedy(libraries, release("fedora")), 'run "sudo dnf install -y nss libXcomposite nss-util"');
  assert.match(librariesRemedy(libraries, release("other")), /^install the packages that have libnss3\.so, libXcomp/);
  assert.match(librariesRemedy(["libodd.so.1"], release("debian")), /^install the packages that have libodd\.so\.1$/);
  fs.rmSync(folder, { recursive: true });
  const said = "Chromium ended: error while loading shared libraries: libnss3.so: cannot open shared object file";
  const { code, message, cause } = explainChromium(new PhantomError("ERR_PHANTOM_START", said), process.execPath);
  assert.equal(code, "ERR_PHANTOM_START");
  assert.match(message, /libnss3\.so: .*; .*libnss3.*; "npx phantom-cluster doctor" names all/);
  assert.equal(cause.message, said);
});

test("a program that is none, or for another system, is named as what it is", linux, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-foreign-"));
  const file = path.join(folder, "chromium");
  fs.writeFileSync(file, "#!/nowhere/sh\n", { mode: 0o755 });
  const started = create({ browser: "chromium", browserBinary: file });
  await assert.rejects(started, {
    code: "ERR_BROWSER_BINARY",
    message:
      /chromium cannot be run: it is a script for \/nowhere\/sh, .*; install \/nowhere\/sh, or name Chromium itself/,
  });
  fs.writeFileSync(file, "#!/bin/sh\necho no browser here >&2\nexit 3\n", { mode: 0o755 });
  await assert.rejects(create({ browser: "chromium", browserBinary: file }), {
    code: "ERR_PHANTOM_START",
    message: /Chromium at .* ended at its start .*no browser here/,
  });
  fs.rmSync(folder, { recursive: true });
});
