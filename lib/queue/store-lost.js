"use strict";

const { warn } = require("../warn");

/** Tells that requests cannot be stored at present; by a warning where nobody listens. */
function storeLost(server, error) {
  if (!server.emit("storeLost", error)) {
    const consequence = 'new requests are in memory alone until it can, and nothing listens to "storeLost"';
    warn("PHANTOM_CLUSTER_STORE_LOST", `${consequence}: ${error.message}`, error);
  }
}

module.exports = { storeLost };
