// PhantomJS's switches on Chromium: all of them are known, and those that are carried over do there what they did.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findBinary } from "../../lib/browser/binary.js";
import { findChromium } from "../../lib/browser/chromium-binary.js";
import { readSwitches, SWITCHES } from "../../lib/browser/phantom-switches.js";
import { onChromium, warningsOf } from "../helpers.mjs";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const FILES = "--allow-file-access-from-files";

let folder;
before(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pc-switches-")));
});
after(() => fs.rmSync(folder, { recursive: true }));

/** What switches mean, without what holds for all. */
function meaningOf(...switches) {
  const { arguments: given, ...rest } = readSwitches(switches);
  return { ...rest, arguments: given.filter((argument) => argument !== FILES) };
}

/** The messages of the warnings that switches lead to. */
async function toldOf(...switches) {
  const warnings = await warningsOf(() => readSwitches(switches));
  assert.ok(warnings.every(({ code }) => code === "PHANTOM_CLUSTER_SWITCH_IGNORED"));
  return warnings.map(({ message }) => message);
}

test("every switch that PhantomJS knows is known, and no other", () => {
  // It exits with 1 when it has said it.
  const env = { ...process.env, OPENSSL_CONF: "/dev/null" };
  let help = "";
  try {
    help = execFileSync(findBinary(), ["--help"], { encoding: "utf8", timeout: 60_000, env });
  } catch ({ stdout }) {
    help = stdout;
  }
  const names = [...help.matchAll(/^ {2}--([\w-]+)=<val>/gm)].map(([, name]) => name);
  assert.ok(names.length > 30, help);
  assert.deepEqual(Object.keys(SWITCHES).sort(), names.sort());
});

test("settings of pages", () => {
  assert.deepEqual(meaningOf("--load-images=no").defaults, { loadImages: false });
  assert.deepEqual(meaningOf("--load-images=false", "--load-images=yes").defaults, { loadImages: true });
  assert.deepEqual(meaningOf("--web-security=false"), {
    arguments: ["--disable-web-security", "--disable-site-isolation-trials"],
    defaults: { webSecurityEnabled: false },
    ignored: [],
  });
  assert.deepEqual(meaningOf("--web-security=false", "--web-security", "true").arguments, []);
  assert.deepEqual(meaningOf("--ignore-ssl-errors=true"), {
    arguments: ["--ignore-certificate-errors"],
    defaults: { ignoreSslErrors: true },
    ignored: [],
  });
  assert.deepEqual(meaningOf("--cookies-file=jar.txt").defaults, { cookiesFile: path.resolve("jar.txt") });
});

test("files may be read from files, unless they are refused altogether", () => {
  assert.deepEqual(readSwitches([]), { arguments: [FILES], defaults: {}, ignored: [] });
  const refusing = readSwitches(["--local-url-access=false"]);
  assert.deepEqual(refusing, { arguments: [], defaults: { localUrlAccessEnabled: false }, ignored: [] });
});

test("proxies", () => {
  for (const [switches, server] of [
    [["--proxy=host:3128"], "http://host:3128"],
    [["--proxy=http://host:80/"], "http://host:80"],
    // PhantomJS's own default, also for HTTP.
    [["--proxy=host"], "http://host:1080"],
    [["--proxy=[::1]:3128"], "http://[::1]:3128"],
    [["--proxy-type=socks5", "--proxy", "host:9"], "socks5://host:9"],
    [["--proxy=https://host:1", "--proxy-type=http"], "http://host:1"],
  ]) {
    const { defaults, arguments: given } = meaningOf(...switches);
    assert.deepEqual([defaults.proxy, given], [{ server }, [`--proxy-server=${server}`]]);
  }
  const { proxy } = meaningOf("--proxy-auth=me:a:b", "--proxy=h:1").defaults;
  assert.deepEqual(proxy, { server: "http://h:1", user: "me:a", password: "b" });
  assert.deepEqual(meaningOf("--proxy-auth=me", "--proxy=h:1").defaults.proxy, { server: "http://h:1" });
  assert.deepEqual(meaningOf("--proxy=", "--proxy-auth=a:b"), { arguments: [], defaults: {}, ignored: [] });
  assert.deepEqual(meaningOf("--proxy=h:1", "--proxy-type=none").arguments, ["--proxy-server=direct://"]);
});

