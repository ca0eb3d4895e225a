"use strict";

const ok = (text) => ({ state: "ok", text });
/** Nothing is wrong, but there is something to know. */
const note = (text, remedy = "") => ({ state: "note", text, remedy });
const problem = (text, remedy = "") => ({ state: "problem", text, remedy });

module.exports = { ok, note, problem };
