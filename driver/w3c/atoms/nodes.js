// Runs in the page: element references, https://www.w3.org/TR/webdriver2/#dfn-web-element-references.
// A reference is "session.document.index". The elements are kept in their own document, so that they go with it, and a
// reference from an earlier document is known to be stale.

module.exports = function (atoms, env) {
  var STORE = "$phantomClusterStore";
  var KEY = "element-6066-11e4-a52e-4f735466cecf";

  atoms.fail = function (code, message) {
    var error = new Error(message);
    error.webdriver = code;
    throw error;
  };

  // PhantomJS falls back to the top frame by itself when the current frame goes away.
  atoms.mustBeCurrent = function () {
    var depth = 0;
    var frame = window;
    while (frame !== frame.parent) {
      depth += 1;
      frame = frame.parent;
    }
    if (depth !== env.depth) {
      atoms.fail("no such window", "the current frame is gone");
    }
  };

  // Invisible to enumeration; the page sees it only when it looks for this very name.
  atoms.store = function () {
    var store = document[STORE];
    if (!store || store.prefix !== env.prefix) {
      store = { prefix: env.prefix, name: env.freshName, elements: [], scripts: {} };
      Object.defineProperty(document, STORE, { value: store, configurable: true });
    }
    return store;
  };

  function isAttached(element) {
    var root = element.ownerDocument.documentElement;
    return element.ownerDocument === document && root !== null && root.contains(element);
  }

  atoms.isElement = function (value) {
    return typeof value === "object" && value !== null && value.nodeType === 1 && "ownerDocument" in value;
  };

  atoms.reference = function (element) {
    var store = atoms.store();
    var index = store.elements.indexOf(element);
    var reference = {};
    if (!isAttached(element)) {
      atoms.fail("stale element reference", "the element is not in the current document");
    }
    if (index < 0) {
      index = store.elements.push(element) - 1;
    }
    reference[KEY] = [env.prefix, store.name, index].join(".");
    return reference;
  };

  // https://www.w3.org/TR/webdriver2/#dfn-get-a-known-element
  atoms.element = function (id) {
    var parts = String(id).split(".");
    var store = atoms.store();
    var element;
    if (parts.length !== 3 || parts[0] !== env.prefix) {
      atoms.fail("no such element", "no element has the reference " + id);
    }
    element = parts[1] === String(store.name) ? store.elements[parts[2]] : undefined;
    if (!element || !isAttached(element)) {
      atoms.fail("stale element reference", "the element is no longer in the document");
    }
    return element;
  };

  atoms.elementKey = KEY;
};