test("no page gets at files where they are closed, with or without web security", async () => {
  const switches = ["--web-security=no", "--local-url-access=no"];
  const [told] = await toldOf(...switches);
  assert.match(told, /no frames of theirs$/);
  const { arguments: own, defaults } = meaningOf(...switches);
  assert.deepEqual(
    own.filter((name) => /security|files|isolation/.test(name)),
    [],
  );
  assert.deepEqual(defaults, { webSecurityEnabled: false, localUrlAccessEnabled: false });
});

test("what makes no difference says nothing", async () => {
  const harmless = [
    "--debug=yes",
    "--disk-cache=true",
    "--max-disk-cache-size=1000",
    "--output-encoding=latin1",
    "--script-encoding=utf8",
    "--script-language=javascript",
    "--ssl-protocol=any",
    "--ssl-certificates-path=/etc/ssl/certs/",
    "--local-storage-quota=5",
    "--offline-storage-quota=5",
    "--remote-debugger-autorun=no",
  ];
  assert.deepEqual(await toldOf(...harmless), []);
  const names = harmless.map((given) => given.split("=")[0]);
  assert.deepEqual(meaningOf(...harmless), { arguments: [], defaults: {}, ignored: names });
});

test("what Chromium has nothing for is told once, with the remedy", async () => {
  for (const [given, remedy] of [
    ["--local-storage-path=/x", /Chromium has nothing for --local-storage-path; .*--cookies-file/],
    ["--offline-storage-path=/x", /--offline-storage-path; .*keep in/],
    ["--disk-cache-path=/x", /browserArguments: \["--disk-cache-dir=DIR"\]/],
    ["--ssl-ciphers=AES", /leave it out/],
    ["--ssl-certificates-path=/my/certs", /certutil -d sql:/],
    ["--ssl-client-certificate-file=a", /on PhantomJS/],
    ["--ssl-client-key-file=a", /on PhantomJS/],
    ["--ssl-client-key-passphrase=secret", /on PhantomJS/],
    ["--remote-debugger-port=9000", /leave it out/],
    ["--webdriver=8910", /nothing of PhantomJS listens/],
    ["--webdriver-logfile=a", /leave it out/],
    ["--webdriver-loglevel=INFO", /leave it out/],
    ["--webdriver-selenium-grid-hub=http://h", /leave it out/],
  ]) {
    const [message, ...more] = await toldOf(given, given);
    assert.match(message, /^phantomArguments: Chromium has nothing for --/);
    assert.match(message, remedy);
    assert.doesNotMatch(message, /secret/);
    assert.deepEqual(more, []);
    assert.deepEqual(await toldOf(given), []);
    assert.deepEqual(meaningOf(given), { arguments: [], defaults: {}, ignored: [given.split("=")[0]] });
  }
  assert.match(String(await toldOf("--proxy=h:1", "--proxy-type=socks5", "--proxy-auth=a:secret")), /SOCKS.*HTTP$/);
});

test("what PhantomJS refuses is refused", () => {
  const refused = (switches, message) =>
    assert.throws(
      () => readSwitches(switches, { option: "create()" }),
      (error) => {
        assert.equal(error.code, "ERR_INVALID_OPTION");
        assert.match(error.message, message);
        return true;
      },
    );
  refused(["--load-image=no"], /^create\(\): PhantomJS has no switch "--load-image"; did you mean "--load-images"\?$/);
  refused(
    ["--no-sandbox-xxxxxxxxxxxxxxxxxxxxxxx"],
    /no switch ".*"; those of Chromium are for option browserArguments$/,
  );
  refused(["--load-images=on"], /--load-images must be true, false, yes or no, not "on"/);
  refused(["--load-images"], /--load-images must be .* not ""/);
  refused(["--load-images", "--debug=true"], /--load-images must be .* not "--debug=true"/);
  refused(["script.js"], /"script\.js" is no switch of PhantomJS/);
  refused(["-x"], /"-x" is no switch of PhantomJS/);
  for (const end of ["--version", "-v", "--help", "-h", "--wd", "-w"]) {
    refused([end], /leaves no browser to work with/);
  }
});

