// A Chromium that a test starts with a port, as others run one, and a proxy before it that can be cut and hung.

import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { findChromium } from "../../lib/browser/chromium-binary.js";
import { until } from "../helpers.mjs";

const SWITCHES = ["--headless", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage"];

/** Starts it: `address` of its WebSocket, `port`, `pages()` that are there, and `close()`. */
export async function remoteChromium({ port = 0, folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-remote-")) } = {}) {
  const file = path.join(folder, "DevToolsActivePort");
  fs.rmSync(file, { force: true });
  const child = spawn(findChromium(), [...SWITCHES, `--remote-debugging-port=${port}`, `--user-data-dir=${folder}`], {
    stdio: "ignore",
  });
  const [number, at] = await until(() => {
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    return text.includes("/devtools/") && text.trim().split("\n");
  }, "the port of Chromium");
  const get = async (what) => (await fetch(`http://127.0.0.1:${number}/json/${what}`)).json();
  return {
    port: Number(number),
    path: at,
    address: `ws://127.0.0.1:${number}${at}`,
    pages: () => get("list"),
    close: async ({ keep = false } = {}) => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      if (!keep) {
        fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      }
      return folder;
    },
  };
}

/**
 * Passes connections on to `target()`, `{ port, path }`, whatever path they ask for: `port` is its own, `asked` has the
 * first lines. `cut()` ends them, `hang(true)` keeps all bytes. With `secure`, key and certificate, it speaks TLS.
 */
export async function cutter(target, secure) {
  const sockets = new Set();
  const asked = [];
  let isHung = false;
  const listener = (client) => {
    sockets.add(client);
    client.on("error", () => {});
    client.once("data", (head) => {
      const { port, path: to } = target();
      const [line, ...rest] = head.toString("latin1").split("\r\n");
      asked.push(line);
      const server = net.connect(port, "127.0.0.1");
      server.on("error", () => client.destroy());
      sockets.add(server);
      const host = rest.map((header) => (/^host:/i.test(header) ? `Host: 127.0.0.1:${port}` : header));
      server.write([line.replace(/ \S+ /, ` ${to} `), ...host].join("\r\n"), "latin1");
      const pass = (to) => (data) => isHung || to.write(data);
      client.on("data", pass(server));
      server.on("data", pass(client));
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
    });
  };
  const server = secure ? tls.createServer(secure, listener) : net.createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    sockets.clear();
  };
  return {
    port: server.address().port,
    asked,
    cut,
    hang: (is) => {
      isHung = is;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
