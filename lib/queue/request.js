"use strict";

const { RequestError } = require("../errors");
const { messageOf } = require("../thrown");
const { Stamp } = require("./stamp");

/** 0.1.x puts the item's id on requests that have none of their own. */
function stamp(request, id) {
  if (typeof request !== "object" || request === null || !Object.isExtensible(request)) {
    return;
  }
  // Enqueued again, it gets the new item's.
  if (Stamp.isOn(request)) {
    request.id = id;
    return;
  }
  const prototype = Object.getPrototypeOf(request);
  const isPlain = prototype === Object.prototype || prototype === null;
  if (isPlain && !Object.hasOwn(request, "id")) {
    request.id = id;
    Stamp.put(request);
  }
}

/**
 * The request as JSON text.
 * @throws {RequestError} when JSON cannot carry it
 */
function toJson(request) {
  let json;
  try {
    json = JSON.stringify(request);
  } catch (error) {
    throw new RequestError(`the request cannot be made JSON: ${messageOf(error)}`, { cause: error });
  }
  if (json === undefined) {
    throw new RequestError(`a request must be a value that JSON can carry, not ${typeof request}`);
  }
  return json;
}

module.exports = { stamp, toJson };
