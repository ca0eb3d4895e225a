// `ph` and `page`: each method with a callback and with a promise.

import type {
  Cookie,
  LoadError,
  LoadStatus,
  NetworkRequest,
  OutObject,
  Page,
  PageEvents,
  PageSettings,
  PaperSize,
  Phantom,
  PhantomClusterClient,
  PhantomFunction,
  ResourceError,
  ResourceRequest,
  ResourceResponse,
  ResourceTimeout,
  Size,
  StackFrame,
} from "phantom-cluster";
import { same, typeOf } from "./same.cjs";

declare const client: PhantomClusterClient;
const ph = client.ph as Phantom;

// ph
const page = await ph.createPage();
same<typeof page, Page>();
ph.createPage((made) => same<typeof made, Page>());
same<typeof ph.process.pid, number>();
same<boolean, Awaited<ReturnType<typeof ph.injectJs>>>();
await ph.addCookie({ name: "a", value: "1", domain: "a.test", expires: Date.now() });
await ph.addCookie("a", "1", "a.test");
ph.addCookie("a", "1", "a.test", (added) => same<typeof added, boolean>());
ph.addCookie({ name: "a", value: "1" }, (added) => same<typeof added, boolean>());
ph.getCookies((cookies) => same<typeof cookies, Cookie[]>());
await ph.deleteCookie("a");
await ph.clearCookies();
ph.clearCookies(() => {});
await ph.setProxy("127.0.0.1", 3128);
ph.setProxy("127.0.0.1", 3128, "http", "user", "password", () => {});
await ph.exit();
await ph.exit(1);
ph.exit(() => {});
const version = await ph.get("version");
same<typeof version, { readonly major: number; readonly minor: number; readonly patch: number }>();
ph.get("version.major", (major) => same<typeof major, number>());
ph.get("cookiesEnabled", (enabled) => same<typeof enabled, boolean>());
ph.set("cookiesEnabled", false, (enabled) => same<typeof enabled, boolean>());
await ph.set("outputEncoding", "latin1");
// @ts-expect-error it can only be read
ph.set("version", { major: 3, minor: 0, patch: 0 });
// @ts-expect-error
ph.set("cookiesEnabled", "no");
// @ts-expect-error a cookie has a value
ph.addCookie({ name: "a" });
// @ts-expect-error
ph.addCookie("a", "1");
// @ts-expect-error not there
ph.createPages();
const phCookies = await ph.cookies();
same<typeof phCookies, Cookie[]>();
ph.onExit = (code, signal) => {
  same<typeof code, number | null>();
  same<typeof signal, NodeJS.Signals | null>();
};
ph.onExit = null;
ph.process.kill();
const killed = ph.kill();
same<typeof killed, Promise<void>>();
const majorByProperty = await ph.property("version.major");
same<typeof majorByProperty, number>();
ph.property("cookiesEnabled", (enabled) => same<typeof enabled, boolean>());
ph.property("cookiesEnabled", false, (enabled) => same<typeof enabled, boolean>());
const inWindow = await ph.windowProperty("a");
same<typeof inWindow, unknown>();
ph.windowProperty("a", { b: 1 }, (value) => same<typeof value, unknown>());
await ph.defineMethod("twice", (a: number) => a * 2);
ph.defineMethod("twice", "function (a) { return a * 2; }", () => {});
const twice = await ph.invokeMethod<number>("twice", 1);
same<typeof twice, number>();
const unknownTwice = await ph.invokeMethod("twice", 1);
same<typeof unknownTwice, unknown>();
ph.invokeMethod("twice", 1, (result: number) => result.toFixed());
const out = ph.createOutObject();
same<typeof out, OutObject>();
same<typeof out.target, string>();
const outProperty = await out.property("a");
same<typeof outProperty, unknown>();
const headline = ph.callback(function headline(number, count) {
  same<typeof number, number>();
  same<typeof count, number>();
  return `${number}/${count}`;
});
same<typeof headline, PhantomFunction>();
ph.callback("function (page, pages) { return page + '/' + pages; }");
// @ts-expect-error it can only be read
ph.property("version", { major: 3, minor: 0, patch: 0 });
// @ts-expect-error
ph.property("cookiesEnabled", "no");
// @ts-expect-error HTML is text
ph.callback(() => 1);
// @ts-expect-error only a page has events
ph.on("onAlert", () => {});

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

