// Runs in the page: execute/sync and execute/async, https://www.w3.org/TR/webdriver2/#executing-script.

module.exports = function (atoms) {
  // What the script threw, as a failure with the script's own stack; the atoms' own failures stay as they are.
  function asError(thrown) {
    var isError = typeof thrown === "object" && thrown !== null && "message" in thrown;
    var error;
    if (isError && thrown.webdriver) {
      return thrown;
    }
    error = new Error(isError ? thrown.name + ": " + thrown.message : String(thrown));
    error.webdriver = "javascript error";
    error.origin = isError ? thrown.stack : "";
    return error;
  }

  function isThenable(value) {
    return typeof value === "object" && value !== null && typeof value.then === "function";
  }

  function reject(record, thrown) {
    if (!record.done) {
      record.done = true;
      record.error = asError(thrown);
    }
  }

  function resolve(record, value) {
    try {
      if (isThenable(value)) {
        value.then(
          function (result) {
            resolve(record, result);
          },
          function (reason) {
            reject(record, reason);
          }
        );
      } else if (!record.done) {
        record.value = atoms.clone(value);
        record.done = true;
      }
    } catch (error) {
      reject(record, error);
    }
  }

  function begin(record, script, args, isAsync) {
    var result;
    var values;
    try {
      values = args.map(atoms.restore);
      if (isAsync) {
        values.push(function (value) {
          resolve(record, value);
        });
      }
      result = script.apply(window, values);
      if (!isAsync || isThenable(result)) {
        resolve(record, result);
      }
    } catch (error) {
      reject(record, error);
    }
  }

  // Starts the script; gives { done: true, value } or { done: false }, when `outcome` must be asked later.
  atoms.execute = function (script, name, args, isAsync, isDeferred) {
    var record = { done: false };
    atoms.store().scripts[name] = record;
    if (isDeferred) {
      setTimeout(function () {
        begin(record, script, args, isAsync);
      }, 0);
    } else {
      begin(record, script, args, isAsync);
    }
    return atoms.outcome(name);
  };

  atoms.outcome = function (name) {
    var scripts = atoms.store().scripts;
    var record = scripts[name];
    if (!record) {
      atoms.fail("javascript error", "the document was unloaded before the script ended");
    }
    if (!record.done) {
      return { done: false };
    }
    delete scripts[name];
    if (record.error) {
      throw record.error;
    }
    return { done: true, value: record.value };
  };

  // Nobody waits for the script any longer.
  atoms.abandon = function (name) {
    delete atoms.store().scripts[name];
  };
};
