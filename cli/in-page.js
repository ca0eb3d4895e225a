"use strict";

// These functions run inside PhantomJS, which knows JavaScript as of 2011.

/** Whether there is an element for the selector; null when it is no selector. */
function has(selector) {
  try {
    return document.querySelector(selector) !== null;
  } catch (_error) {
    return null;
  }
}

/** Where the page is: what it made of its address by history.pushState() as well, which PhantomJS does not tell. */
function address() {
  return location.href;
}

/** Gives a page that has no background a white one. */
function paintWhite() {
  function isBare(element) {
    var style = element && getComputedStyle(element);
    return !style || (style.backgroundColor === "rgba(0, 0, 0, 0)" && style.backgroundImage === "none");
  }
  if (isBare(document.documentElement) && isBare(document.body)) {
    document.documentElement.style.backgroundColor = "#fff";
  }
}

/** What the page holds. */
function look() {
  function all(selector, describe) {
    return [].map.call(document.querySelectorAll(selector), describe);
  }
  function textOf(element) {
    return element.textContent.replace(/\s+/g, " ").trim();
  }
  function attribute(selector, name) {
    var element = document.querySelector(selector);
    return element ? element.getAttribute(name) : null;
  }
  return {
    language: attribute("html", "lang"),
    description: attribute("meta[name=description]", "content"),
    headings: all("h1, h2, h3, h4, h5, h6", function describe(heading) {
      return { level: Number(heading.tagName.charAt(1)), text: textOf(heading) };
    }),
    links: all("a[href], area[href]", function describe(link) {
      return { url: link.href, text: textOf(link) };
    }),
    images: all("img[src]", function describe(image) {
      return { url: image.src, text: image.alt, width: image.naturalWidth, height: image.naturalHeight };
    }),
  };
}

module.exports = { has, address, paintWhite, look };
