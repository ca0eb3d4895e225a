"use strict";

// PhantomJS's switches on Chromium: what each stands for there. A script of old days gives them, and knows of no other
// browser. Facts of PhantomJS 2.1.1: its `--help`, and what its binary was seen to do.

const cluster = require("node:cluster");
const fs = require("node:fs");
const path = require("node:path");
const { OptionRangeError } = require("../errors");
const { didYouMean } = require("../nearest");
const { warnOnce } = require("../warn");

const PROXY_PORT = 1080;
/** Where the certificates are that Chromium needs no word for: those it trusts are its own. */
const SYSTEM_CERTIFICATES = ["/etc/ssl/certs", "/usr/lib/ssl/certs", "/usr/local/ssl/certs", "/etc/pki/tls/certs"];
const CERTIFICATE = "certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n NAME -i FILE";
const FLAGS = { true: true, yes: true, false: false, no: false };

// The kinds of switches. `apply(result, value)` says what one means; one without is harmless: what it sets makes no
// difference here. `cannot(value)` gives what to do instead, where Chromium cannot do it. `config` is its name in the file
// of --config.
const harmless = (config) => ({ config });
const harmlessFlag = (config) => ({ config, isFlag: true });
const impossible = (config, remedy) => ({ config, cannot: () => remedy });
const setting = (name, config, apply = () => {}) => ({
  config,
  isFlag: true,
  apply: (result, value) => {
    result.defaults[name] = value;
    apply(result, value);
  },
});

/** Adds one of Chromium's own switches, or takes it away again: the last one counts. */
function toggle(result, name, isOn) {
  result.arguments = result.arguments.filter((argument) => argument !== name);
  if (isOn) {
    result.arguments.push(name);
  }
}

const CLIENT_CERTIFICATE = "a proxy that has the client certificate can add it, or run these pages on PhantomJS";
const STORAGE = "its localStorage ends with the browser: keep in cookies (--cookies-file) or in Node what must last";
const NO_SERVER = "nothing of PhantomJS listens here: leave it out";

const SWITCHES = {
  "cookies-file": {
    config: "cookiesFile",
    apply: ({ defaults }, value) => {
      defaults.cookiesFile = path.resolve(value);
    },
  },
  config: { apply: readConfig },
  debug: harmlessFlag("printDebugMessages"),
  "disk-cache": harmlessFlag("diskCacheEnabled"),
  "disk-cache-path": impossible(
    "diskCachePath",
    'its cache ends with the browser; where there is only one, browserArguments: ["--disk-cache-dir=DIR"] keeps it',
  ),
  "max-disk-cache-size": harmless("maxDiskCacheSize"),
  "ignore-ssl-errors": setting("ignoreSslErrors", "ignoreSslErrors", (result, value) =>
    toggle(result, "--ignore-certificate-errors", value),
  ),
  // In the file of --config it has no effect under any name.
  "load-images": setting("loadImages"),
  "local-url-access": setting("localUrlAccessEnabled", "localUrlAccessEnabled", (result, value) =>
    toggle(result, "--allow-file-access-from-files", value),
  ),
  "local-storage-path": impossible("localStoragePath", STORAGE),
  "local-storage-quota": harmless("localStorageDefaultQuota"),
  "offline-storage-path": impossible("offlineStoragePath", STORAGE),
  "offline-storage-quota": harmless("offlineStorageDefaultQuota"),
  "local-to-remote-url-access": setting("localToRemoteUrlAccessEnabled", "localToRemoteUrlAccessEnabled"),
  "output-encoding": harmless("outputEncoding"),
  "remote-debugger-port": impossible(undefined, NO_SERVER),
  "remote-debugger-autorun": harmlessFlag(),
  proxy: {
    config: "proxy",
    apply: (result, value) => {
      result.proxy.address = readProxy(value);
    },
  },
  "proxy-auth": {
    config: "proxyAuth",
    apply: (result, value) => {
      const [, user, password] = /^(.+):(.*)$/s.exec(value) ?? [];
      // Without a colon it means nothing.
      Object.assign(result.proxy, user === undefined ? {} : { user: user.trim(), password: password.trim() });
    },
  },
  "proxy-type": {
    config: "proxyType",
    apply: (result, value) => {
      result.proxy.type = value;
    },
  },
  "script-encoding": harmless("scriptEncoding"),
  "script-language": harmless(),
  "web-security": setting("webSecurityEnabled", "webSecurityEnabled", (result, value) => {
    toggle(result, "--disable-web-security", !value);
    toggle(result, "--disable-site-isolation-trials", !value);
  }),
  // Chromium offers the best that it has, TLS 1.2 and 1.3.
  "ssl-protocol": harmless("sslProtocol"),
  "ssl-ciphers": impossible("sslCiphers", "it chooses them itself: leave it out"),
  "ssl-certificates-path": {
    config: "sslCertificatesPath",
    cannot: (value) =>
      !SYSTEM_CERTIFICATES.includes(value.replace(/\/+$/, "")) &&
      `give its certificates to Chromium with "${CERTIFICATE}" (Debian package libnss3-tools), as its user`,
  },
  "ssl-client-certificate-file": impossible("sslClientCertificateFile", CLIENT_CERTIFICATE),
  "ssl-client-key-file": impossible("sslClientKeyFile", CLIENT_CERTIFICATE),
  "ssl-client-key-passphrase": impossible("sslClientKeyPassphrase", CLIENT_CERTIFICATE),
  webdriver: impossible("webdriver", NO_SERVER),
  "webdriver-logfile": impossible("webdriverLogFile", NO_SERVER),
  "webdriver-loglevel": impossible("webdriverLogLevel", NO_SERVER),
  "webdriver-selenium-grid-hub": impossible("webdriverSeleniumGridHub", NO_SERVER),
};

