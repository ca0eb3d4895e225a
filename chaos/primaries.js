"use strict";

// SIGKILL of the primary at random times under load: what was stored must end after a later start, and nothing else.

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { Random } = require("./random");

/** A primary is killed within this time after its start, ms. */
const LONGEST_LIFE = 2_500;
/** The last one has this long for the rest, ms. */
const LAST_LIMIT = 120_000;
const SHOWN = 10;

/** Runs one primary; `life`: ms until it is killed, none for one that ends by itself. Gives what it said. */
async function live(file, folder, life) {
  const child = spawn(process.execPath, [path.join(__dirname, "primary.js"), file, String(life !== undefined)], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, TMPDIR: folder },
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const closed = once(child, "close");
  const timer = setTimeout(() => child.kill("SIGKILL"), life ?? LAST_LIMIT);
  const [code] = await closed;
  clearTimeout(timer);
  if (life === undefined && code !== 0) {
    throw new Error(`the last primary ended with ${code}`);
  }
  return said
    .split("\n")
    .filter((line) => line.endsWith(";"))
    .map((line) => [line[0], Number(line.slice(1, -1))]);
}

/** What all primaries said: ids by what became of them. */
class Account {
  stored = new Set();
  recovered = 0;
  /** How often each ended. */
  ended = new Map();

  add(said) {
    for (const [what, id] of said) {
      if (what === "s") {
        this.stored.add(id);
      } else if (what === "r") {
        this.recovered += 1;
      } else {
        this.ended.set(id, (this.ended.get(id) ?? 0) + 1);
      }
    }
  }

  get lost() {
    return [...this.stored].filter((id) => !this.ended.has(id));
  }

  get twice() {
    return [...this.ended.values()].filter((times) => times > 1).length;
  }
}

/** Prints what came of it; true when nothing was lost. */
async function killPrimaries({ primaries, seed }) {
  const random = new Random(seed);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chaos-primaries-"));
  const file = path.join(folder, "queue.db");
  const account = new Account();
  const begun = performance.now();
  for (let i = 0; i < primaries; i += 1) {
    account.add(await live(file, folder, random.between(100, LONGEST_LIFE)));
  }
  account.add(await live(file, folder));
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const { lost, stored, ended, recovered, twice } = account;
  console.log(
    `${primaries} SIGKILLs of the primary in ${seconds} s, seed ${seed}: ${stored.size} requests stored, ` +
      `${recovered} recovered, ${ended.size} ended, ${twice} of them told by two primaries`,
  );
  for (const id of lost.slice(0, SHOWN)) {
    console.log(`PROBLEM: request ${id} was stored and has not ended`);
  }
  console.log(`every request that was stored has ended: ${lost.length === 0 ? "yes" : `${lost.length} have not`}`);
  await sleep(1_000);
  fs.rmSync(folder, { recursive: true });
  return lost.length === 0;
}

module.exports = { killPrimaries };
