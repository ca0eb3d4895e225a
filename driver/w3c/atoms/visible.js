// Runs in the page: is an element shown, and which text of it. The rules are those users know from Selenium
// (https://www.w3.org/TR/webdriver2/#element-displayedness names its atom).

module.exports = function (atoms) {
  function style(element, name) {
    return window.getComputedStyle(element, null).getPropertyValue(name);
  }

  function parentOf(element) {
    return atoms.isElement(element.parentNode) ? element.parentNode : null;
  }

  // Does `test` hold for the element or one it is in?
  function anyUpwards(element, test) {
    var at = element;
    while (at) {
      if (test(at)) {
        return true;
      }
      at = parentOf(at);
    }
    return false;
  }

  function hasSize(element) {
    var box = element.getBoundingClientRect();
    if (box.width > 0 && box.height > 0) {
      return true;
    }
    // What has no size may hold something that has, unless it cuts it off.
    return (
      style(element, "overflow") !== "hidden" &&
      Array.prototype.some.call(element.childNodes, function (child) {
        return child.nodeType === 3 ? /\S/.test(child.nodeValue) && box.width + box.height > 0 : sizedElement(child);
      })
    );
  }

  function sizedElement(node) {
    return atoms.isElement(node) && hasSize(node);
  }

  function isOutside(box, frame) {
    return box.right <= frame.left || box.left >= frame.right || box.bottom <= frame.top || box.top >= frame.bottom;
  }

  // Is all of it cut off by an ancestor that neither shows nor scrolls what overflows?
  function isCutOff(element) {
    var box = element.getBoundingClientRect();
    var position = style(element, "position");
    var at = position === "fixed" ? null : parentOf(element);
    while (at && at !== document.body && at !== document.documentElement) {
      // An absolute element is cut only by what it is positioned in.
      if (position !== "absolute" || style(at, "position") !== "static") {
        position = style(at, "position");
        if (style(at, "overflow") === "hidden" && isOutside(box, at.getBoundingClientRect())) {
          return true;
        }
      }
      at = position === "fixed" ? null : parentOf(at);
    }
    return false;
  }

  function isRendered(element) {
    return (
      !anyUpwards(element, function (at) {
        return style(at, "display") === "none";
      }) && ["hidden", "collapse"].indexOf(style(element, "visibility")) < 0
    );
  }

  function isTransparent(element) {
    return anyUpwards(element, function (at) {
      return Number(style(at, "opacity")) === 0;
    });
  }

  function isShown(element) {
    var tag = element.tagName.toLowerCase();
    var owner = /^(option|optgroup)$/.test(tag) ? element.parentNode : null;
    if (tag === "body") {
      return true;
    }
    if (tag === "noscript" || (tag === "input" && element.type === "hidden")) {
      return false;
    }
    // Options have no box of their own.
    return owner ? isShown(owner) : isRendered(element) && hasSize(element) && !isCutOff(element);
  }

  atoms.isShown = isShown;

  atoms.displayed = function (id) {
    var element = atoms.element(id);
    return isShown(element) && !isTransparent(element);
  };

  function toText(element) {
    // biome-ignore lint/performance/useDomNodeTextContent: the rendered text is asked for; SVG has the other only
    var text = element.innerText;
    return (text === undefined ? element.textContent : text)
      .replace(/\u00a0/g, " ")
      .replace(/[ \t]+\n/g, "\n")
      .replace(/^\s+|\s+$/g, "");
  }

  // WebKit's innerText gives all text of an element that is not rendered, where the rendered text is none.
  atoms.renderedText = function (element) {
    return isShown(element) ? toText(element) : "";
  };

  atoms.text = function (id) {
    return atoms.renderedText(atoms.element(id));
  };
};
