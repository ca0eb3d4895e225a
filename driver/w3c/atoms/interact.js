// Runs in the page: what prepares an element for input, https://www.w3.org/TR/webdriver2/#element-interaction.

module.exports = function (atoms) {
  var TEXTUAL = /^(text|search|url|tel|password|email|number|date|month|week|time|datetime|datetime-local)$/;

  function fire(element, type) {
    var event = document.createEvent("HTMLEvents");
    event.initEvent(type, true, type !== "change");
    element.dispatchEvent(event);
  }

  function fireMouse(element, type) {
    var event = document.createEvent("MouseEvents");
    event.initMouseEvent(type, true, true, window, 1, 0, 0, 0, 0, false, false, false, false, 0, null);
    element.dispatchEvent(event);
  }

  function tagOf(element) {
    return element.tagName.toLowerCase();
  }

  // The middle of what is in the viewport of its first box, or null when nothing is
  // (https://www.w3.org/TR/webdriver2/#dfn-in-view-center-point).
  function centre(element) {
    var box = element.getClientRects()[0];
    var left;
    var right;
    var top;
    var bottom;
    if (!box) {
      return null;
    }
    left = Math.max(0, box.left);
    right = Math.min(window.innerWidth, box.right);
    top = Math.max(0, box.top);
    bottom = Math.min(window.innerHeight, box.bottom);
    return right > left && bottom > top
      ? { x: Math.floor((left + right) / 2), y: Math.floor((top + bottom) / 2) }
      : null;
  }

  function scrollIntoView(element) {
    if (element.scrollIntoViewIfNeeded) {
      element.scrollIntoViewIfNeeded();
    } else {
      element.scrollIntoView();
    }
  }

  function mustTakeClick(element, point) {
    var hit = document.elementFromPoint(point.x, point.y);
    if (!hit || !element.contains(hit)) {
      atoms.fail(
        "element click intercepted",
        "at " + point.x + "," + point.y + " another element is on top: " + (hit ? tagOf(hit) : "none")
      );
    }
  }

  // Where to click; null when the element is not in view; { isOption: true } for what has no box of its own.
  atoms.clickTarget = function (id) {
    var element = atoms.element(id);
    var point;
    if (tagOf(element) === "input" && element.type === "file") {
      atoms.fail("invalid argument", "a file input cannot be clicked: send it the file's path");
    }
    if (tagOf(element) === "option") {
      return { isOption: true };
    }
    scrollIntoView(element);
    point = atoms.isShown(element) ? centre(element) : null;
    if (point) {
      mustTakeClick(element, point);
    }
    return point;
  };

  atoms.centre = function (id) {
    return centre(atoms.element(id));
  };

  atoms.scrollIntoView = function (id) {
    scrollIntoView(atoms.element(id));
  };

  // https://www.w3.org/TR/webdriver2/#element-click, the steps for an option.
  atoms.clickOption = function (id) {
    var option = atoms.element(id);
    var select = option;
    var isSelected;
    while (select && tagOf(select) !== "select") {
      select = select.parentElement;
    }
    if (!select || !atoms.isShown(select)) {
      atoms.fail("element not interactable", "the option is in no select that is shown");
    }
    fireMouse(select, "mouseover");
    fireMouse(select, "mousemove");
    fireMouse(select, "mousedown");
    select.focus();
    if (atoms.isEnabled(option) && atoms.isEnabled(select)) {
      isSelected = option.selected;
      option.selected = select.multiple ? !isSelected : true;
      if (option.selected !== isSelected) {
        fire(select, "input");
        fire(select, "change");
      }
    }
    fireMouse(select, "mouseup");
    fireMouse(select, "click");
  };

  function caretToEnd(element) {
    var range;
    if (element.isContentEditable) {
      range = document.createRange();
      range.selectNodeContents(element);
      range.collapse(false);
      window.getSelection().removeAllRanges();
      window.getSelection().addRange(range);
      return;
    }
    try {
      element.setSelectionRange(element.value.length, element.value.length);
    } catch (_error) {
      // A kind of input without a caret that scripts can move.
    }
  }

  function mustBeShown(element) {
    scrollIntoView(element);
    if (!atoms.isShown(element)) {
      atoms.fail("element not interactable", "the element is not shown");
    }
  }

  function focus(element) {
    if (document.activeElement === element) {
      return;
    }
    element.focus();
    if (document.activeElement !== element) {
      atoms.fail("element not interactable", "the element cannot take the keyboard's focus");
    }
    caretToEnd(element);
  }

  // Readies an element for typing; tells how it takes its text: "keys", "files" or "value".
  atoms.typeTarget = function (id, isStrict) {
    var element = atoms.element(id);
    var isInput = tagOf(element) === "input";
    if (isInput && element.type === "file") {
      if (isStrict) {
        mustBeShown(element);
      }
      return { takes: "files", multiple: element.multiple };
    }
    mustBeShown(element);
    focus(element);
    return { takes: isInput && /^(color|range)$/.test(element.type) ? "value" : "keys" };
  };

  atoms.setValue = function (id, value) {
    var element = atoms.element(id);
    element.value = value;
    fire(element, "input");
    fire(element, "change");
  };

  atoms.setMark = function (id, name, isSet) {
    var element = atoms.element(id);
    if (isSet) {
      element.setAttribute(name, "");
    } else {
      element.removeAttribute(name);
    }
  };

  function isEditable(element) {
    var tag = tagOf(element);
    var isField = tag === "textarea" || (tag === "input" && (TEXTUAL.test(element.type) || isChosen(element)));
    return isField && !element.readOnly && atoms.isEnabled(element);
  }

  // Inputs that are not typed into but can be reset.
  function isChosen(element) {
    return /^(color|range|file)$/.test(element.type);
  }

  // https://www.w3.org/TR/webdriver2/#element-clear
  atoms.clear = function (id) {
    var element = atoms.element(id);
    var before;
    if (!element.isContentEditable && !isEditable(element)) {
      atoms.fail("invalid element state", "the element cannot be edited");
    }
    mustBeShown(element);
    if (element.isContentEditable) {
      element.focus();
      element.innerHTML = "";
      element.blur();
      return;
    }
    before = element.value;
    if (before !== "") {
      element.focus();
      element.value = "";
      if (element.value !== before) {
        fire(element, "input");
        fire(element, "change");
      }
      element.blur();
    }
  };
};
