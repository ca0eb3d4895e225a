// What pictures and PDF show, where they are written, and what they are of: the same on each browser but for what is said.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { browser, onEachBrowser, site } from "../helpers.mjs";
import { readPdf } from "./pdf.mjs";

const BOX = "<div style='width:100px;height:50px;background:#ff0000'></div>";
const START = "<body style='margin:0;background:#00ff00'>";
const PAGES = {
  "/": `${START}${BOX}<div style='height:30px;background:#0000ff'></div>`,
  "/large": `${START}<div style='width:900px;height:700px'></div>`,
  "/long": `<body style='margin:0'>${BOX}${"<p style='margin:0;height:400px'>part</p>".repeat(4)}`,
  "/wide": `${START}<div style='width:800px;height:60px;background:#ff0000'></div>`,
  "/print": `<style>@media print { #b { background: #0000ff } }</style>${START}<div id=b style='height:9px'></div>`,
};

const PNG = "89504e470d0a1a0a";
/** Format to what its files begin with, on every browser. */
const MADE = { png: PNG, jpg: "ffd8ff", JPEG: "ffd8ff", bmp: "424d", ppm: "50360a", pgm: "50350a", pdf: "25504446" };
/** The same of those that one browser alone makes. */
const MADE_BY = {
  phantomjs: { ico: "00000100", xpm: "2f2a2058504d", xbm: "23646566696e65", pbm: "50340a" },
  chromium: { gif: "474946383961", webp: "52494646" },
};

