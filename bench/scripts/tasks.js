"use strict";

// What a worker does with a request. Each gets `ph`, the request, what answers it, and the scenario's options.

const cluster = require("node:cluster");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { percentile } = require("../statistics");

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
  return (ph, request, done, { count, warmup }) => {
    ph.createPage((page) => {
      page.open(request.url, () => {
        const times = [];
        const next = () => {
          const begun = performance.now();
          once(page, () => {
            times.push(performance.now() - begun);
            if (times.length < warmup + count) {
              setImmediate(next);
            } else {
              const sorted = times.slice(warmup).sort((a, b) => a - b);
              done({ ...answer(), p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) });
            }
          });
        };
        next();
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

const render = repeated((page, then) => {
  const file = path.join(os.tmpdir(), `phantom-cluster-bench-${process.pid}.png`);
  page.render(file, () => {
    const { size } = fs.statSync(file);
    fs.rmSync(file);
    if (size > 900_000) {
      then();
    }
  });
});

function base64(ph, request, done, options) {
  repeated((page, then) => {
    page.renderBase64("PNG", (text) => {
      if (text.length > 1_200_000) {
        then();
      }
    });
  })(ph, request, done, options);
}

module.exports = { nothing, page, evaluate, result, render, base64 };
