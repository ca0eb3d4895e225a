// Events of a page: listeners in Node and functions inside PhantomJS.

import type {
  LoadStatus,
  NetworkRequest,
  OutObject,
  Page,
  PageEvents,
  ResourceError,
  ResourceRequest,
  ResourceResponse,
  ResourceTimeout,
  StackFrame,
} from "phantom-cluster";
import { same, typeOf } from "./same.cjs";

declare const page: Page;
declare const out: OutObject;

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
