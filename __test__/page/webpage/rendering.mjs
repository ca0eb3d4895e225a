// Pictures and PDF. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { until } from "../../helpers.mjs";
import { magicOf, PDF, PNG } from "../methods/checks.mjs";

const JPEG = "ffd8ff";
const SIZE = { left: 0, top: 0, width: 300, height: 300 };

const prepare = async ({ page }) => {
  await page.set("paperSize", { width: "300px", height: "300px", border: "0px" });
  await page.set("clipRect", SIZE);
  await page.set("viewportSize", { width: SIZE.width, height: SIZE.height });
};

/** What `render` writes: its first bytes, and how long it is. */
async function rendered({ page, folder }, name, options) {
  const file = path.join(folder, name);
  assert.equal(await page.render(file, ...(options ? [options] : [])), true, name);
  return fs.readFileSync(file);
}

export const facts = [
  ...Object.entries({ pdf: PDF, png: PNG, jpg: JPEG }).map(([format, magic]) => ({
    of: ["render"],
    fact: `render() writes a ${format} by the name of the file, or by the option format`,
    at: "/large",
    prepare,
    check: async (context) => {
      assert.equal(magicOf(await rendered(context, `by-name.${format}`), magic), magic);
      assert.equal(magicOf(await rendered(context, "by-option", { format }), magic), magic);
    },
  })),
  {
    of: ["render"],
    fact: "the option quality is for a JPEG, by name and by option",
    at: "/large",
    prepare,
    check: async (context) => {
      await context.page.setContent(`<b style="color:red">${"text ".repeat(500)}</b>`);
      const best = await rendered(context, "best.jpg", { quality: 100 });
      const byName = await rendered(context, "less.jpg", { quality: 50 });
      const byOption = await rendered(context, "less", { format: "jpg", quality: 50 });
      assert.deepEqual(byOption, byName);
      assert.ok(byName.length < best.length, `${byName.length} of ${best.length} bytes`);
    },
  },
  ...Object.entries({ png: PNG, jpg: JPEG }).map(([format, magic]) => ({
    of: ["renderBase64"],
    fact: `renderBase64("${format}") is what render() would write`,
    at: "/large",
    prepare,
    check: async (context) => {
      const bytes = Buffer.from(await context.page.renderBase64(format), "base64");
      assert.equal(magicOf(bytes, magic), magic);
      assert.deepEqual(bytes, await rendered(context, `picture.${format}`));
    },
  })),
  {
    of: ["renderBase64"],
    fact: 'renderBase64("pdf") is none',
    at: "/large",
    check: ({ page }) =>
      assert.rejects(page.renderBase64("pdf"), { code: "ERR_PAGE_COMMAND", message: /cannot make a pdf/ }),
  },
  {
    of: ["repaint-requested"],
    fact: "a load brings at least one onRepaintRequested of some size",
    unsupported: { chromium: "use page.waitFor() for what is to be seen, and page.render()" },
    check: async ({ page, url }) => {
      const heard = [];
      await page.set("onRepaintRequested", (...args) => heard.push(args));
      assert.equal(await page.open(`${url}/`), "success");
      await until(() => heard.some(([, , width, height]) => width > 0 && height > 0), "one of some size");
    },
  },
];
