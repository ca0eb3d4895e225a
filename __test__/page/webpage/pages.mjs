// The pages that the facts load.

import { PAGES as COMMON } from "../methods/site.mjs";

/** UTF-8 as a header carries it. */
const bytes = (text) => Buffer.from(text).toString("latin1");

/** A page that notes events: their fields as `log`. */
const noting = (names, fields) =>
  `<script>var log = []; ${JSON.stringify(names)}.forEach(function (name) { addEventListener(name, function (event) {
    var noted = { type: name }; ${JSON.stringify(fields)}.forEach(function (field) { noted[field] = event[field]; });
    log.push(noted); }); });</script>`;

const framed = (title, ...names) =>
  `<title>${title}</title>${names.map((name) => `<iframe name='${name}' src='/frames/${name}'></iframe>`).join("")}`;

export const PAGES = {
  ...COMMON,
  "/mouse": `<body>${noting(
    ["mousedown", "mouseup", "mousemove", "click", "dblclick", "contextmenu"],
    ["clientX", "clientY", "button", "shiftKey", "ctrlKey", "altKey"],
  )}`,
  "/keys": `<body>${noting(["keydown", "keypress", "keyup"], ["which", "shiftKey", "ctrlKey"])}`,
  "/double":
    "<style>* { margin: 0 }</style><input style='position:absolute;left:0;top:0;width:100px;height:50px' " +
    "onclick=\"value = 'clicked'\" ondblclick=\"value = 'doubleclicked'\">",
  "/frameset": framed("top", "a", "b"),
  "/frames/a": framed("a", "a1", "a2"),
  "/frames/b": framed("b", "b1", "b2", "b3"),
  ...Object.fromEntries(["a1", "a2", "b1", "b2", "b3"].map((name) => [`/frames/${name}`, `<title>${name}</title>`])),
  "/echoes": "<title>echoes</title><iframe name=echo src='/echo'></iframe>",
  "/images": "<title>images</title><img src='/logo.png?1'><img src='/logo.png?2'>",
  "/lacks": "<title>lacks</title><img src='/missing.png'>",
  "/missing.png": (_request, response) => {
    response.statusMessage = "File not found";
    response.writeHead(404, { "content-type": "text/html" }).end("none");
  },
  "/bad": (_request, response) => response.writeHead(400, { "content-type": "text/html" }).end("bad"),
  "/words": (_request, response) => {
    response.statusMessage = bytes("行");
    response.writeHead(200, { "content-type": "text/html", "X-Word": bytes("κουλουράκι") }).end("<title>words</title>");
  },
  "/titled": "<script>document.title = location.search.slice(1)</script>",
  "/local": "<title>local</title><iframe src='file:///nonexistent'></iframe>",
  "/late": "<title>late</title><img src='/never?%89i%8Bv'>",
  "/jis": (_request, response) => response.writeHead(302, { location: "/jis/%8F%91?%83y=%81[" }).end(),
  "/jis/%8F%91": "<title>jis</title>",
  "/jis-frame": "<title>jis frame</title><iframe name=jis src='/jis/%8F%91?%98g'></iframe>",
};
