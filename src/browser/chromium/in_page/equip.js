// What a document has in the place of its own dialogs and console once somebody listens to them. All else of them is as it
// was, their texts too; what a page has replaced itself stays its own.

(tools) => {
  "use strict";

  const { alert, confirm, console, prompt, OwnProxy, say, isWatched } = tools;
  const { apply } = Reflect;
  const { HTMLElement, HTMLInputElement, PointerEvent } = globalThis;
  const { dispatchEvent } = EventTarget.prototype;

  function replace(holder, name, native, apply) {
    if (typeof native === "function" && holder[name] === native) {
      holder[name] = new OwnProxy(native, { __proto__: null, apply });
    }
  }

  // As PhantomJS has them: what cannot be made text is none.
  function textOf(value) {
    try {
      return `${value}`;
    } catch {
      return "";
    }
  }

  function joined(values, from) {
    let text = "";
    for (let place = from; place < values.length; place += 1) {
      text += (place > from ? " " : "") + textOf(values[place]);
    }
    return text;
  }

  replace(globalThis, "alert", alert, (_alert, _self, values) => {
    if (!isWatched("onAlert")) {
      return alert(values[0]);
    }
    say("onAlert", [`${values[0]}`]);
    return undefined;
  });
  replace(globalThis, "confirm", confirm, (_confirm, _self, values) =>
    isWatched("onConfirm") ? Boolean(say("onConfirm", [`${values[0]}`])) : confirm(values[0]),
  );
  replace(globalThis, "prompt", prompt, (_prompt, _self, values) => {
    const preset = `${values[1] ?? ""}`;
    if (!isWatched("onPrompt")) {
      return prompt(values[0], preset);
    }
    const answer = say("onPrompt", [`${values[0]}`, preset]);
    return answer === null ? null : `${answer}`;
  });

  // A script's click on a file field. With it a browser of today opens no chooser: that takes a click of the user's.
  const { click } = HTMLElement.prototype;
  replace(HTMLElement.prototype, "click", click, (_click, self, _values) => {
    if (!isWatched("onFilePicker") || !(self instanceof HTMLInputElement) || self.type !== "file" || self.disabled) {
      return apply(click, self, []);
    }
    const event = new PointerEvent("click", { __proto__: null, bubbles: true, cancelable: true, composed: true });
    if (apply(dispatchEvent, self, [event])) {
      say("onFilePicker", [""], self);
    }
    return undefined;
  });

  for (const name of ["log", "info", "debug", "warn", "error", "dir", "dirxml", "trace"]) {
    const native = console[name];
    replace(console, name, native, (_native, _self, values) => {
      if (values.length > 0) {
        native(joined(values, 0));
      }
    });
  }
  const { assert } = console;
  replace(console, "assert", assert, (_assert, _self, values) => {
    if (!values[0]) {
      assert(false, joined(values, 1));
    }
  });
};