/** Settings of pages that the file of --config has besides. */
const CONFIG_ONLY = {
  javascriptCanOpenWindows: setting("javascriptCanOpenWindows"),
  javascriptCanCloseWindows: setting("javascriptCanCloseWindows"),
};
const BY_CONFIG = {
  ...CONFIG_ONLY,
  ...Object.fromEntries(Object.values(SWITCHES).flatMap((row) => (row.config ? [[row.config, row]] : []))),
};
/** With a letter as well. PhantomJS has no page then: it prints something, or serves WebDriver. */
const ENDS = /^(-[hvw]|--(help|version|wd))$/;

/** Host and port of what `--proxy` says, "http://host:3128" or "host:3128"; null where it says none. */
function readProxy(value) {
  const [, host, port = PROXY_PORT] =
    /^(?:[a-z][\w+.-]*:\/\/)?(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/i.exec(value) ?? [];
  return host ? `${host}:${port}` : null;
}

/** Of a file: QVariant's conversion, by which the text "no" is true. */
const isOn = (value) => (typeof value === "string" ? !/^(|0|false)$/i.test(value) : Boolean(value));

function tell(result, text) {
  // Workers are given what their primary was.
  if (!cluster.isWorker) {
    warnOnce("PHANTOM_CLUSTER_SWITCH_IGNORED", text, `${result.option}: ${text}`);
  }
}

/** One switch, by its row of the table. `name` is what its user calls it. */
function take(result, name, row, value) {
  const remedy = row.cannot?.(value);
  if (remedy) {
    tell(result, `Chromium has nothing for ${name}; ${remedy}`);
  }
  if (row.apply) {
    row.apply(result, value);
  } else {
    result.ignored.push(name);
  }
}

/** The file of --config. As in PhantomJS, one that cannot be read is told of, and passed over. */
function readConfig(result, file) {
  let given;
  try {
    given = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "is no JSON" : `cannot be read (${error.code})`;
    tell(result, `the file of --config, ${file}, ${why}: nothing of it holds`);
    return;
  }
  for (const [name, value] of Object.entries(given ?? {})) {
    const row = Object.hasOwn(BY_CONFIG, name) ? BY_CONFIG[name] : harmless();
    take(result, `"${name}" of ${file}`, row, row.isFlag ? isOn(value) : String(value));
  }
}

function refuse(result, text) {
  throw new OptionRangeError(`${result.option}: ${text}`);
}

function rowOf(result, name, argument) {
  if (ENDS.test(argument)) {
    refuse(result, `"${argument}" leaves no browser to work with: leave it out`);
  }
  if (!name) {
    refuse(result, `"${argument}" is no switch of PhantomJS, which begin with --`);
  }
  if (!Object.hasOwn(SWITCHES, name)) {
    const hint = didYouMean(
      `--${name}`,
      Object.keys(SWITCHES).map((known) => `--${known}`),
    );
    refuse(
      result,
      `PhantomJS has no switch "--${name}"${hint || "; those of Chromium are for option browserArguments"}`,
    );
  }
  return SWITCHES[name];
}

function flagOf(result, name, value) {
  if (!Object.hasOwn(FLAGS, value)) {
    refuse(result, `--${name} must be true, false, yes or no, not "${value}"`);
  }
  return FLAGS[value];
}

/** The switches of proxies go together. */
function takeProxy(result) {
  const { address, type, user, password } = result.proxy;
  if (type === "none") {
    // Its own --no-proxy-server leaves http_proxy of the environment in force in the headless shell.
    result.arguments.push("--proxy-server=direct://");
  } else if (address) {
    const server = `${type === "socks5" ? "socks5" : "http"}://${address}`;
    result.arguments.push(`--proxy-server=${server}`);
    result.defaults.proxy = user === undefined ? { server } : { server, user, password };
    if (type === "socks5" && user !== undefined) {
      tell(result, "Chromium gives no name and password (--proxy-auth) to a SOCKS proxy; use one of HTTP");
    }
  }
}

/** Without web security Chromium lets any page have frames of files, which --local-url-access=no is to prevent. */
function closeFiles(result) {
  const { localUrlAccessEnabled, webSecurityEnabled } = result.defaults;
  if (localUrlAccessEnabled === false && webSecurityEnabled === false) {
    toggle(result, "--disable-web-security", false);
    toggle(result, "--disable-site-isolation-trials", false);
    tell(
      result,
      "with --local-url-access=false, --web-security=false lets scripts read what other sites answer, but no frames of theirs",
    );
  }
}

/**
 * What switches of PhantomJS, `--name=value` or `--name`, `value`, mean on Chromium:
 * - `arguments`: switches of Chromium;
 * - `defaults`: what holds for all pages, as far as it was said: the settings `loadImages`, `webSecurityEnabled`,
 *   `localToRemoteUrlAccessEnabled`, `javascriptCanOpenWindows`, `javascriptCanCloseWindows`, and `ignoreSslErrors`, `localUrlAccessEnabled`, `cookiesFile`
 *   (an absolute path), `proxy` (`{ server: "http://host:port", user, password }`, which `arguments` name too: the
 *   credentials answer its challenge);
 * - `ignored`: the names of those that make no difference, or that Chromium has nothing for; of the latter there is a
 *   warning with the remedy, PHANTOM_CLUSTER_SWITCH_IGNORED.
 * `option` is the option's name in messages.
 * @throws {OptionRangeError} ERR_INVALID_OPTION: PhantomJS has no such switch, or not that value
 */
function readSwitches(phantomArguments, { option = "phantomArguments" } = {}) {
  // As in PhantomJS, a page of a file may read other files.
  const result = { option, arguments: ["--allow-file-access-from-files"], defaults: {}, ignored: [], proxy: {} };
  const rest = [...phantomArguments];
  while (rest.length > 0) {
    const argument = rest.shift();
    const [, name, , given] = /^--([^=]+)(=(.*))?$/s.exec(argument) ?? [];
    const row = rowOf(result, name, argument);
    const value = given ?? (rest.length > 0 ? rest.shift() : "");
    take(result, `--${name}`, row, row.isFlag ? flagOf(result, name, value) : value);
  }
  takeProxy(result);
  closeFiles(result);
  return { arguments: result.arguments, defaults: result.defaults, ignored: result.ignored };
}

module.exports = { SWITCHES, readSwitches };
