// What was thrown, as text. It may be anything, and may throw again when it is looked at.

(thrown, _text, stringify) => {
  function textOf(value) {
    try {
      return value === undefined || value === null ? "" : `${value}`;
    } catch {
      return "";
    }
  }
  function part(key) {
    try {
      return textOf(thrown[key]);
    } catch {
      return "";
    }
  }
  const message = part("message");
  const whole = message || textOf(thrown) || (thrown ? "something that cannot be made text" : `${thrown}`);
  return `{"message":${stringify(whole)},"name":${stringify(message && part("name"))},"stack":${stringify(part("stack"))}}`;
};
