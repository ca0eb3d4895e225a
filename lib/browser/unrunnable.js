"use strict";

// Why a program that is there cannot be run: what its file says of the system that it is built for.

const fs = require("node:fs");

const HEAD = 4096;
const MACHINES = {
  3: "ia32",
  8: "mips",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "arm",
  62: "x64",
  183: "arm64",
  243: "riscv64",
};
const MAC_MACHINES = { 16777223: "x64", 16777228: "arm64", 7: "ia32" };
/** Of ELF's program headers: the loader's name. */
const INTERPRETER = 3;
const GLIBC = "use Debian, Ubuntu, Fedora or another system with glibc";
const NAMES = { linux: "Linux", darwin: "macOS", win32: "Windows" };

function read(file, at, length) {
  const descriptor = fs.openSync(file, "r");
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, fs.readSync(descriptor, buffer, 0, length, at));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The loader of an ELF file, which runs it; undefined for a static one. */
function loaderOf(file, head) {
  const is64 = head[4] === 2;
  const table = is64 ? Number(head.readBigUInt64LE(32)) : head.readUInt32LE(28);
  const size = head.readUInt16LE(is64 ? 54 : 42);
  const count = head.readUInt16LE(is64 ? 56 : 44);
  const entries = Array.from({ length: count }, (_, index) => head.subarray(table + index * size));
  const entry = entries.find((bytes) => bytes.length >= size && bytes.readUInt32LE(0) === INTERPRETER);
  if (!entry) {
    return undefined;
  }
  const [at, length] = is64
    ? [Number(entry.readBigUInt64LE(8)), Number(entry.readBigUInt64LE(32))]
    : [entry.readUInt32LE(4), entry.readUInt32LE(16)];
  return read(file, at, Math.min(length, HEAD)).toString("latin1").replace(/\0.*$/s, "");
}

/** `{ platform, arch, loader }` as far as the file says it; null for a file of another kind. */
function formatOf(file) {
  const head = read(file, 0, HEAD);
  const text = head.toString("latin1");
  if (text.startsWith("#!")) {
    // The rest of the line is an argument of the program.
    return { loader: /^#!\s*([^ \t\n]*)/.exec(text)[1] };
  }
  if (text.startsWith("\x7fELF") && head.length > 64 && head[5] === 1) {
    return { platform: "linux", arch: MACHINES[head.readUInt16LE(18)], loader: loaderOf(file, head) };
  }
  if (text.startsWith("\xcf\xfa\xed\xfe") || text.startsWith("\xce\xfa\xed\xfe")) {
    return { platform: "darwin", arch: MAC_MACHINES[head.readUInt32LE(4)] };
  }
  return text.startsWith("MZ") ? { platform: "win32" } : null;
}

function missingLoader(file, { platform, arch, loader }, browser) {
  if (platform === undefined) {
    const hasReturn = loader.endsWith("\r");
    return {
      problem: `${file} cannot be run: it is a script for ${loader.trim()}${hasReturn ? " with Windows line ends" : ", which is not there"}`,
      remedy: hasReturn ? "give its lines Unix line ends" : `install ${loader}, or name ${browser} itself`,
    };
  }
  const problem = `${file} cannot be run: it is built for a system with the loader ${loader}, which is not there`;
  return /ld-linux/.test(loader)
    ? {
        problem: `${problem}, that is, for ${arch} and glibc`,
        remedy: `${GLIBC}, or name a ${browser} that is built for this one`,
      }
    : { problem, remedy: `name a ${browser} that is built for this system` };
}

/**
 * `{ problem, remedy }` when the file says why it cannot be run here, else null. What a system may run all the same,
 * programs for another processor, is a reason only with `failed`. `browser` is its name in the remedy.
 */
function whyUnrunnable(file, how = {}) {
  const { failed = false, platform = process.platform, arch = process.arch, browser = "PhantomJS" } = how;
  let format;
  try {
    format = formatOf(file);
  } catch {
    return null;
  }
  if (!format || platform === "win32") {
    return null;
  }
  const { platform: itsPlatform = platform, arch: itsArch = arch, loader } = format;
  if (itsPlatform !== platform) {
    return {
      problem: `${file} cannot be run: it is built for ${NAMES[itsPlatform]}, and this is ${NAMES[platform] ?? platform}`,
      remedy: "install the package that has it again on this system",
    };
  }
  if (failed && itsArch !== arch && platform === "darwin") {
    return {
      problem: `${file} cannot be run: it is built for ${itsArch}, and this is ${arch}`,
      remedy: "install Rosetta, which runs it: softwareupdate --install-rosetta",
    };
  }
  const isForeign = itsArch !== arch && !(itsArch === "ia32" && arch === "x64");
  if (failed && isForeign) {
    return {
      problem: `${file} cannot be run: it is built for ${itsArch}, and this is ${arch}`,
      remedy: `name a ${browser} that is built for ${arch}`,
    };
  }
  return loader && !fs.existsSync(loader) ? missingLoader(file, format, browser) : null;
}

module.exports = { whyUnrunnable };
