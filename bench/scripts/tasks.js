"use strict";

// What a worker does with a request. Each gets `ph`, the request, what answers it, and the scenario's options.

const cluster = require("node:cluster");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { repeat } = require("./repeat");

const answer = () => ({ worker: cluster.worker.id });

function nothing(_ph, _request, done) {
  done(answer());
}

/** Creates a page, opens it, asks for its title, closes it. A load that does not end is given up. */
function page(ph, request, done, { patience }) {
  ph.createPage((page) => {
    let hasEnded = false;
    const end = (response) => {
      if (!hasEnded) {
        hasEnded = true;
        clearTimeout(timer);
        page.close();
        done({ ...answer(), ...response });
      }
    };
    const timer = setTimeout(end, patience, { stalled: true });
    page.open(request.url, (status) => {
      if (hasEnded) {
        return;
      }
      page.evaluate(
        function () {
          return document.title;
        },
        (title) => end(status === "success" && title === request.title ? {} : { error: `${status}, ${title}` }),
      );
    });
  });
}

/** Calls `once(page, then)` again and again on one page, and answers with how long it took, ms. */
function repeated(once) {
  return (ph, request, done, options) => {
    ph.createPage((page) => {
      page.open(request.url, () => {
        repeat(
          (then) => once(page, then, options),
          options,
          (figures) => done({ ...answer(), ...figures }),
        );
      });
    });
  };
}

const evaluate = repeated((page, then) => {
  page.evaluate(function () {
    return 1;
  }, then);
});

const result = repeated((page, then) => {
  page.evaluate(
    function () {
      return new Array(5 * 1024 * 1024 + 1).join("x");
    },
    (text) => {
      if (text.length === 5 * 1024 * 1024) {
        then();
      }
    },
  );
});

/** Renders into a file of at least `size` bytes, or `then` is not called, and the run has no figures. */
function rendered(extension) {
  const file = path.join(os.tmpdir(), `phantom-cluster-bench-${process.pid}.${extension}`);
  return repeated((page, then, { size }) => {
    page.render(file, () => {
      const { size: found } = fs.statSync(file);
      fs.rmSync(file);
      if (found > size) {
        then();
      }
    });
  });
}

const render = rendered("png");
const pdf = rendered("pdf");

function base64(ph, request, done, options) {
  repeated((page, then) => {
    page.renderBase64("PNG", (text) => {
      if (text.length > 1_200_000) {
        then();
      }
    });
  })(ph, request, done, options);
}

module.exports = { nothing, page, evaluate, result, render, pdf, base64 };
