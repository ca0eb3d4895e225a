// A script of 0.1.x runs on Chromium by the environment variable alone: the same answers as on PhantomJS.

import assert from "node:assert/strict";
import { test } from "node:test";
import { basePort, isLinux, onChromium, run, site } from "../helpers.mjs";

test("the published example of 0.1.x, on PhantomJS and, by the variable, on Chromium", onChromium(), async () => {
  const pages = await site();
  const responsesOn = async (env) => {
    const { code, events, stderr, text } = await run(
      "published.js",
      { url: pages.url, phantomBasePort: basePort(), phantomArguments: ["--load-images=false"] },
      { env },
    );
    assert.equal(code, 0, text);
    const responses = events.filter(({ event }) => event === "response");
    return { stderr, responses: responses.sort((a, b) => a.id - b.id), text };
  };
  const before = await responsesOn({ PHANTOM_CLUSTER_BROWSER: "" });
  const { responses, stderr, text } = await responsesOn({ PHANTOM_CLUSTER_BROWSER: "chromium" });
  assert.equal(responses.length, 16);
  assert.deepEqual(responses, before.responses, text);
  // Told by the primary, and not by each worker again.
  const told = stderr.match(/PHANTOM_CLUSTER_NO_SANDBOX/g) ?? [];
  assert.equal(told.length, isLinux && process.getuid() === 0 ? 1 : 0, text);
  await pages.close();
});