/** Sizes are whole points, and those of Chromium are rounded otherwise. */
function isAt(found, expected) {
  const isNear = found?.every((side, index) => Math.abs(side - expected[index]) <= 1);
  assert.ok(isNear, `${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
}

onEachBrowser((options, name) => {
  let started;
  let pages;
  let folder;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-rendering-"));
    pages = await site(PAGES);
    started = await browser(options);
  });
  after(async () => {
    await started.close();
    await pages.close();
    fs.rmSync(folder, { recursive: true });
  });

  const file = (name) => path.join(folder, name);

  function withPage(title, address, body) {
    test(title, async (t) => {
      const page = await started.ph.createPage();
      assert.equal(await page.open(`${pages.url}${address}`), "success");
      await body(page, t);
      await page.close();
    });
  }

  async function sizeOf(page, ...args) {
    const png = Buffer.from(await page.renderBase64("PNG", ...args), "base64");
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  }

  async function printed(page, paper) {
    await page.setPaperSize(paper);
    assert.equal(await page.render(file("printed.pdf")), true);
    return readPdf(fs.readFileSync(file("printed.pdf")));
  }

  // Pictures ----------------------------------------------------------------------------------------------------------

  withPage("formats go by a file's ending, and by option format where there is one", "/", async (page) => {
    for (const [format, magic] of Object.entries({ ...MADE, ...MADE_BY[name] })) {
      assert.equal(await page.render(file(`a.${format}`)), true, format);
      assert.equal(fs.readFileSync(file(`a.${format}`)).toString("hex", 0, magic.length / 2), magic, format);
      assert.equal(await page.render(file("other.png"), { format }), true, format);
      assert.equal(fs.readFileSync(file("other.png")).toString("hex", 0, magic.length / 2), magic, format);
    }
    for (const unknown of ["a.tiff", "a.svg", "png", "a."]) {
      assert.equal(await page.render(file(unknown)), false, unknown);
    }
    assert.equal(await page.render(file("a.png"), { format: "tiff" }), false);
    await assert.rejects(page.renderBase64("TIFF"), { code: "ERR_PAGE_COMMAND", message: /cannot make a TIFF/ });
    await assert.rejects(page.renderBase64("PDF"), { code: "ERR_PAGE_COMMAND", message: /cannot make a PDF/ });
    if (name === "chromium") {
      for (const format of Object.keys(MADE_BY.phantomjs)) {
        await assert.rejects(page.render(file(`a.${format}`)), { code: "ERR_UNSUPPORTED", message: /png, jpeg, webp/ });
      }
    }
  });

  withPage("BMP and PPM have the page's colours", "/", async (page) => {
    const bmp = Buffer.from(await page.renderBase64("BMP"), "base64");
    const [offset, width, height] = [10, 18, 22].map((at) => bmp.readUInt32LE(at));
    assert.deepEqual([width, height, bmp.readUInt16LE(28)], [400, 300, 24]);
    // Rows go up, colours backwards.
    const pixel = (x, y) => bmp.toString("hex", offset + (299 - y) * 1200 + x * 3).slice(0, 6);
    assert.deepEqual([pixel(10, 10), pixel(200, 60), pixel(200, 200)], ["0000ff", "ff0000", "00ff00"]);
    const ppm = Buffer.from(await page.renderBase64("PPM"), "base64");
    const head = "P6\n400 300\n255\n";
    assert.equal(ppm.toString("latin1", 0, head.length), head);
    assert.equal(ppm.length, head.length + 400 * 300 * 3);
    assert.equal(ppm.toString("hex", head.length, head.length + 3), "ff0000");
  });

  withPage("what cannot be written is false, and what was there is written over", "/", async (page) => {
    fs.writeFileSync(file("old.png"), "old");
    assert.equal(await page.render(file("old.png")), true);
    assert.equal(fs.readFileSync(file("old.png")).toString("hex", 0, 8), PNG);
    fs.mkdirSync(file("folder.png"), { recursive: true });
    assert.equal(await page.render(file("folder.png")), false, "a folder");
    assert.equal(await page.render(file("old.png/below.png")), false, "below a file");
    assert.equal(await page.render(file("new/deep/a.png")), true, "in folders that it makes");
    assert.deepEqual(fs.readdirSync(file("new/deep")), ["a.png"]);
  });

  withPage("a picture is of the whole page, as large as the window at least", "/large", async (page) => {
    assert.deepEqual(await sizeOf(page), [900, 700]);
    await page.setViewportSize(1000, 300);
    assert.deepEqual(await sizeOf(page), [1000, 700]);
    await page.setViewportSize(400, 300);
    for (const [zoom, size] of [
      [0.5, [450, 350]],
      [2, [1800, 1400]],
      [1.5, [1350, 1050]],
    ]) {
      await page.setZoomFactor(zoom);
      assert.deepEqual(await sizeOf(page), size, `${zoom}`);
    }
    await page.open(`${pages.url}/`);
    assert.deepEqual(await sizeOf(page), [400, 300], "a window of 266.7 px at 150 %");
    assert.equal(await page.evaluate("function () { return innerWidth; }"), 266);
  });

  withPage("it begins where scrollPosition is, and clipRect there too", "/large", async (page) => {
    await page.set("scrollPosition", { left: 50, top: 100 });
    assert.deepEqual(await sizeOf(page), [850, 600]);
    await page.set("clipRect", { left: 840, top: 590, width: 20, height: 30 });
    assert.deepEqual(await sizeOf(page), [20, 30], "a part that lies half outside");
    await page.set("clipRect", { left: 10.6, top: 10.4, width: "30", height: 30.6 });
    assert.deepEqual(await page.get("clipRect"), { left: 11, top: 10, width: 30, height: 31 });
    await page.set("clipRect", { width: 0, height: 30 });
    assert.equal(await page.render(file("nothing.png")), false);
    assert.ok(!fs.existsSync(file("nothing.png")));
  });

  withPage("what is no size changes nothing", "/", async (page) => {
    for (const size of [
      { width: 200 },
      { width: 0, height: 0 },
      { width: -5, height: 10 },
      { width: "x", height: 5 },
    ]) {
      assert.deepEqual(await page.set("viewportSize", size), { width: 400, height: 300 });
    }
    assert.deepEqual(await page.set("viewportSize", { width: "600", height: 250.4 }), { width: 600, height: 250 });
    assert.equal(await page.set("viewportSize.height", 300), 300);
    assert.deepEqual(await page.evaluate("function () { return [innerWidth, innerHeight]; }"), [600, 300]);
  });

  // PDF ---------------------------------------------------------------------------------------------------------------

  withPage("without a paper a PDF is one page as large as the document, with one point for a px", "/", async (page) => {
    const [only, ...more] = await printed(page, {});
    assert.deepEqual(more, []);
    isAt([only.width, only.height], [400, 300]);
    isAt(only.boxes["#ff0000"], [0, 0, 100, 50]);
    isAt(only.boxes["#0000ff"], [0, 50, 400, 30]);
    await page.open(`${pages.url}/large`);
    const whole = await printed(page, {});
    assert.equal(whole.length, 1);
    isAt([whole[0].width, whole[0].height], [900, 700]);
    await page.open(`${pages.url}/long`);
    assert.equal((await printed(page, {})).length, 1);
  });

  withPage("papers have the sizes and margins that they say", "/", async (page) => {
    for (const [paper, size, box] of [
      [{ format: "A3" }, [842, 1191], [0, 0, 100, 50]],
      [{ format: "a4" }, [595, 842], [0, 0, 100, 50]],
      [{ format: "A5", orientation: "landscape" }, [595, 420], [0, 0, 100, 50]],
      [{ format: "Legal", margin: "1cm" }, [612, 1008], [28, 28, 100, 50]],
      [{ format: "Letter", margin: 20 }, [612, 792], [20, 20, 100, 50]],
      [{ format: "Tabloid", margin: { left: "1in", top: "20mm" } }, [792, 1224], [72, 57, 100, 50]],
      [{ width: "5in", height: "200px", margin: "10" }, [360, 200], [10, 10, 100, 50]],
      [{ width: 300, height: "10cm", format: "A4", orientation: "landscape" }, [300, 283], [0, 0, 100, 50]],
      [{ format: "none such" }, [595, 842], [0, 0, 100, 50]],
    ]) {
      const [first] = await printed(page, paper);
      isAt([first.width, first.height], size);
      isAt(first.boxes["#ff0000"], box);
      const margin = box[0];
      const right = paper.format === "Tabloid" ? 0 : margin;
      isAt(first.boxes["#0000ff"], [margin, box[1] + 50, size[0] - margin - right, 30]);
    }
  });

  withPage("what is too wide for its paper is cut, or the page is printed smaller", "/wide", async (page) => {
    const [first] = await printed(page, { width: 600, height: 800 });
    isAt(first.boxes["#ff0000"], { phantomjs: [0, 0, 800, 60], chromium: [0, 0, 600, 45] }[name]);
  });

  withPage("a paper without a size makes no PDF", "/", async (page) => {
    for (const paper of [{ margin: "1cm" }, { width: "5cm" }, { orientation: "landscape" }]) {
      await page.setPaperSize(paper);
      assert.equal(await page.render(file("none.pdf")), false);
      assert.ok(!fs.existsSync(file("none.pdf")));
    }
  });

  withPage("zoomFactor and clipRect are for pictures; styles for print count", "/print", async (page) => {
    await page.setZoomFactor(2);
    await page.set("clipRect", { left: 0, top: 0, width: 10, height: 10 });
    const [first] = await printed(page, { format: "A4" });
    isAt([first.width, first.height], [595, 842]);
    isAt(first.boxes["#0000ff"], [0, 0, 595, 9]);
  });

  withPage("headers and footers are asked for page by page, and each has styles of its own", "/long", async (page) => {
    const { ph } = started;
    await ph.windowProperty("asked", []);
    const pages = await printed(page, {
      width: 400,
      height: 600,
      margin: { left: 10, top: 20, right: 30, bottom: 40 },
      header: {
        height: 50,
        contents: ph.callback(function (number, count) {
          window.asked.push(["header", number, count]);
          return "<div style='background:#ff00ff;height:10px;width:" + number * 50 + "px'></div><b>a</b>";
        }),
      },
      footer: {
        height: "1cm",
        contents: ph.callback(function (number, count) {
          window.asked.push(["footer", number, count]);
          return number === 2 ? "" : "<style>div, body { background: #00ffff } div { height: 9px }</style><div></div>";
        }),
      },
    });
    const count = pages.length;
    assert.ok(count >= 4, `${count} pages`);
    const asked = await ph.windowProperty("asked");
    const all = pages.flatMap((_, index) => ["header", "footer"].map((edge) => [edge, index + 1, count]));
    assert.deepEqual(asked.sort(), all.sort());
    pages.forEach(({ boxes }, index) => {
      // Behind the margin of the paper, and that of a document.
      isAt(boxes["#ff00ff"], [18, 28, (index + 1) * 50, 10]);
    });
    isAt(pages[0].boxes["#ff0000"], [10, 70, 100, 50]);
    assert.ok(pages[0].boxes["#00ffff"][1] >= 600 - 40 - 29, "the footer is above the margin");
    assert.equal(pages[1].boxes["#00ffff"], undefined, "an empty footer");
    assert.ok(pages[2].boxes["#00ffff"]);
  });

  withPage("a header without a height is not shown, one that gives nothing is empty", "/", async (page) => {
    const { ph } = started;
    for (const header of [
      {
        contents: ph.callback(function () {
          return "<div style='background:#ff00ff;height:10px'></div>";
        }),
      },
      {
        height: 0,
        contents: ph.callback(function () {
          return "<div style='background:#ff00ff;height:10px'></div>";
        }),
      },
    ]) {
      const [first] = await printed(page, { format: "A4", header });
      assert.equal(first.boxes["#ff00ff"], undefined);
      isAt(first.boxes["#ff0000"], [0, 0, 100, 50]);
    }
    const [first] = await printed(page, {
      format: "A4",
      header: { height: "1cm", contents: ph.callback(function () {}) },
    });
    isAt(first.boxes["#ff0000"], [0, 28, 100, 50]);
  });
});
