// Identifiers that cannot be guessed: of sessions, windows, elements and temporary files.

var BYTES = 16;

exports.id = function () {
  var bytes = new Uint8Array(BYTES);
  var text = "";
  var i;
  crypto.getRandomValues(bytes);
  for (i = 0; i < BYTES; i += 1) {
    text += (bytes[i] + 0x100).toString(16).slice(1);
  }
  return text;
};
