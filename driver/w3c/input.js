// The keyboard and the mouse of a session, through PhantomJS's own events.

var keys = require("./keys");
var state = require("./state");

// Two presses closer than this are a double click, as in Qt.
var DOUBLE_CLICK_MS = 400;
var BUTTONS = ["left", "middle", "right"];

function Input(page) {
  this.page = page;
  // The keys that are down, by character, and the buttons that are down, by number, in the order they went down.
  this.keysDown = [];
  this.buttonsDown = [];
  this.x = 0;
  this.y = 0;
  this.lastPress = null;
}

// The modifiers that are down, in PhantomJS's bits.
Input.prototype.modifiers = function () {
  var bits = this.page.event.modifier;
  return this.keysDown.reduce(function (sum, character) {
    var modifier = keys.resolve(character).modifier;
    return modifier ? sum | bits[modifier] : sum;
  }, 0);
};

Input.prototype.sendKey = function (type, character) {
  var bits = this.page.event.modifier;
  var key = keys.resolve(character);
  var modifiers = this.modifiers() | (key.isKeypad ? bits.keypad : 0);
  var text = key.text;
  if (text === undefined) {
    this.page.sendEvent(type, this.page.event.key[key.name], null, null, modifiers);
    return;
  }
  if (modifiers & bits.shift) {
    text = text.toUpperCase();
  }
  // A capital letter is a letter with shift.
  modifiers |= text === text.toLowerCase() ? 0 : bits.shift;
  this.page.sendEvent(type, text, null, null, modifiers);
};

// A modifier's own event goes without it going down and with it coming up: Qt's are the modifiers before the event.
Input.prototype.keyDown = function (character) {
  this.sendKey("keydown", character);
  if (this.keysDown.indexOf(character) < 0) {
    this.keysDown.push(character);
  }
};

Input.prototype.keyUp = function (character) {
  var index = this.keysDown.indexOf(character);
  if (index >= 0) {
    this.sendKey("keyup", character);
    this.keysDown.splice(index, 1);
  }
};

// Types a text; a modifier stays down until it comes again, until the null key, or to the end
// (https://www.w3.org/TR/webdriver2/#dfn-dispatch-actions-for-a-string).
Input.prototype.type = function (text) {
  var input = this;
  var held = [];
  function releaseHeld() {
    held.splice(0).reverse().forEach(input.keyUp, input);
  }
  keys.characters(text).forEach(function (character) {
    var index = held.indexOf(character);
    if (character === keys.NULL) {
      releaseHeld();
    } else if (!keys.resolve(character).modifier) {
      input.keyDown(character);
      input.keyUp(character);
    } else if (index < 0) {
      held.push(character);
      input.keyDown(character);
    } else {
      held.splice(index, 1);
      input.keyUp(character);
    }
  });
  releaseHeld();
};

Input.prototype.sendMouse = function (type, button) {
  this.page.sendEvent(type, this.x, this.y, BUTTONS[button], this.modifiers());
};

// Of the top frame's viewport.
Input.prototype.moveTo = function (x, y) {
  this.x = x;
  this.y = y;
  this.sendMouse("mousemove", this.buttonsDown.length ? this.buttonsDown[0] : 0);
};

Input.prototype.buttonDown = function (button) {
  var last = this.lastPress;
  var press = { x: this.x, y: this.y, button: button, at: Date.now() };
  var isDouble =
    last !== null &&
    last.x === press.x &&
    last.y === press.y &&
    last.button === button &&
    press.at - last.at < DOUBLE_CLICK_MS;
  if (this.buttonsDown.indexOf(button) < 0) {
    // A third press begins anew.
    this.lastPress = isDouble ? null : press;
    this.buttonsDown.push(button);
    this.sendMouse(isDouble ? "mousedoubleclick" : "mousedown", button);
  }
};

Input.prototype.buttonUp = function (button) {
  var index = this.buttonsDown.indexOf(button);
  if (index >= 0) {
    this.buttonsDown.splice(index, 1);
    this.sendMouse("mouseup", button);
  }
};

// https://www.w3.org/TR/webdriver2/#release-actions
Input.prototype.releaseAll = function () {
  this.buttonsDown.slice().reverse().forEach(this.buttonUp, this);
  this.keysDown.slice().reverse().forEach(this.keyUp, this);
  this.lastPress = null;
};

exports.BUTTON_COUNT = BUTTONS.length;
exports.of = function (session) {
  var own = state.of(session);
  if (own.input === null) {
    own.input = new Input(session.page);
  }
  return own.input;
};