test("the file of --config", async () => {
  const file = path.join(folder, "config.json");
  const config = {
    ignoreSslErrors: true,
    // Text other than "false" and "0" is true, as in PhantomJS.
    webSecurityEnabled: "false",
    localUrlAccessEnabled: "no",
    javascriptCanOpenWindows: false,
    cookiesFile: "/jar",
    proxy: "h:1",
    proxyAuth: "a:b",
    sslCiphers: "AES",
    // PhantomJS takes neither.
    autoLoadImages: false,
    loadImages: false,
    unknown: 1,
  };
  fs.writeFileSync(file, JSON.stringify(config));
  const messages = await toldOf(`--config=${file}`);
  assert.deepEqual(messages.length, 1);
  assert.match(messages[0], /Chromium has nothing for "sslCiphers" of \S+config\.json; /);
  assert.deepEqual(meaningOf("--ignore-ssl-errors=no", `--config=${file}`, "--proxy-auth=c:d").defaults, {
    ignoreSslErrors: true,
    webSecurityEnabled: false,
    localUrlAccessEnabled: true,
    javascriptCanOpenWindows: false,
    cookiesFile: path.resolve("/jar"),
    proxy: { server: "http://h:1", user: "c", password: "d" },
  });
  fs.writeFileSync(path.join(folder, "broken.json"), "{ ignoreSslErrors: true }");
  assert.match(String(await toldOf(`--config=${folder}/broken.json`)), /broken\.json, is no JSON: nothing of it holds/);
  assert.match(String(await toldOf("--config=/nowhere/c.json")), /cannot be read \(ENOENT\)/);
});

// On Chromium itself ----------------------------------------------------------------------------------------------------

/** The document at `url` when its scripts have run, in a Chromium with what the switches stand for. */
async function dump(url, ...switches) {
  return dumpWith(process.env, url, ...switches);
}

async function dumpWith(env, url, ...switches) {
  const profile = fs.mkdtempSync(path.join(folder, "profile-"));
  const { stdout } = await promisify(execFile)(
    findChromium(),
    [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"],
      `--user-data-dir=${profile}`,
      ...readSwitches(switches).arguments,
      url,
    ],
    { env, timeout: 60_000, killSignal: "SIGKILL" },
  );
  return stdout;
}

/** Gives its port; it ends with the test. */
async function listen(t, server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server.address().port;
}

test("local pages read files, and the web only without web security", onChromium(), async (t) => {
  const port = await listen(
    t,
    http.createServer((_request, response) => response.end("remote")),
  );
  fs.writeFileSync(path.join(folder, "beside.txt"), "beside");
  fs.writeFileSync(
    path.join(folder, "page.html"),
    `<body><script>
    const get = (url) => new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onload = () => resolve(request.responseText);
      request.onerror = () => resolve("refused");
      request.open("GET", url);
      request.send();
    });
    Promise.all(["beside.txt", "http://127.0.0.1:${port}/"].map(get)).then((all) => { document.body.innerText = all; });
    </script></body>`,
  );
  const url = `file://${folder}/page.html`;
  assert.match(await dump(url), /beside,refused/);
  assert.match(await dump(url, "--web-security=false"), /beside,remote/);
  assert.match(await dump(url, "--local-url-access=false"), /refused,refused/);
});

test("certificates are not looked at where PhantomJS does not", onChromium(), async (t) => {
  const [key, cert] = ["key", "crt"].map((suffix) => fs.readFileSync(path.join(fixtures, `self-signed.${suffix}`)));
  const port = await listen(
    t,
    https.createServer({ key, cert }, (_request, response) => response.end("self-signed")),
  );
  const url = `https://127.0.0.1:${port}/`;
  await assert.rejects(dump(url), /ERR_CERT_AUTHORITY_INVALID/);
  assert.match(await dump(url, "--ignore-ssl-errors=true"), /self-signed/);
});

test("a proxy is asked: that of the switch, or of the environment, or none", onChromium(), async (t) => {
  const port = await listen(
    t,
    http.createServer((request, response) => response.end(`proxied ${request.url}`)),
  );
  const url = "http://example.test/x";
  const env = { ...process.env, http_proxy: `http://127.0.0.1:${port}` };
  assert.match(await dump(url, `--proxy=127.0.0.1:${port}`), /proxied http:\/\/example\.test\/x/);
  assert.match(await dumpWith(env, url), /proxied http:\/\/example\.test\/x/);
  await assert.rejects(dumpWith(env, url, "--proxy-type=none"), /ERR_NAME_NOT_RESOLVED/);
});
