"use strict";

const { Handle, targetOf } = require("./handle");

/** Properties that can be assigned to on PhantomJS's own page. Here they are set by `page.set()`. */
const PROPERTIES = [
  "clipRect",
  "content",
  "customHeaders",
  "frameContent",
  "libraryPath",
  "navigationLocked",
  "ownsPages",
  "paperSize",
  "scrollPosition",
  "settings",
  "viewportSize",
  "zoomFactor",
];

/** The words of npm `phantom` 6. */
function assignmentText(name) {
  return `Using page.${name} = ...; is not supported. Use page.property('${name}', ...) instead.`;
}

/** Notices `page.clipRect = …`, which has no effect in PhantomJS. The value can be read back. */
class PageProperties extends Handle {}

for (const name of PROPERTIES) {
  Object.defineProperty(PageProperties.prototype, name, {
    configurable: true,
    get: () => undefined,
    set(value) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
      targetOf(this).onAssignment(name);
    },
  });
}

module.exports = { PageProperties, assignmentText };
