/** The natives of the host board: flash, sockets with HTTP on top, clock, randomness, console. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcp, type AddressInfo, type Server } from "node:net";
import { after, before, test } from "node:test";
import { Device, RUNNER, build, cleanUp, image } from "./device.ts";

before(build);
after(cleanUp);

test("flash in a file keeps the rules of NOR flash, and its errors have kinds", () => {
  const device = new Device(image(1), undefined);
  const { lines, figures } = device.run({ "1.0.0 power": ["flash"] });
  assert.deepEqual(lines.slice(1), [
    'status: {"blocks":16,"blockLength":4096,"writeAlign":16,"eraseValue":255}',
    "erased at first: 255,255,255,255",
    "write: 255,255,90,90 90,90,255,255",
    "write twice: throws Error device",
    "write over the edge of what is erased: throws Error device",
    "nothing was written by it: 255,255,255,255",
    "misaligned offset: throws Error misaligned",
    "misaligned length: throws Error misaligned",
    "write past the end: throws Error bounds",
    "write across the end: throws Error bounds",
    "read past the end: throws Error bounds",
    "erase past the end: throws Error bounds",
    "erase: 90,90,90,90",
    "another block stays: 90,90,90,90 255,255,255,255",
    "negative: throws Error bounds",
    "no buffer: throws TypeError",
    "wrong receiver: throws SyntaxError",
    "prototype as receiver: throws SyntaxError",
    "socket as receiver: throws SyntaxError",
    "the boot log is no partition: throws Error device",
    "no such partition: throws Error device",
    "a name that is too long: throws RangeError",
  ]);
  assert.ok(
    figures.includes("I flash: store.flash: 3 writes of 48 bytes, 2 erases"),
    figures.join("\n"),
  );
  assert.equal(device.read("store.flash").length, 8192, "what is erased at the end takes no room");
});

test("a socket that is closed, even by the conversion of an argument, is refused", () => {
  const { lines } = new Device(image(1), undefined).run({ "1.0.0 power": ["closed"] });
  assert.deepEqual(lines.slice(1), [
    "close from a conversion: throws SyntaxError",
    "close again: done",
    "use after close: throws SyntaxError",
  ]);
});

test("natives of classes refuse any receiver that is not an open object of the class", () => {
  const { lines } = new Device(image(1), undefined).run({ "1.0.0 power": ["receivers"] });
  assert.deepEqual(lines.slice(1), ["receivers: all refused"]);
});

test("random bytes differ, and a log line has time, level and source", () => {
  const { lines, boot, figures } = new Device(image(1), undefined).run({
    "1.0.0 power": ["random", "random", "log"],
  });
  assert.notEqual(lines[1], lines[2]);
  assert.match(lines[1] ?? "", /^random: \d+(,\d+){7}$/);
  assert.equal(boot.at(-1), "W test: a line");
  const heap = (figures.at(-1) ?? "").replaceAll(/\d+/g, "N");
  const peak = "at most N slots of N bytes, N bytes of chunks, N slots of stack";
  assert.equal(heap, `I heap: ${peak}; live N slots, N bytes of chunks`);
});

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Runs the board beside the servers of this process. */
async function fetch(url: string): Promise<string> {
  const device = new Device(image(1), undefined);
  device.script({ "1.0.0 power": [`fetch ${url}`] });
  const child = spawn(RUNNER, ["--state", device.folder], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
  });
  await once(child, "close");
  return output.split("\n").find((line) => line.startsWith("fetch: ")) ?? output;
}

const LARGE = Buffer.alloc(3_000_000, "abcdefghij");

const answers: RequestListener = (request, response) => {
  let body = "";
  request.on("data", (bytes: Buffer) => {
    body += bytes.toString();
  });
  request.on("end", () => {
    if (request.url === "/large") response.end(LARGE);
    else if (request.url === "/chunked") {
      response.write(LARGE.subarray(0, 100_000));
      response.end(LARGE.subarray(100_000));
    } else if (request.url === "/cut") {
      response.writeHead(200, { "content-length": 10 });
      response.write("abc");
      setTimeout(() => response.destroy(), 50);
    } else
      response.end(
        `${request.headers["x-test"]} ${request.headers.host === undefined ? "" : body}`,
      );
  });
};

/**
 * The board waits for so long when nothing arrives, each time. A machine that is busy may make one
 * attempt as slow, and not all.
 */
const WAIT_MS = 1000;

test("HTTP over real sockets: long and chunked bodies, broken connections", async () => {
  const port = await listen(createServer(answers));
  let tookMs = Infinity;
  for (let attempt = 0; attempt < 10 && tookMs >= WAIT_MS; attempt++) {
    const start = performance.now();
    assert.equal(await fetch(`http://127.0.0.1:${port}/`), "fetch: 200 12 bytes, yes question");
    tookMs = performance.now() - start;
  }
  assert.ok(tookMs < WAIT_MS, "a wait ends when something has arrived");
  assert.equal(await fetch(`http://localhost:${port}/`), "fetch: 200 12 bytes, yes question");
  assert.equal(
    await fetch(`http://127.0.0.1:${port}/large`),
    "fetch: 200 3000000 bytes, abcdefghijabcdefghij",
  );
  assert.equal(
    await fetch(`http://127.0.0.1:${port}/chunked`),
    "fetch: 200 3000000 bytes, abcdefghijabcdefghij",
  );
  assert.equal(await fetch(`http://127.0.0.1:${port}/cut`), "fetch: broken");
});

test("what is no server has a kind of error", async () => {
  const closed = createTcp((socket) => {
    socket.destroy();
  });
  const port = await listen(closed);
  assert.equal(await fetch(`http://127.0.0.1:${port}/`), "fetch: broken");
  assert.equal(await fetch("http://127.0.0.1:9/"), "fetch: refused");
  assert.equal(await fetch("http://name.invalid/"), "fetch: resolve");
  assert.equal(await fetch("https://127.0.0.1/"), "fetch: secure");
  assert.equal(await fetch("http://u@h/"), "fetch: url");
});

test("the runner says how it is used, and what is wrong with a state directory", () => {
  const device = new Device(image(1), undefined);
  assert.equal(device.run({}, "--cut").status, 2);
  assert.equal(device.run({}, "--cut-mode", "halfway").status, 2);
  assert.equal(device.run({}, "--nonsense", "1").status, 2);
  assert.equal(device.run({}, "--state", "/no/such/folder").status, 3);
});

test("SIGTERM switches the board off, and it says what the program took", async () => {
  const device = new Device(image(1), undefined);
  device.script({ "1.0.0 power": ["wait 60000"] });
  const child = device.start();
  let output = "";
  child.stdout?.on("data", (bytes: Buffer) => {
    output += bytes.toString();
  });
  while (!output.includes("runs ")) await once(child.stdout ?? child, "data");
  child.kill("SIGTERM");
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  assert.deepEqual([status, signal], [0, null]);
  assert.match(output, /I heap: at most/);
});

test("a program that hangs is switched off by the second SIGTERM", async () => {
  const device = new Device(image(1), undefined);
  device.script({ "1.0.0 power": ["hang"] });
  const child = device.start("--watchdog", "0");
  let output = "";
  child.stdout?.on("data", (bytes: Buffer) => {
    output += bytes.toString();
  });
  while (!output.includes("runs ")) await once(child.stdout ?? child, "data");
  const ended = once(child, "exit");
  const again = setInterval(() => child.kill("SIGTERM"), 50);
  assert.deepEqual(await ended, [null, "SIGTERM"]);
  clearInterval(again);
});
