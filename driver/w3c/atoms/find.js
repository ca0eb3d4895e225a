// Runs in the page: the location strategies, https://www.w3.org/TR/webdriver2/#locator-strategies.

module.exports = function (atoms) {
  function guarded(select) {
    return function (root, selector) {
      try {
        return select(root, selector);
      } catch (error) {
        return atoms.fail("invalid selector", "invalid selector " + selector + ": " + (error.message || error));
      }
    };
  }

  function byXPath(root, selector) {
    var found = document.evaluate(selector, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    var list = [];
    var i;
    for (i = 0; i < found.snapshotLength; i += 1) {
      if (!atoms.isElement(found.snapshotItem(i))) {
        throw new Error("it selects something else than elements");
      }
      list.push(found.snapshotItem(i));
    }
    return list;
  }

  function byLinkText(matches) {
    return function (root, text) {
      return Array.prototype.filter.call(root.querySelectorAll("a"), function (link) {
        return matches(atoms.renderedText(link), text);
      });
    };
  }

  var finders = {
    "css selector": guarded(function (root, selector) {
      return root.querySelectorAll(selector);
    }),
    "link text": byLinkText(function (rendered, text) {
      return rendered === text;
    }),
    "partial link text": byLinkText(function (rendered, text) {
      return rendered.indexOf(text) >= 0;
    }),
    "tag name": function (root, name) {
      return root.getElementsByTagName(name);
    },
    xpath: guarded(byXPath),
  };

  // `root` is an element's reference, or null for the document.
  atoms.find = function (using, selector, root, onlyFirst) {
    var found = finders[using](root === null ? document : atoms.element(root), selector);
    return Array.prototype.slice.call(found, 0, onlyFirst ? 1 : undefined).map(atoms.reference);
  };

  // https://www.w3.org/TR/webdriver2/#get-active-element
  atoms.activeElement = function () {
    return document.activeElement
      ? atoms.reference(document.activeElement)
      : atoms.fail("no such element", "no element is active");
  };
};
