"use strict";

const { ms } = require("./figures");

module.exports = () => [
  {
    name: "start() to the first response",
    group: "start",
    x: {},
    scenario: { load: "start", task: "nothing", workers: 1 },
    figures: [ms],
  },
];
