// Runs in the page: values out as JSON and arguments in, https://www.w3.org/TR/webdriver2/#dfn-json-clone. Values leave as
// text: one string crosses Qt's bridge exactly, where an object's nulls become empty strings.

module.exports = function (atoms, env) {
  var WINDOW_KEY = "window-fcc6-11e5-b4f8-330a88ab9d7f";
  var FRAME_KEY = "frame-075b-4da1-b6ba-e579c2d3230a";
  var COLLECTION = /^\[object (Array|Arguments|FileList|NodeList|HTML\w*Collection|RadioNodeList)\]$/;

  function kindOf(value) {
    return Object.prototype.toString.call(value);
  }

  function has(object, key) {
    return Object.prototype.hasOwnProperty.call(object, key);
  }

  function refuse(message) {
    atoms.fail("javascript error", message);
  }

  function cloneItems(list, seen) {
    var copy = [];
    var i;
    for (i = 0; i < list.length; i += 1) {
      copy[i] = clone(list[i], seen);
    }
    return copy;
  }

  function cloneProperties(object, seen) {
    var copy = {};
    var keys = Object.keys(object);
    var i;
    for (i = 0; i < keys.length; i += 1) {
      copy[keys[i]] = clone(object[keys[i]], seen);
    }
    return copy;
  }

  function cloneObject(object, seen) {
    var copy;
    if (seen.indexOf(object) >= 0) {
      refuse("the result refers to itself");
    }
    seen.push(object);
    if (COLLECTION.test(kindOf(object))) {
      copy = cloneItems(object, seen);
    } else if (typeof object.toJSON === "function" && object.toJSON !== Object.prototype.toJSON) {
      // What it gives may be anything, a date's text or another object.
      copy = clone(object.toJSON(), seen);
    } else {
      copy = cloneProperties(object, seen);
    }
    seen.pop();
    return copy;
  }

  function windowReference(value) {
    var reference = {};
    if (value !== window.top) {
      refuse("a frame's window cannot be returned");
    }
    reference[WINDOW_KEY] = env.handle;
    return reference;
  }

  function clone(value, seen) {
    if (value === undefined || value === null) {
      return null;
    }
    if (typeof value !== "object" && typeof value !== "function") {
      return value;
    }
    if (atoms.isElement(value)) {
      return atoms.reference(value);
    }
    // Qt's windows are of several kinds; only a window is its own `window`.
    if (value === window || value.window === value) {
      return windowReference(value);
    }
    if (value.nodeType > 0 && typeof value.nodeName === "string") {
      refuse("a node that is no element cannot be returned");
    }
    return cloneObject(value, seen);
  }

  atoms.clone = function (value) {
    return clone(value, []);
  };

  function restoreProperties(object) {
    var copy = {};
    Object.keys(object).forEach(function (key) {
      copy[key] = atoms.restore(object[key]);
    });
    return copy;
  }

  function restoreWindow(handle) {
    return handle === env.handle ? window.top : atoms.fail("no such window", "no window has the handle " + handle);
  }

  // https://www.w3.org/TR/webdriver2/#dfn-json-deserialize
  atoms.restore = function (value) {
    if (typeof value !== "object" || value === null) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map(atoms.restore);
    }
    if (has(value, atoms.elementKey)) {
      return atoms.element(value[atoms.elementKey]);
    }
    if (has(value, WINDOW_KEY)) {
      return restoreWindow(value[WINDOW_KEY]);
    }
    if (has(value, FRAME_KEY)) {
      return atoms.fail("no such frame", "no reference to a frame was given out");
    }
    return restoreProperties(value);
  };

  // Prototype.js and others give toJSON to everything, or bring a JSON of their own.
  function canRelyOnJson() {
    return (
      [Array, Boolean, Number, Object, String].every(function (type) {
        return type.prototype.toJSON === undefined;
      }) && /\[native code\]/.test(Function.prototype.toString.call(JSON.stringify))
    );
  }

  function quote(text) {
    var escaped = text.replace(/["\\\u0000-\u001f]/g, function (character) {
      return "\\u" + (character.charCodeAt(0) + 0x10000).toString(16).slice(1);
    });
    return '"' + escaped + '"';
  }

  function writeProperties(object) {
    var parts = Object.keys(object).map(function (key) {
      return quote(key) + ":" + write(object[key]);
    });
    return "{" + parts.join(",") + "}";
  }

  function write(value) {
    if (Array.isArray(value)) {
      return "[" + value.map(write).join(",") + "]";
    }
    if (typeof value === "string") {
      return quote(value);
    }
    if (typeof value === "object" && value !== null) {
      return writeProperties(value);
    }
    return typeof value === "boolean" || (typeof value === "number" && Math.abs(value) < Infinity)
      ? String(value)
      : "null";
  }

  // A clone, or a structure of them, as JSON text.
  atoms.toJson = function (value) {
    return canRelyOnJson() ? JSON.stringify(value) : write(value);
  };
};
