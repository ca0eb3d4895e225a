"use strict";

// The names of PhantomJS's own members, as its documents list them (https://phantomjs.org/api/). Whatever else is read or
// written of a page, or of `phantom`, is the user's own.

/** Properties of a page that the browser has. */
const PAGE_PROPERTIES = [
  "canGoBack",
  "canGoForward",
  "clipRect",
  "content",
  "cookies",
  "customHeaders",
  "event",
  "focusedFrameName",
  "frameContent",
  "frameName",
  "framePlainText",
  "frameTitle",
  "frameUrl",
  "framesCount",
  "framesName",
  "libraryPath",
  "loading",
  "loadingProgress",
  "navigationLocked",
  "offlineStoragePath",
  "offlineStorageQuota",
  "ownsPages",
  "pages",
  "pagesWindowName",
  "paperSize",
  "plainText",
  "scrollPosition",
  "settings",
  "title",
  "url",
  "viewportSize",
  "windowName",
  "zoomFactor",
];

/** Properties of `phantom` that the browser has. */
const PHANTOM_PROPERTIES = ["cookies", "cookiesEnabled", "defaultPageSettings"];

/** Methods of a page that give their value at once. */
const PAGE_METHODS = [
  "addCookie",
  "childFramesCount",
  "childFramesName",
  "clearCookies",
  "clearMemoryCache",
  "currentFrameName",
  "deleteCookie",
  "evaluate",
  "evaluateAsync",
  "evaluateJavaScript",
  "getPage",
  "go",
  "goBack",
  "goForward",
  "injectJs",
  "openUrl",
  "reload",
  "render",
  "renderBase64",
  "sendEvent",
  "setProxy",
  "stop",
  "stopJavaScript",
  "switchToChildFrame",
  "switchToFocusedFrame",
  "switchToFrame",
  "switchToMainFrame",
  "switchToParentFrame",
  "uploadFile",
];

/** Methods of `phantom` that the browser has. */
const PHANTOM_METHODS = ["addCookie", "clearCookies", "deleteCookie", "setProxy"];

module.exports = { PAGE_METHODS, PAGE_PROPERTIES, PHANTOM_METHODS, PHANTOM_PROPERTIES };
