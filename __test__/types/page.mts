// `page`: each method with a callback and with a promise.

import type {
  Cookie,
  GotoResponse,
  LoadError,
  LoadStatus,
  OutObject,
  Page,
  PageSettings,
  PaperSize,
  Phantom,
  PhantomFunction,
  Size,
} from "phantom-cluster";
import { same } from "./same.cjs";

declare const ph: Phantom;
declare const page: Page;
declare const headline: PhantomFunction;
declare const out: OutObject;

// Loading
const status = await page.open("http://a.test/");
same<typeof status, LoadStatus>();
page.open("http://a.test/", (opened) => same<typeof opened, LoadStatus>());
page.open("http://a.test/", "post", "a=1", (opened) => same<typeof opened, LoadStatus>());
page.open("http://a.test/", { operation: "PUT", data: "x", headers: { "X-A": "1" } }, (opened) => opened === "fail");
await page.open("http://a.test/", "post", "a=1", { "X-A": "1" });
await page.open("http://a.test/", { method: "POST", data: { a: [1, 2], b: { c: "d" } } });
await page.open("http://a.test/", "post", new URLSearchParams("a=1"));
await page.open("http://a.test/", { method: "POST", data: Buffer.from("a") });
// @ts-expect-error a body is no number
await page.open("http://a.test/", { method: "POST", data: 1 });
same<typeof page.loadError, LoadError | null>();
// @ts-expect-error it can only be read
page.loadError = null;
const withBoth = page.open("http://a.test/", () => {});
same<typeof withBoth, Promise<LoadStatus | undefined>>();
await page.openUrl("http://a.test/");
page.openUrl("http://a.test/", { operation: "post", data: "a=1" }, () => {});
await page.openUrl("http://a.test/", "get", { ...(await page.get("settings")), userAgent: "a" });
await page.openUrl("http://a.test/", "get", { userAgent: "a" });
await page.on("onAlert", (_text, more) => same<typeof more, number>(), 1);
await page.on("onAlert", true, "function (text) {}");
page.setContent("<p>a</p>", "http://a.test/", (set) => same<typeof set, LoadStatus>());
await page.setContent("<p>a</p>");
await page.reload();
await page.stop();
page.goBack((went) => same<typeof went, boolean>());
page.goForward((went) => same<typeof went, boolean>());
page.go(-1, (went) => same<typeof went, boolean>());
await page.clearMemoryCache();
await page.stopJavaScript();
page.setProxy("http://127.0.0.1:3128", () => {});
// @ts-expect-error a URL, unlike that of ph
page.setProxy("127.0.0.1", 3128);
page.close();
page.close(() => {});
await page.release();
// @ts-expect-error there is no such status
status === "failed";
// @ts-expect-error
page.open();
// @ts-expect-error
page.open(1);
// @ts-expect-error no such setting of a request
page.open("http://a.test/", { verb: "PUT" });
// @ts-expect-error the callback gets the status alone
page.open("http://a.test/", (error, opened) => opened ?? error);
// @ts-expect-error the callback comes last
page.open(() => {}, "http://a.test/");

// goto and waitFor
const response = await page.goto("http://a.test/", { waitUntil: "networkidle", timeout: 1000 });
same<typeof response, GotoResponse>();
same<typeof response.status, number | null>();
page.goto("http://a.test/", (answered) => same<typeof answered, GotoResponse>());
const body = await page.responseBody(response.id ?? 0);
same<typeof body, Buffer>();
const there = await page.waitFor("#a", { visible: true });
same<typeof there, true>();
page.waitFor("#a", (found) => same<typeof found, boolean>());
page.waitFor("#a", { hidden: true, timeout: 10 }, (found) => same<typeof found, boolean>());
const grown = await page.waitFor(() => document.links.length);
same<typeof grown, number>();
const waited = await page.waitFor(async (a: number, b: string) => a + b, {}, 1, "b");
same<typeof waited, string>();
page.waitFor(
  (a: number) => a,
  { timeout: 10 },
  1,
  (found) => same<typeof found, number | false>(),
);
// @ts-expect-error no such moment
await page.goto("http://a.test/", { waitUntil: "loaded" });
// @ts-expect-error a function sees to that itself
await page.waitFor(() => 1, { visible: true });
// @ts-expect-error an argument is missing
await page.waitFor((a: number) => a, {});

