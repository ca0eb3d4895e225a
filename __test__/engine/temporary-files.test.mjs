// The engine's files in the temporary directory, which it shares with everybody's: nothing else is touched there, nobody
// can keep an engine from starting, and what is removed under it is made again.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { basePort, isLinux, run, until } from "../helpers.mjs";

const NOBODY = 65_534;
const linux = { skip: !isLinux };

let root;
before(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "pc-temporary-"));
  fs.chmodSync(root, 0o755);
});
after(() => fs.rmSync(root, { recursive: true }));

let folders = 0;
function newFolder() {
  folders += 1;
  const folder = path.join(root, String(folders));
  fs.mkdirSync(folder);
  // As /tmp: others may make files in it.
  fs.chmodSync(folder, 0o1777);
  return folder;
}

function engine(options, temporary) {
  return run("temporary.js", { phantomBasePort: basePort(), ...options }, { temporary });
}

function answers({ code, events, text }, ...expected) {
  assert.equal(code, 0, text);
  assert.deepEqual(
    events.map(({ response, message }) => response ?? message),
    expected,
    text,
  );
}

test("directories of others stay, whatever their names begin with", async () => {
  const folder = newFolder();
  const names = ["phantom-cluster-master", "phantom-cluster-screenshots", "phantom-cluster-1-0123456789abcdef"];
  for (const name of names) {
    fs.mkdirSync(path.join(folder, name), { mode: 0o700 });
    fs.writeFileSync(path.join(folder, name, "mine.txt"), "mine");
    fs.utimesSync(path.join(folder, name), 0, 0);
  }
  answers(await engine({}, folder), "first");
  assert.deepEqual(fs.readdirSync(folder).sort(), names.sort());
  for (const name of names) {
    assert.equal(fs.readFileSync(path.join(folder, name, "mine.txt"), "utf8"), "mine");
  }
});

/** Listens at a socket that lets nobody in any more: whoever connects would wait for its end. */
async function fullSocket(directory, user) {
  const script = `
    use Socket; use Fcntl; my $path = "$ARGV[0]/engine.sock"; umask 0; mkdir $ARGV[0], 0700 or die $!;
    socket(S, AF_UNIX, SOCK_STREAM, 0) or die $!; bind(S, pack_sockaddr_un($path)) or die $!; listen(S, 0) or die $!;
    for (1 .. 99) {
      my $c; socket($c, AF_UNIX, SOCK_STREAM, 0); fcntl($c, F_SETFL, O_NONBLOCK);
      last unless connect($c, pack_sockaddr_un($path)); push @c, $c;
    }
    $ARGV[1] and chmod 0755, $ARGV[0]; $| = 1; print "full\\n"; sleep 100;`;
  const child = spawn("perl", ["-e", script, directory, user === undefined ? "" : "1"], {
    uid: user,
    gid: user,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  await until(() => text === "full\n", "the full socket");
  return child;
}

const isRoot = process.getuid?.() === 0;
for (const [whose, user, skip] of [
  ["this user's", undefined, !isLinux],
  ["another user's", NOBODY, !isRoot && "only root can act as another user"],
]) {
  test(`${whose} socket that lets nobody in does not hold up a start`, { skip }, async () => {
    const folder = newFolder();
    const name = "phantom-cluster-1-0123456789abcdef";
    const full = await fullSocket(path.join(folder, name), user);
    try {
      answers(await engine({}, folder), "first");
      assert.equal(full.exitCode ?? full.signalCode, null, "it was full all the time");
      assert.deepEqual(fs.readdirSync(folder), [name]);
    } finally {
      full.kill("SIGKILL");
    }
  });
}

for (const lose of ["socket", "directory", "temporary", "working directory", "another working directory"]) {
  test(`the next worker serves after the loss of: ${lose}`, linux, async () => {
    const folder = newFolder();
    answers(await engine({ lose }, folder), "first", "second");
    if (lose === "temporary") {
      assert.ok(!fs.existsSync(folder));
    } else {
      assert.deepEqual(fs.readdirSync(folder), [], "nothing is left");
    }
  });
}

test("a relative TMPDIR means the same directory wherever the process goes", linux, async () => {
  const folder = newFolder();
  const options = { before: "relative TMPDIR", lose: "another working directory" };
  answers(await engine(options, folder), "first", "second");
  assert.deepEqual(fs.readdirSync(folder), []);
});

test("a working directory that is gone keeps no engine from starting", linux, async () => {
  answers(await engine({ before: "no working directory" }, newFolder()), "first");
});

test("the command line says that its working directory is gone", linux, () => {
  const gone = path.join(newFolder(), "gone");
  const script = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"';
  const main = fileURLToPath(new URL("../../cli/main.js", import.meta.url));
  const { status, stderr } = spawnSync("/bin/sh", ["-c", script, gone, process.execPath, main, "render", "x.example"], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(status, 2, stderr);
  assert.ok(stderr.includes(`the working directory ${gone} was removed: change to another one`), stderr);
});

test("a TMPDIR that is too long for a socket is not used for it", linux, async () => {
  const folder = path.join(newFolder(), "long".repeat(30));
  fs.mkdirSync(folder);
  answers(await engine({}, folder), "first");
  assert.deepEqual(fs.readdirSync(folder), []);
});

async function refused(options, folder) {
  const { events, code, text } = await engine(options, folder);
  assert.equal(code, 0, text);
  assert.deepEqual([events[0]?.name, events[0]?.code], ["EngineError", "ERR_LISTEN"], text);
  return events[0].message;
}

test("a TMPDIR that cannot be used is named, with the remedy", linux, async () => {
  const gone = path.join(root, "gone");
  assert.match(await refused({}, gone), /for the workers in \/.*\/gone: .*; set TMPDIR to a directory that exists/);
  const file = path.join(root, "file");
  fs.writeFileSync(file, "a file");
  assert.match(await refused({}, file), /for the workers in \/.*\/file: .*; set TMPDIR to a directory that exists/);
  const relative = { before: "no working directory and a relative TMPDIR" };
  assert.match(await refused(relative, newFolder()), /for the workers in relative: .*; the working directory is gone/);
});
