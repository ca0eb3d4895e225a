"use strict";

const { Handle, targetOf } = require("./handle");

/** What PhantomJS's page has as properties that can be written, and our `page` has `page.set()` for. */
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

/** Hears of `page.clipRect = …`, which does nothing in PhantomJS. The value stays to be read. */
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