// evaluate: function and arguments
const title = await page.evaluate(function title() {
  return document.title;
});
same<typeof title, string>();
const sum = await page.evaluate(
  function add(a: number, b: number) {
    return a + b;
  },
  1,
  2,
);
same<typeof sum, number>();
const first = await page.evaluate(
  function pick(list, index) {
    return list[index];
  },
  ["a", "b"],
  0,
);
same<typeof first, string | undefined>();
page.evaluate(
  function count() {
    return { links: document.links.length };
  },
  (result) => same<typeof result, { links: number }>(),
);
page.evaluate(
  function has(selector: string, deep: boolean) {
    return deep && document.querySelector(selector) !== null;
  },
  (result) => same<typeof result, boolean>(),
  "a",
  true,
);
const fetched = await page.evaluate(async (url: string) => (await fetch(url)).status, "/a");
same<typeof fetched, number>();
page.evaluate(
  async () => "a",
  (text) => same<typeof text, string>(),
);
const viaCallback = page.evaluate(
  () => 1,
  (result) => same<typeof result, number>(),
);
same<typeof viaCallback, Promise<number | undefined>>();
const read: number = await page.evaluate(() => 1);
read.toFixed();
declare function double(a: number): number;
declare function done(): void;
declare function takesText(result: string): void;
// @ts-expect-error an argument of another type
page.evaluate(double, "1");
// @ts-expect-error an argument is missing
page.evaluate(double);
// @ts-expect-error an argument of another type, behind a callback
page.evaluate(double, done, "1");
// @ts-expect-error an argument is missing, behind a callback
page.evaluate(double, done);
// @ts-expect-error the callback takes another result
page.evaluate(double, takesText, 1);
// @ts-expect-error it gives a number
page.evaluate(() => 1).then((result: string) => result);
// @ts-expect-error
page.evaluate();

// evaluate: source
const unknownResult = await page.evaluate("function () { return 1; }");
same<typeof unknownResult, unknown>();
const known = await page.evaluate<number>("function (a) { return a; }", 1);
same<typeof known, number>();
page.evaluate("function (a, b) { return a + b; }", (result: number) => result.toFixed(), 1, 2);
page.evaluate("function () { return 1; }", (result) => same<typeof result, unknown>());

// its relatives
await page.evaluateAsync((text: string) => console.log(text), 100, "later");
page.evaluateAsync(
  (text: string) => console.log(text),
  100,
  "later",
  () => {},
);
await page.evaluateAsync("function () {}", 0);
await page.evaluateAsync("function () {}");
// @ts-expect-error an argument of another type
page.evaluateAsync((text: string) => console.log(text), 100, 1);
const viaSource = await page.evaluateJavaScript<string>("function () { return document.title; }");
same<typeof viaSource, string>();
page.evaluateJavaScript("function () { return 1; }", (result: number) => result);

// Scripts, pictures, events, files
await page.includeJs("http://a.test/lib.js");
page.includeJs("http://a.test/lib.js", () => {});
page.injectJs("lib.js", (injected) => same<typeof injected, boolean>());
await page.render("a.png");
await page.render("a.jpg", { format: "jpeg", quality: 80 });
await page.render("a.png", { selector: "#a" });
page.renderBase64("PNG", { selector: "#a" }, (data) => same<typeof data, string>());
const paper = await page.pdf({
  format: "A4",
  landscape: true,
  path: "a.pdf",
  header: { height: 1, contents: headline },
});
same<typeof paper, Buffer>();
page.pdf((bytes) => same<typeof bytes, Buffer>());
// @ts-expect-error no such option
await page.pdf({ size: "A4" });
page.render("a.pdf", (rendered) => same<typeof rendered, boolean>());
page.render("a.pdf", { format: "pdf" }, (rendered) => same<typeof rendered, boolean>());
const base64 = await page.renderBase64();
same<typeof base64, string>();
page.renderBase64("JPEG", (data) => same<typeof data, string>());
page.renderBase64((data) => same<typeof data, string>());
await page.sendEvent("click", 10, 20);
await page.sendEvent("mousedown", 10, 20, "right", 0);
page.sendEvent("keypress", "text", () => {});
await page.sendEvent("keydown", 16777217, null, null, 0x02000000);
await page.uploadFile("input[type=file]", "/tmp/a.txt");
page.uploadFile("input[type=file]", ["/tmp/a.txt", "/tmp/b.txt"], () => {});
await page.setFileOnPicker("/tmp/a.txt");
page.setFileOnPicker("/tmp/a.txt", () => {});
// @ts-expect-error PhantomJS asks for one file only
page.setFileOnPicker(["/tmp/a.txt"]);
// @ts-expect-error no such event
page.sendEvent("tap", 1, 2);
// @ts-expect-error a mouse has coordinates
page.sendEvent("click", "text");
// @ts-expect-error
page.render();

// Frames
const switched = await page.switchToFrame(0);
same<typeof switched, boolean>();
page.switchToFrame("name", (there) => same<typeof there, boolean>());
page.switchToParentFrame((there) => same<typeof there, boolean>());
await page.switchToMainFrame();
await page.switchToFocusedFrame();
page.switchToChildFrame(0, (there) => same<typeof there, boolean>());
page.childFramesCount((count) => same<typeof count, number>());
page.childFramesName((names) => same<typeof names, string[]>());
page.currentFrameName((frame) => same<typeof frame, string>());
page.getPage("name", (opened) => same<typeof opened, Page | null>());

