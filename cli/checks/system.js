"use strict";

const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const { loadLibrary } = require("../library");
const { execute } = require("../programs");
const { note, ok, problem } = require("./result");

const OLDEST_NODE = "18.19";
const FIRST_PORT = 12_300;
const LOOKED_AT = 64;
const FEW_FILES = 1_024;
const MIB = 2 ** 20;
const LITTLE_SHARED_MEMORY = 512 * MIB;
/** What the engine puts behind the temporary directory's name: see src/link/endpoint.rs. */
const SOCKET = `phantom-cluster-${process.pid}-0123456789abcdef/engine.sock`;
const LONGEST_SOCKET = 103;
/** Of OpenSSL: see src/browser/phantom/environment.rs. */
const DEFAULT_CERTIFICATES = ["/etc/ssl/certs", "/usr/lib/ssl/certs", "/usr/local/ssl/certs", "/etc/pki/tls/certs"];

function checkNode() {
  const text = `Node.js ${process.version}`;
  const isOlder = process.versions.node.localeCompare(OLDEST_NODE, "en", { numeric: true }) < 0;
  return !isOlder ? ok(text) : problem(`${text} is too old`, `install Node.js ${OLDEST_NODE} or later`);
}

function checkAddon() {
  const platform = `${process.platform}-${process.arch}`;
  try {
    loadLibrary();
    return ok(`The addon for ${platform} loads`);
  } catch (error) {
    return problem(error.message);
  }
}

async function checkFonts() {
  const { error, stdout } = await execute("fc-list", [":", "family"]);
  if (error) {
    return note("Fonts: fc-list is not there to list them", "if pages have no text, install fonts such as DejaVu");
  }
  const families = new Set(stdout.split("\n").filter(Boolean)).size;
  return families > 0
    ? ok(`Fonts: ${families} ${families === 1 ? "family" : "families"}`)
    : problem(
        "There are no fonts: pages have no text",
        "install fonts-dejavu-core (Debian, Ubuntu), dejavu-sans-fonts (Fedora) or font-dejavu (Alpine)",
      );
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function checkPorts() {
  const ports = Array.from({ length: LOOKED_AT }, (_, i) => FIRST_PORT + i);
  const looks = await Promise.all(ports.map(isFree));
  const free = looks.filter(Boolean).length;
  const text = `Ports: ${free} of ${LOOKED_AT} from ${FIRST_PORT} upward are free on 127.0.0.1`;
  return free > 0 ? ok(text) : problem(text, "each PhantomJS needs one: set option phantomBasePort to a free range");
}

function writeProblem(folder) {
  try {
    fs.rmdirSync(fs.mkdtempSync(path.join(folder, "phantom-cluster-doctor-")));
    return null;
  } catch (error) {
    return error.message;
  }
}

/** The directory for the socket of the workers: the temporary one, unless its name is too long. */
function checkTemporary() {
  const folder = os.tmpdir();
  const isLong = process.platform !== "win32" && Buffer.byteLength(path.join(folder, SOCKET)) > LONGEST_SOCKET;
  const used = isLong ? "/tmp" : folder;
  const reason = writeProblem(used);
  if (reason) {
    return problem(`The temporary directory ${used} cannot be used: ${reason}`, "set TMPDIR to a directory for it");
  }
  return isLong
    ? ok(`The temporary directory ${folder} is too long for a socket; ${used} is used`)
    : ok(`The temporary directory ${folder} is writable, and short enough for a socket`);
}

function checkCertificates() {
  const folder = process.env.SSL_CERT_DIR;
  if (folder === undefined) {
    return ok("SSL_CERT_DIR is not set");
  }
  const slow = "PhantomJS reads every file there again for each page";
  return DEFAULT_CERTIFICATES.includes(folder.replace(/\/+$/, ""))
    ? ok(`SSL_CERT_DIR is ${folder}, OpenSSL's own: left out when PhantomJS is started, as with it ${slow}`)
    : note(`SSL_CERT_DIR is ${folder}: ${slow}`, "keep only the certificates there that are needed");
}

/** See src/browser/phantom/file_types.rs. */
function checkFileTypes() {
  if (process.platform !== "linux") {
    return ok("File types: PhantomJS has a table of its own");
  }
  const directories = (process.env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":");
  return directories.some((directory) => fs.existsSync(path.join(directory, "mime", "mime.cache")))
    ? ok("File types: the system has a table")
    : note(
        "File types: the system has no table, and each PhantomJS takes 40 ms to read its own",
        "install shared-mime-info (Debian, Ubuntu, Fedora, Alpine)",
      );
}

/** Chromium's processes share pictures there; below the size the engine has it use files: see switches.rs. */
function checkSharedMemory() {
  if (process.platform !== "linux") {
    return ok("Shared memory: the system has its own way for it");
  }
  try {
    const { blocks, bavail, bsize } = fs.statfsSync("/dev/shm");
    const free = `Shared memory: ${Math.floor((bavail * bsize) / MIB)} MiB free in /dev/shm`;
    return blocks * bsize < LITTLE_SHARED_MEMORY
      ? note(
          `${free}, which is little: Chromium is told to use files in its place`,
          "docker run --shm-size=1g gives it more; PhantomJS uses none of it",
        )
      : ok(`${free}, for Chromium; PhantomJS uses none of it`);
  } catch {
    return ok("Shared memory: there is no /dev/shm; PhantomJS uses none");
  }
}

function checkOpenFiles() {
  const limit = process.report.getReport().userLimits?.open_files?.soft;
  if (limit === undefined) {
    return ok("Open files: this system has no limit for each process");
  }
  const text = `Open files: ${limit} for each process`;
  return limit === "unlimited" || limit >= FEW_FILES ? ok(text) : problem(`${text} are few`, "ulimit -n 4096");
}

module.exports = {
  checkNode,
  checkAddon,
  checkFonts,
  checkPorts,
  checkTemporary,
  checkCertificates,
  checkFileTypes,
  checkSharedMemory,
  checkOpenFiles,
};
