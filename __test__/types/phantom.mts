// `ph`: each method with a callback and with a promise.

import type { Cookie, OutObject, Page, Phantom, PhantomClusterClient, PhantomFunction } from "phantom-cluster";
import { same } from "./same.cjs";

declare const client: PhantomClusterClient;
const ph = client.ph as Phantom;

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