// Methods by name
await page.defineMethod("titled", function titled(this: { title: string }, prefix: string) {
  return prefix + this.title;
});
page.defineMethod("titled", "function () { return this.title; }", () => {});
const titled = await page.invokeMethod<string>("titled", "a");
same<typeof titled, string>();
page.invokeAsyncMethod("open", "http://a.test/", (opened: LoadStatus) => opened);
const opened = await page.invokeAsyncMethod("open", "http://a.test/");
same<typeof opened, unknown>();

// Properties
const url = await page.get("url");
same<typeof url, string>();
page.get("viewportSize", (size) => same<typeof size, Size>());
page.get("viewportSize.width", (width) => same<typeof width, number>());
page.get("settings", (settings) => same<typeof settings, PageSettings>());
page.get("settings.userAgent", (agent) => same<typeof agent, string>());
page.get("customHeaders.X-A", (header) => same<typeof header, string>());
page.get("framesName", (names) => same<typeof names, readonly string[]>());
const cookies = await page.get("cookies");
same<typeof cookies, readonly Cookie[]>();
const other = await page.get("something.else");
same<typeof other, unknown>();
const name: string = "title";
const byName = await page.get(name);
same<typeof byName, unknown>();
page.set("settings.userAgent", "a", (agent) => same<typeof agent, string>());
const zoom = await page.set("zoomFactor", 2);
same<typeof zoom, number>();
await page.set("viewportSize", { width: 1, height: 2 });
await page.set("customHeaders", { "X-A": "1" });
await page.set("something.else", [1]);
await page.set("cookies", [{ name: "a", value: "1" }]);
// @ts-expect-error
page.set("zoomFactor", "2");
// @ts-expect-error
page.set("viewportSize", { width: 1 });
// @ts-expect-error
page.set("settings.loadImages", "no");
// @ts-expect-error it can only be read
page.set("title", "a");
// @ts-expect-error
page.set("zoomFactor");
// @ts-expect-error it is text
page.get("title").then((value: number) => value);

const pages = await page.get("pages");
same<typeof pages, readonly Page[]>();
page.get("event.key.Enter", (key) => same<typeof key, number>());
page.get("event.modifier.shift", (modifier) => same<typeof modifier, number>());
page.get("offlineStorageQuota", (quota) => same<typeof quota, number>());
page.property("title", (text) => same<typeof text, string>());
const zoomByProperty = await page.property("zoomFactor", 2);
same<typeof zoomByProperty, number>();
page.property("settings.userAgent", "a", (agent) => same<typeof agent, string>());
page.setting("loadImages", (load) => same<typeof load, boolean>());
page.setting("userAgent", "a", (agent) => same<typeof agent, string>());
await page.setting("colorScheme", "dark");
await page.setting("deviceScaleFactor", 2);
// @ts-expect-error no such scheme
await page.setting("colorScheme", "blue");
const locale = await page.setting("locale");
same<typeof locale, string | undefined>();
const timeout = await page.setting("resourceTimeout");
same<typeof timeout, number | undefined>();
// @ts-expect-error it can only be read
page.property("title", "a");
// @ts-expect-error
page.setting("loadImages", "no");
// @ts-expect-error all of them, or one by its dotted name
page.set("settings", { userAgent: "a" });

// Their shorthands
page.getContent((html) => same<typeof html, string>());
const html = await page.getContent();
same<typeof html, string>();
page.setHeaders({ "X-A": "1" }, () => {});
await page.setViewportSize(800, 600);
page.setViewportSize(800, 600, (size) => same<typeof size, Size>());
page.setViewportSize({ width: 800, height: 600 }, (size) => same<typeof size, Size>());
page.setPaperSize({ format: "A4", margin: { top: "1cm" } }, (paper) => same<typeof paper, PaperSize>());
await page.setPaperSize({
  format: "A4",
  header: { height: "1cm", contents: headline },
  footer: { height: 20, contents: ph.callback("function (page, pages) { return ''; }") },
});
await page.property("paperSize", { width: 100, height: 100, footer: { height: "1cm", contents: headline } });
// @ts-expect-error a function must be marked
page.setPaperSize({ format: "A4", header: { height: "1cm", contents: (number: number) => `${number}` } });
// @ts-expect-error a header has a height
page.setPaperSize({ format: "A4", header: { contents: headline } });
await page.setZoomFactor(1.5);
await page.addCookie({ name: "a", value: "1", httponly: true });
page.getCookies((all) => same<typeof all, Cookie[]>());
page.deleteCookie("a", (deleted) => same<typeof deleted, boolean>());
const cleared = await page.clearCookies();
same<typeof cleared, boolean>();
page.cookies((all) => same<typeof all, Cookie[]>());
// @ts-expect-error
page.setViewportSize(800);
// @ts-expect-error
page.setPaperSize({ orientation: "upright" });
// @ts-expect-error a header is text
page.setHeaders({ "X-A": 1 });
// @ts-expect-error not a method
page.openPage("http://a.test/");
// @ts-expect-error only an engine makes pages
new Page();
