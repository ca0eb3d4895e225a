"use strict";

const { lived } = require("./time");

/** A zombie that could have been reaped for so long, ms, is not about to be. */
const OLD = 10_000;
const STOPPED_STATES = ["T", "t"];

/**
 * How long zombies could have been reaped. A parent that is stopped cannot, and may stay so for longer than OLD: that
 * it goes in time is for those to see who stopped it. Nor can anybody while all are stopped.
 */
class Zombies {
  #ages = new Map();
  #last = 0;

  /** To be told of those there are at `now`, ms, often; gives those that have become too old since the last time. */
  look(zombies, now) {
    const passed = lived(this.#last, now);
    this.#last = now;
    const before = this.#ages;
    const isNew = ({ pid }) => !before.has(pid);
    const isHeld = ({ parent }) => STOPPED_STATES.includes(parent.state);
    const ageOf = (zombie) => (isNew(zombie) ? 0 : before.get(zombie.pid) + (isHeld(zombie) ? 0 : passed));
    this.#ages = new Map(zombies.map((zombie) => [zombie.pid, ageOf(zombie)]));
    return zombies.filter(({ pid }) => this.#ages.get(pid) > OLD && before.get(pid) <= OLD);
  }
}

/** A zombie and who should have reaped it, for people. */
function describeZombie({ pid, name, parent }) {
  return `zombie ${pid} (${name}) of process ${parent.pid} (${parent.name}, state ${parent.state}: ${parent.command})`;
}

module.exports = { Zombies, describeZombie };
