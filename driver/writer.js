// Writes any value as JSON text: what JSON.stringify refuses too, as elements of a document and whatever holds itself.
//
// PhantomJS's own conversion gives such a value as an object of all its enumerable properties, those of its prototypes
// included: a function is {}, what was met before is null, nothing goes deeper than 199 objects. So does this, in an
// eighth of the time, and with a bound: from any element the whole document can be reached, and all that the page has.
//
// It runs in pages, so it is one function, and uses as little as it can of what a page may have replaced.

module.exports = function write(top, known) {
  var LEVELS = 199;
  // For what the page has put together itself (objects, arrays), and again for all that lies behind objects of the
  // browser's: so an element cannot take the place of what was returned beside it.
  var OBJECTS = 5000;
  var PROPERTIES = 40000;
  var CHARACTERS = 2e6;
  var CONTROLS =
    "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f" +
    "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f";
  var HEX = "0123456789abcdef";
  var OBJECT = "[object Object]";
  var ARRAY = "[object Array]";
  var DATE = "[object Date]";
  var FUNCTION = "[object Function]";
  var BOX = "[object String]";
  var BOXES = { __proto__: null, "[object String]": true, "[object Number]": true, "[object Boolean]": true };
  // What the page can make by itself.
  var DATA = { __proto__: null, "[object Object]": true, "[object Array]": true, "[object Arguments]": true };
  var classOf = {}.toString;
  var hasClasses = false;
  var stringify = null;
  // Keys of all functions, which a page may have added to.
  var ofFunctions = { __proto__: null };
  var quotedKeys = { __proto__: null };
  // Objects that were met, the last one first.
  var seen = null;
  var cuts = 0;
  var isBounded = false;
  var text;

  function newAccount() {
    return { objects: 0, properties: 0, characters: 0 };
  }
  var data = newAccount();
  var host = newAccount();

  function prepare() {
    var key;
    for (key in function () {}) {
      ofFunctions[key] = true;
    }
    try {
      hasClasses = classOf.call([]) === ARRAY;
    } catch (_error) {
      // Another way then.
    }
    try {
      if (("" + JSON.stringify).indexOf("[native code]") >= 0 && JSON.stringify('\n"') === '"\\n\\""') {
        stringify = JSON.stringify;
      }
    } catch (_error) {
      // A page without JSON.
    }
  }

  function escaped(character) {
    var code = 0;
    if (character === '"' || character === "\\") {
      return "\\" + character;
    }
    while (CONTROLS[code] !== character) {
      code += 1;
    }
    return "\\u00" + HEX[code >> 4] + HEX[code & 15];
  }

  function quoteByHand(string) {
    var quoted = '"';
    var i;
    for (i = 0; i < string.length; i += 1) {
      quoted += string[i] < " " || string[i] === '"' || string[i] === "\\" ? escaped(string[i]) : string[i];
    }
    return quoted + '"';
  }

  function quote(string) {
    if (string === "") {
      return '""';
    }
    return stringify ? stringify(string) : quoteByHand(string);
  }

  function member(key) {
    quotedKeys[key] = quotedKeys[key] || quote(key) + ":";
    return quotedKeys[key];
  }

  function isNested(value) {
    return typeof value === "function" || (typeof value === "object" && value !== null);
  }

  function primitive(value) {
    if (typeof value === "string") {
      return quote(value);
    }
    return typeof value === "boolean" || (typeof value === "number" && value - value === 0) ? "" + value : "null";
  }

  function digits(number, length) {
    var string = "" + number;
    while (string.length < length) {
      string = "0" + string;
    }
    return string;
  }

  // As toISOString, which libraries replace.
  function date(value) {
    var year = value.getUTCFullYear();
    if (!(year < Infinity)) {
      return "null";
    }
    return (
      '"' +
      (year < 0 ? "-" + digits(-year, 6) : year > 9999 ? "+" + digits(year, 6) : digits(year, 4)) +
      "-" +
      digits(value.getUTCMonth() + 1, 2) +
      "-" +
      digits(value.getUTCDate(), 2) +
      "T" +
      digits(value.getUTCHours(), 2) +
      ":" +
      digits(value.getUTCMinutes(), 2) +
      ":" +
      digits(value.getUTCSeconds(), 2) +
      "." +
      digits(value.getUTCMilliseconds(), 3) +
      'Z"'
    );
  }

  // By what it can do, where the page has replaced what tells.
  function guessKind(value) {
    if (value instanceof [].constructor) {
      return ARRAY;
    }
    if (typeof value.getUTCFullYear === "function") {
      return DATE;
    }
    if (typeof value === "function") {
      return FUNCTION;
    }
    return typeof value.valueOf === "function" && !isNested(value.valueOf()) ? BOX : OBJECT;
  }

  function kindOf(value) {
    try {
      return hasClasses ? classOf.call(value) : guessKind(value);
    } catch (_error) {
      return OBJECT;
    }
  }

  function get(object, key) {
    try {
      return object[key];
    } catch (_error) {
      return "";
    }
  }

  function list(array, level, account) {
    var items = "";
    var i;
    var value;
    var one;
    account.properties += array.length;
    for (i = 0; i < array.length; i += 1) {
      value = get(array, i);
      one = any(value, level + 1, account);
      account.characters += isNested(value) ? 0 : one.length;
      items += (i > 0 ? "," : "") + one;
    }
    return "[" + items + "]";
  }

  // What is plain comes first, so that the bound takes none of it.
  function map(object, isFunction, level, account) {
    var members = "";
    var first = { next: null };
    var last = first;
    var key;
    var value;
    var one;
    for (key in object) {
      if (isFunction && ofFunctions[key]) {
        continue;
      }
      value = get(object, key);
      account.properties += 1;
      if (isNested(value)) {
        last.next = { key: key, value: value, next: null };
        last = last.next;
      } else if (value !== undefined) {
        one = member(key) + primitive(value);
        account.characters += one.length;
        members += (members ? "," : "") + one;
      }
    }
    for (last = first.next; last; last = last.next) {
      members += (members ? "," : "") + member(last.key) + any(last.value, level + 1, account);
    }
    return "{" + members + "}";
  }

  function cut() {
    cuts += 1;
    return "null";
  }

  function find(object) {
    var entry = seen;
    while (entry && entry.object !== object) {
      entry = entry.next;
    }
    return entry;
  }

  function isSpent(account) {
    return account.objects >= OBJECTS || account.properties >= PROPERTIES || account.characters >= CHARACTERS;
  }

  function nested(object, kind, level, account) {
    var before = cuts;
    var entry;
    var written;
    if (level > LEVELS || isSpent(account)) {
      isBounded = true;
      return cut();
    }
    entry = find(object);
    if (entry && (entry.isOpen || (entry.text === null && (entry.account === data || account === host)))) {
      return cut();
    }
    if (entry && entry.text !== null) {
      // It could be written whole: as JSON, once more.
      account.characters += entry.text.length;
      return entry.text;
    }
    account.objects += 1;
    entry = { object: object, text: null, isOpen: true, account: account, next: seen };
    seen = entry;
    written = kind === ARRAY ? list(object, level, account) : map(object, kind === FUNCTION, level, account);
    entry.isOpen = false;
    entry.text = cuts === before ? written : null;
    return written;
  }

  function hasKeys(fn) {
    var key;
    for (key in fn) {
      if (!ofFunctions[key]) {
        return true;
      }
    }
    return false;
  }

  function simple(value, kind) {
    try {
      return kind === DATE ? date(value) : primitive(value.valueOf());
    } catch (_error) {
      return "null";
    }
  }

  function any(value, level, account) {
    var kind;
    if (!isNested(value)) {
      return primitive(value);
    }
    kind = kindOf(value);
    if (kind === DATE || BOXES[kind]) {
      return simple(value, kind);
    }
    if (kind === FUNCTION && !hasKeys(value)) {
      return "{}";
    }
    return nested(value, kind, level, DATA[kind] ? account : host);
  }

  prepare();
  text = any(top, 1, data);
  return isBounded && known ? known : text;
};
