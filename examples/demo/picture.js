"use strict";

// Pictures for the site, made point by point and written as PNG with nothing but zlib.

const { deflateSync } = require("node:zlib");

const WIDTH = 440;
const HEIGHT = 270;
const HORIZON = 165;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const VIEWS = {
  dawn: { top: [62, 74, 120], low: [250, 176, 130], sea: [70, 84, 118], light: [255, 236, 190], x: 130, y: 140, r: 26 },
  noon: {
    top: [70, 140, 190],
    low: [196, 226, 232],
    sea: [40, 112, 130],
    light: [255, 250, 224],
    x: 300,
    y: 52,
    r: 24,
  },
  night: { top: [10, 18, 36], low: [40, 66, 96], sea: [12, 26, 44], light: [236, 236, 222], x: 250, y: 80, r: 18 },
};

const mix = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);

/** The sky, with the sun or the moon and its glow. */
function skyAt(view, x, y) {
  const distance = Math.hypot(x - view.x, y - view.y);
  const sky = mix(view.top, view.low, (y / HORIZON) ** 1.5);
  const glow = distance < view.r ? 1 : 0.6 * Math.exp((view.r - distance) / 45);
  return mix(sky, view.light, glow);
}

/** The sea, with a path of light broken by waves. */
function seaAt(view, x, y) {
  const depth = (y - HORIZON) / (HEIGHT - HORIZON);
  const wave = Math.sin(y * 1.1 + 3 * Math.sin(x / (14 + depth * 30) + y / 5));
  const path = Math.exp(-(((x - view.x) / (view.r + 60 * depth)) ** 2));
  const sea = mix(mix(view.low, view.sea, 0.45 + 0.55 * depth), view.top, wave > 0.6 ? 0.18 : 0);
  return mix(sea, view.light, wave > 0.1 ? 0.75 * path : 0.1 * path);
}

/** Rows of RGB, each after the byte of its filter (0: none). */
function rows(view) {
  const data = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  let at = 0;
  for (let y = 0; y < HEIGHT; y += 1) {
    at += 1;
    for (let x = 0; x < WIDTH; x += 1) {
      const color = y < HORIZON ? skyAt(view, x, y) : seaAt(view, x, y);
      for (const value of color) {
        data[at] = Math.round(value);
        at += 1;
      }
    }
  }
  return data;
}

// zlib.crc32 is not in every Node that the library runs on.
function crc32(data) {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** The PNG of one view: "dawn", "noon" or "night". */
function picture(name) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // 8 bits a channel, RGB.
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows(VIEWS[name]))), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

module.exports = { picture, views: Object.keys(VIEWS) };
