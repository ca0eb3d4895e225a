// Pictures, papers, large results, Unicode and HTTPS.

import assert from "node:assert/strict";
import fs from "node:fs";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import zlib from "node:zlib";
import { basePort, browser, isLinux, onEachBrowser, run, site } from "../helpers.mjs";
import { readPdf } from "./pdf.mjs";

onEachBrowser((options) => {
  let started;
  let ph;
  let pages;
  let folder;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-content-"));
    pages = await site({
      "/": "<title>start</title><body style='margin:0'><div style='width:100px;height:50px;background:#f00'></div></body>",
      "/long": `<body>${"<p style='height:400px'>part</p>".repeat(20)}</body>`,
    });
    started = await browser(options);
    ph = started.ph;
  });
  after(async () => {
    await started.close();
    await pages.close();
    fs.rmSync(folder, { recursive: true });
  });

  function withPage(name, body) {
    test(name, async (t) => {
      const page = await ph.createPage();
      assert.equal(await page.open(`${pages.url}/`), "success");
      await body(page, t);
      await page.close();
    });
  }

  /** Width, height and the first pixel (r, g, b, a) of a PNG, as PhantomJS writes them: 8 bits, RGBA or RGB. */
  function readPng(bytes) {
    assert.equal(bytes.toString("latin1", 1, 4), "PNG");
    const [width, height, channels] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[25] === 6 ? 4 : 3];
    const data = [];
    for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
      if (bytes.toString("latin1", at + 4, at + 8) === "IDAT") {
        data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
      }
    }
    // The first pixel of the first row is the same under each of PNG's filters.
    const pixel = [...zlib.inflateSync(Buffer.concat(data)).subarray(1, 1 + channels)];
    return { width, height, pixel: channels === 3 ? [...pixel, 255] : pixel };
  }

  async function picture(page, options) {
    const file = path.join(folder, "picture.png");
    assert.equal(await page.render(file, ...(options ? [options] : [])), true);
    return readPng(fs.readFileSync(file));
  }

  withPage("clipRect, zoomFactor and viewportSize shape a picture", async (page) => {
    await page.setViewportSize(300, 200);
    assert.deepEqual(await picture(page), { width: 300, height: 200, pixel: [255, 0, 0, 255] });
    await page.set("clipRect", { left: 90, top: 40, width: 60, height: 30 });
    assert.deepEqual(await picture(page), { width: 60, height: 30, pixel: [255, 0, 0, 255] });
    await page.set("clipRect", { left: 120, top: 60, width: 20, height: 20 });
    await page.setZoomFactor(2);
    assert.deepEqual((await picture(page)).pixel, [255, 0, 0, 255], "the box is twice as large");
  });

  withPage("a page without a background is transparent in a PNG", async (page) => {
    await page.set("clipRect", { left: 200, top: 100, width: 20, height: 20 });
    assert.equal((await picture(page)).pixel[3], 0);
    await page.evaluate("function () { document.body.style.background = '#00f'; }");
    assert.deepEqual((await picture(page)).pixel, [0, 0, 255, 255]);
  });

  withPage("quality makes a JPEG smaller, and format overrules the extension", async (page) => {
    await page.setContent(`<body>${"<b style='color:red'>text</b> ".repeat(2000)}</body>`, pages.url);
    const sizes = [];
    for (const quality of [100, 5]) {
      const file = path.join(folder, `quality-${quality}.bin`);
      assert.equal(await page.render(file, { format: "jpeg", quality }), true);
      assert.equal(fs.readFileSync(file).toString("hex", 0, 3), "ffd8ff");
      sizes.push(fs.statSync(file).size);
    }
    assert.ok(sizes[1] < sizes[0] / 2, sizes.join(" "));
    assert.equal(Buffer.from(await page.renderBase64("JPEG"), "base64").toString("hex", 0, 3), "ffd8ff");
  });

  withPage("a PDF has as many pages as its content needs, with headers and footers made by functions", async (page) => {
    await page.open(`${pages.url}/long`);
    const file = path.join(folder, "long.pdf");
    const plain = { format: "A4", orientation: "portrait", margin: "1cm" };
    await page.setPaperSize(plain);
    await page.render(file);
    const count = (pdf) => readPdf(pdf).length;
    const pagesWithout = count(fs.readFileSync(file));
    assert.ok(pagesWithout >= 5, `${pagesWithout} pages`);
    const calls = [];
    await ph.windowProperty("headerCalls", []);
    await page.setPaperSize({
      ...plain,
      header: {
        height: "2cm",
        contents: ph.callback(function (page, pages) {
          window.headerCalls.push([page, pages]);
          return "<h1>page " + page + " of " + pages + "</h1>";
        }),
      },
      footer: {
        height: "1cm",
        contents: ph.callback(function () {
          return "footer";
        }),
      },
    });
    await page.render(file);
    const pagesWith = count(fs.readFileSync(file));
    assert.ok(pagesWith > pagesWithout, "headers take room");
    calls.push(...(await ph.windowProperty("headerCalls")));
    assert.deepEqual(
      calls,
      Array.from({ length: pagesWith }, (_, i) => [i + 1, pagesWith]),
    );
    const { format, header } = await page.get("paperSize");
    assert.deepEqual([format, header.height], ["A4", "2cm"]);
  });

  withPage("a result of 20 MB and an argument of 5 MB come whole", async (page) => {
    const text = await page.evaluate(
      function (length) {
        var block = new Array(1025).join("0123456789abcdeé");
        var blocks = [];
        while (blocks.length * block.length < length) {
          blocks.push(block);
        }
        return blocks.join("");
      },
      20 * 2 ** 20,
    );
    assert.equal(text.length, 20 * 2 ** 20);
    assert.ok(text.startsWith("0123456789abcdeé0") && text.endsWith("abcdeé"));
    const argument = "é😀".repeat(2 ** 20);
    assert.equal(
      await page.evaluate("function (s) { return s.length + s.charAt(3); }", argument),
      `${argument.length}\ud83d`.slice(0, -1) + argument[3],
    );
  });

  withPage("a picture of 10 MB comes whole as base64", async (page) => {
    await page.setViewportSize(2000, 1500);
    await page.evaluate(function () {
      var canvas = document.createElement("canvas");
      canvas.width = 2000;
      canvas.height = 1500;
      document.body.innerHTML = "";
      document.body.appendChild(canvas);
      var context = canvas.getContext("2d");
      var image = context.createImageData(2000, 1500);
      var seed = 1;
      var i;
      for (i = 0; i < image.data.length; i += 1) {
        seed = (seed * 16807) % 2147483647;
        image.data[i] = i % 4 === 3 ? 255 : seed & 255;
      }
      context.putImageData(image, 0, 0);
    });
    const bytes = Buffer.from(await page.renderBase64("PNG"), "base64");
    assert.ok(bytes.length * 4 > 10e6 * 3, `${bytes.length} bytes`);
    const { width, height } = readPng(bytes);
    assert.deepEqual([width, height], [2000, 1500]);
  });

  withPage("Unicode: addresses, text, cookies, lone surrogates, line separators", async (page, t) => {
    const encoded = `/${encodeURIComponent("größe 漢")}/${encodeURIComponent("😀")}`;
    const served = await site({
      [encoded]: "<title>é 漢 😀</title>",
      "/%C3%A9.js": (_request, response) => response.end("window.included = 'é';"),
    });
    t.after(() => served.close());
    for (const url of [`${served.url}/größe 漢/😀`, `${served.url}${encoded}`]) {
      assert.equal(await page.open(url), "success");
      assert.equal(await page.get("title"), "é 漢 😀");
    }
    await page.includeJs(`${served.url}/é.js`);
    assert.equal(await page.evaluate("function () { return included; }"), "é");
    const file = path.join(folder, "é 漢 😀.html");
    fs.writeFileSync(file, "<meta charset=utf-8><title>file 漢</title>");
    assert.equal(await page.open(file), "success");
    assert.equal(await page.get("title"), "file 漢");
    assert.equal(await page.open(`${served.url}${encoded}`), "success");
    await page.addCookie({ name: "word", value: encodeURIComponent("é 漢 😀"), domain: "127.0.0.1" });
    assert.equal(decodeURIComponent((await page.getCookies()).find(({ name }) => name === "word").value), "é 漢 😀");
    for (const odd of ["\ud83d", "\ude00\ud83d", "a\u2028b\u2029c\u0000d", "\ufffe\uffff", "𝒳".repeat(100)]) {
      assert.equal(await page.evaluate("function (s) { return s; }", odd), odd);
    }
    await page.setContent("<p id=p>é 漢 😀 \u2028</p>", served.url);
    assert.ok((await page.get("plainText")).startsWith("é 漢 😀 \u2028"));
  });

  test("HTTPS with a self-signed certificate is refused, and accepted with --ignore-ssl-errors=true", async (t) => {
    const fixture = (name) => fs.readFileSync(new URL(`../fixtures/self-signed.${name}`, import.meta.url));
    const server = https.createServer({ key: fixture("key"), cert: fixture("crt") }, (_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<title>secret</title>");
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const url = `https://127.0.0.1:${server.address().port}/`;
    const strict = await ph.createPage();
    const errors = [];
    await strict.set("onResourceError", (error) => errors.push(error));
    assert.equal(await strict.open(url), "fail");
    assert.match(errors[0].errorString, /SSL/);
    await strict.close();
    const lenient = await browser({ ...options, phantomArguments: ["--ignore-ssl-errors=true"] });
    const page = await lenient.ph.createPage();
    assert.equal(await page.open(url), "success");
    assert.equal(await page.get("title"), "secret");
    await lenient.close();
  });
});

test("PhantomJS knows the system's types of files without reading their descriptions", {
  skip: !isLinux || !fs.existsSync("/usr/share/mime/mime.cache") || process.env.XDG_DATA_DIRS !== undefined,
}, async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-types-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const files = ["html", "PNG", "md", "docx", "tar.gz", "unheard-of"].map((end) => path.join(folder, `file.${end}`));
  for (const file of files) {
    fs.writeFileSync(file, "content");
  }
  const outcome = async (phantomArguments) => {
    const { code, events, text } = await run("file-types.js", {
      files,
      phantomArguments,
      phantomBasePort: basePort(),
    });
    assert.equal(code, 0, text);
    return events[0];
  };
  const ours = await outcome([]);
  assert.match(ours.directories, /^XDG_DATA_DIRS=\/usr\/local\/share:\/.*phantom-cluster-/);
  // Whoever wants to see Qt's warnings gets the system's directories as they are.
  const theirs = await outcome(["--debug=false"]);
  assert.equal(theirs.directories, undefined);
  assert.deepEqual(ours.types, theirs.types);
  assert.ok(ours.types[3].includes("wordprocessingml"), String(ours.types));
});