// Events in Node: three ways
await page.on("onLoadFinished", function (loaded) {
  same<typeof loaded, LoadStatus>();
  typeOf(this).is<Page>();
});
const listening = page.on("onConsoleMessage", false, (message) => same<typeof message, string>());
same<typeof listening, Promise<void>>();
await page.set("onError", (message, trace) => {
  same<typeof message, string>();
  same<typeof trace, StackFrame[]>();
});
page.set(
  "onAlert",
  (message) => same<typeof message, string>(),
  () => {},
);
await page.set("onAlert", null);
page.onPageCreated(
  (child) => same<typeof child, Page>(),
  () => {},
);
await page.onClosing((closing) => same<typeof closing, Page>());
await page.onInitialized(() => {});
await page.onUrlChanged(null);
await page.onResourceReceived((response) => {
  same<typeof response, ResourceResponse>();
  same<typeof response.time, string>();
  same<typeof response.stage, "start" | "end">();
  same<typeof response.status, number | null>();
});
await page.onResourceError((error) => same<typeof error, ResourceError>());
await page.onResourceTimeout((late) => {
  same<typeof late, ResourceTimeout>();
  same<typeof late.errorCode, 408>();
});
await page.onNavigationRequested((to, type, willNavigate, isMainFrame) => {
  same<typeof to, string>();
  type === "LinkClicked" || type === "Other";
  same<typeof willNavigate, boolean>();
  same<typeof isMainFrame, boolean>();
  // @ts-expect-error no such reason
  type === "Clicked";
});
await page.onRepaintRequested((...area) => same<typeof area, [number, number, number, number]>());
await page.onCallback((first, second) => first.anything ?? second);
await page.onFilePicker((file) => same<typeof file, string>());
await page.onPrompt((message, preset) => same<[typeof message, typeof preset], [string, string]>());
const event: keyof PageEvents = "onConfirm";
page.off(event);
page.off("onAlert", () => {});
// @ts-expect-error no such event
page.on("onLoadFinish", () => {});
// @ts-expect-error no such event
page.off("alert");
// @ts-expect-error a listener is a function
page.on("onAlert", "text");
// @ts-expect-error a listener is a function
page.set("onAlert", "text");
// @ts-expect-error it gets a status
page.on("onLoadFinished", (loaded: number) => loaded);
// @ts-expect-error it gets one argument
page.onConsoleMessage((message, line) => line ?? message);
// @ts-expect-error a listener in Node cannot change a request
page.on("onResourceRequested", (_request, control) => control.abort());

// Events inside PhantomJS
await page.on("onConfirm", true, (message) => message === "sure?");
await page.on(
  "onPrompt",
  true,
  function answer(message, preset, suffix) {
    same<typeof preset, string>();
    same<typeof suffix, string>();
    return message + suffix;
  },
  "!",
);
await page.on("onFilePicker", true, () => "/tmp/a.txt");
await page.on("onCallback", true, (object) => ({ sum: object.a + 1 }));
await page.on(
  "onResourceRequested",
  true,
  function collect(request, control, into) {
    same<typeof request, ResourceRequest<Date>>();
    same<typeof control, NetworkRequest>();
    same<typeof request.postData, string | undefined>();
    into.urls = (into.urls ?? []).concat(request.url);
    control.setHeader("X-A", request.time.toISOString());
  },
  out,
);
await page.onResourceRequested(
  function choose(request, control, part) {
    same<typeof part, string>();
    if (request.url.includes(part)) {
      control.abort();
    } else {
      control.changeUrl(request.url);
    }
  },
  (request) => same<typeof request, ResourceRequest>(),
  "logo",
);
await page.onResourceRequested((_request, control) => control.abort());
await page.onResourceRequested(null, (request) => same<typeof request, ResourceRequest>());
// @ts-expect-error the answer is a boolean
page.on("onConfirm", true, () => "yes");
// @ts-expect-error an argument of another type
page.on("onAlert", true, (message: string, times: number) => message.repeat(times), "2");
// @ts-expect-error a request cannot be stopped
page.onResourceRequested((_request, control) => control.stop());
// @ts-expect-error only an engine makes pages
new Page();
