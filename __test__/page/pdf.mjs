// Reads PDFs as PhantomJS and Chromium write them: their pages, and the coloured boxes on each.

import zlib from "node:zlib";

/** Dictionary and stream of each object, by number. Of two with one number the later counts: the file was changed. */
function objectsOf(bytes) {
  const text = bytes.toString("latin1");
  const objects = new Map();
  for (const { 0: head, 1: number, index } of text.matchAll(/^(\d+) 0 obj\s/gm)) {
    const body = text.slice(index + head.length, text.indexOf("endobj", index));
    const mark = /stream\r?\n/.exec(body);
    const dictionary = mark ? body.slice(0, mark.index) : body;
    let stream = "";
    if (mark) {
      const start = index + head.length + mark.index + mark[0].length;
      stream = dictionary.includes("/FlateDecode")
        ? zlib.inflateSync(bytes.subarray(start)).toString("latin1")
        : text.slice(start, text.indexOf("endstream", start));
    }
    objects.set(Number(number), { dictionary, stream });
  }
  return objects;
}

const references = (text) => [...text.matchAll(/(\d+) 0 R/g)].map(([, number]) => Number(number));

/** What stands behind a name: an array, or one reference. */
function entry({ dictionary }, name) {
  const [, value] = new RegExp(`/${name}\\s*(\\[[^\\]]*\\]|\\d+ 0 R)`).exec(dictionary) ?? [];
  return value ?? "";
}

function pagesBelow(objects, number) {
  const object = objects.get(number);
  const kids = references(entry(object, "Kids"));
  return /\/Type\s*\/Pages\b/.test(object.dictionary) ? kids.flatMap((kid) => pagesBelow(objects, kid)) : [object];
}

/** A place (x, y) moved as a matrix of six says. */
const moved = ([a, b, c, d, e, f], x, y) => [a * x + c * y + e, b * x + d * y + f];

function product(inner, outer) {
  const [a, b, c, d, e, f] = inner;
  const [x, y] = moved(outer, e, f);
  const [g, h] = moved([...outer.slice(0, 4), 0, 0], a, b);
  const [i, j] = moved([...outer.slice(0, 4), 0, 0], c, d);
  return [g, h, i, j, x, y];
}

const hex = (numbers) =>
  `#${numbers
    .map((number) =>
      Math.round(number * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;

/** Runs what a stream draws, and notes each box that is filled. */
function draw(stream, given, { objects, resources, boxes }) {
  let state = { ...given };
  const saved = [];
  let operands = [];
  let path = [];
  for (const word of stream.match(/\/?[^\s/[\]()<>]+|\[[^\]]*\]|<[^>]*>|\((?:\\.|[^)])*\)/g) ?? []) {
    const numbers = operands.map(Number);
    if (/^[-.\d]|^[/[<(]/.test(word)) {
      operands.push(word);
      continue;
    }
    if (word === "q") {
      saved.push({ ...state });
    } else if (word === "Q") {
      state = saved.pop();
    } else if (word === "cm") {
      state.matrix = product(numbers, state.matrix);
    } else if ((word === "rg" || word === "scn") && numbers.length === 3) {
      state.colour = hex(numbers);
    } else if (word === "re") {
      path.push({ numbers, matrix: state.matrix });
    } else if (/^f\*?$/.test(word)) {
      boxes.push(...path.map(({ numbers: sides, matrix }) => ({ colour: state.colour, sides, matrix })));
      path = [];
    } else if (word === "n" || word === "S" || word === "h") {
      path = [];
    } else if (word === "Do") {
      const [, number] = new RegExp(`${operands[0]}\\s+(\\d+) 0 R`).exec(resources) ?? [];
      const form = objects.get(Number(number));
      if (form?.dictionary.includes("/Form")) {
        draw(form.stream, state, { objects, resources: form.dictionary, boxes });
      }
    }
    operands = [];
  }
}

/** Of each page its width and height, and its boxes `{ colour: [left, top, width, height] }`, in whole points from its
 * upper left corner; of several boxes of a colour the first. */
export function readPdf(bytes) {
  const objects = objectsOf(bytes);
  const [root] = [...objects.values()].filter(({ dictionary }) => /\/Type\s*\/Catalog\b/.test(dictionary));
  return pagesBelow(objects, references(entry(root, "Pages"))[0]).map((page) => {
    const [, , width, height] = entry(page, "MediaBox")
      .match(/[-.\d]+/g)
      .map(Number);
    const contents = references(entry(page, "Contents"));
    const stream = contents.map((number) => objects.get(number).stream).join("\n");
    const found = [];
    const start = { matrix: [1, 0, 0, 1, 0, 0], colour: "#000000" };
    draw(stream, start, { objects, resources: page.dictionary, boxes: found });
    const boxes = {};
    for (const { colour, sides, matrix } of found) {
      const [x, y, wide, high] = sides;
      const [left, top] = moved(matrix, x, y);
      const [right, bottom] = moved(matrix, x + wide, y + high);
      boxes[colour] ??= [left, height - top, right - left, top - bottom].map(Math.round);
    }
    return { width: Math.round(width), height: Math.round(height), boxes };
  });
}
