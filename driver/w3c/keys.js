// The keys that WebDriver names with code points of their own, https://www.w3.org/TR/webdriver2/#keyboard-actions.

// The names of page.event.key from \uE001 on; "" for a code point without a key.
var NAMED = (
  "Cancel Help Backspace Tab Clear Return Enter Shift Control Alt Pause Escape Space PageUp PageDown End Home Left Up " +
  "Right Down Insert Delete Semicolon Equal"
).split(" ");
// From \uE01A on; these have a text, which PhantomJS sends with the keypad's flag.
var KEYPAD_TEXT = "0123456789*+,-./";
// From \uE050 on: the right-hand modifiers, then the keypad without NumLock.
var RIGHT_AND_KEYPAD = "Shift Control Alt Meta PageUp PageDown End Home Left Up Right Down Insert Delete".split(" ");
var TEXT_OF = { Equal: "=", Semicolon: ";", Space: " " };
var CONTROL_CHARACTERS = { "\b": "Backspace", "\n": "Return", "\r": "Return", "\t": "Tab" };
var MODIFIERS = { Alt: "alt", Control: "ctrl", Meta: "meta", Shift: "shift" };

// { name } for a key of page.event.key, { text } for one that types; `modifier` and `isKeypad` where they apply.
function named(name, isKeypad) {
  return TEXT_OF.hasOwnProperty(name)
    ? { text: TEXT_OF[name], isKeypad: false }
    : { name: name, modifier: MODIFIERS[name], isKeypad: isKeypad };
}

// What the key of one character is.
function resolve(character) {
  var code = character.charCodeAt(0);
  if (CONTROL_CHARACTERS.hasOwnProperty(character)) {
    return named(CONTROL_CHARACTERS[character], false);
  }
  if (code > 0xe000 && code - 0xe001 < NAMED.length) {
    return named(NAMED[code - 0xe001], false);
  }
  if (code >= 0xe01a && code - 0xe01a < KEYPAD_TEXT.length) {
    return { text: KEYPAD_TEXT.charAt(code - 0xe01a), isKeypad: true };
  }
  if (code >= 0xe031 && code <= 0xe03c) {
    return named("F" + (code - 0xe030), false);
  }
  if (code === 0xe03d) {
    return named("Meta", false);
  }
  if (code === 0xe040) {
    return named("Zenkaku_Hankaku", false);
  }
  if (code >= 0xe050 && code - 0xe050 < RIGHT_AND_KEYPAD.length) {
    return named(RIGHT_AND_KEYPAD[code - 0xe050], code >= 0xe054);
  }
  return { text: character, isKeypad: false };
}

// The text as characters; a surrogate pair is one.
function characters(text) {
  return text.match(/[\ud800-\udbff][\udc00-\udfff]|[\s\S]/g) || [];
}

exports.NULL = "\ue000";
exports.characters = characters;
exports.resolve = resolve;
