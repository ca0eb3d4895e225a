"use strict";

// Stands in for dnode's native dependency, which does not build on today's Node: a reference that never lets go.
module.exports = (object) => object;
module.exports.get = (object) => object;
