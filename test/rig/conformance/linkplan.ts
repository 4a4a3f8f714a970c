/** The plan for Link, clock, random bytes and identity. */
import { createSocket } from "node:dgram";
import { createServer, type AddressInfo } from "node:net";
import { hex } from "../../../src/base/bytes.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import {
  type FetchOrder,
  type Fetched,
  patternBytes,
  type Report,
} from "../../conformance/order.ts";
import { BODY_BYTES, FEW_BYTES, FLOOD_BYTES } from "./answers.ts";
import type { Driver } from "./driver.ts";

const STALL_MS = 600;
const CLOCK_MS = 400;
const CLOCK_ATTEMPTS = 3;
/**
 * A clock may be this much off, and the rig's measurement this much late: later in all attempts on
 * a machine that is very busy.
 */
const CLOCK_SHARE = 0.1;
const CLOCK_LATE_MS = 250;
/** How often the end of a connection is looked for. */
const CLOSE_LOOKS = 300;
const CLOSE_LOOK_MS = 50;
const LISTENING = "127.0.0.1";
/** Datagrams: one that fills the buffer and one that is shorter, so often, for so long. */
const LONG_BYTES = 700;
const SHORT_BYTES = 20;
const DATAGRAM_MS = 20;
const RECEIVE_MS = 30_000;

type Options = Partial<Omit<FetchOrder, "do" | "url">>;

export async function linkPlan(driver: Driver): Promise<void> {
  await driver.power();
  await answers(driver);
  await connections(driver);
  await errors(driver);
  await flow(driver);
  if (driver.bench.pushPort !== undefined) await datagrams(driver, driver.bench.pushPort);
}

export async function restPlan(driver: Driver): Promise<void> {
  const values: string[] = [];
  let on = 0;
  for (let boot = 0; boot < 2; boot++) {
    on = performance.now();
    await driver.power();
    const report = await driver.order({ do: "random" });
    if (report?.kind === "random") values.push(report.bytes);
    else driver.check("random: bytes come", JSON.stringify(report));
  }
  driver.check(
    "random: two boots differ",
    values[0] !== values[1] ? undefined : `both gave ${values[0] ?? "nothing"}`,
  );
  await driver.checked("identity: it can be read", { do: "identity" });
  await clock(driver, on);
}

/** `on`: when its power came. */
async function clock(driver: Driver, on: number): Promise<void> {
  const name = "clock: it counts milliseconds";
  let uptime = 0;
  let longest = 0;
  let problem: string | undefined;
  for (
    let attempt = 0;
    attempt < CLOCK_ATTEMPTS && (attempt === 0 || problem !== undefined);
    attempt++
  ) {
    const before = performance.now();
    const report = await driver.order({ do: "clock", ms: CLOCK_MS });
    const real = performance.now() - before;
    if (report?.kind !== "clock") {
      driver.check(name, JSON.stringify(report));
      return;
    }
    const { elapsedMs, uptimeMs } = report;
    uptime = uptimeMs;
    longest = (performance.now() - on) * (1 + CLOCK_SHARE) + CLOCK_LATE_MS;
    const slow = elapsedMs < (real - CLOCK_LATE_MS) * (1 - CLOCK_SHARE);
    const fast = elapsedMs > real * (1 + CLOCK_SHARE);
    problem =
      slow || fast
        ? `${Math.round(elapsedMs)} of its milliseconds took ${Math.round(real)}`
        : undefined;
  }
  driver.check(
    "clock: it counts from this boot",
    uptime > longest ? `now() is ${Math.round(uptime)} soon after power came` : undefined,
  );
  driver.check(name, problem);
}

async function answers(driver: Driver): Promise<void> {
  const crc = crc32(patternBytes(0, BODY_BYTES, 1), 0);
  const body = { status: 200, bytes: BODY_BYTES, crc };
  await expect(driver, "link: a body of announced length arrives whole", "/body", body);
  await expect(driver, "link: a body that ends with the connection arrives whole", "/close", body);
  await expect(
    driver,
    "link: a body in chunks arrives whole, without their frames",
    "/chunked",
    body,
  );
  await expect(driver, "link: a buffer of 7 bytes gets the same body", "/body", body, {
    bufferBytes: 7,
  });
  await expect(
    driver,
    "link: a buffer larger than the body gets the same body",
    "/few",
    { status: 200, bytes: FEW_BYTES },
    { bufferBytes: FEW_BYTES + 100 },
  );
  await expect(driver, "link: a body that comes slowly arrives whole", "/small", {
    status: 200,
    bytes: 400,
  });
  await expect(driver, "link: an empty body ends at once", "/empty", { status: 200, bytes: 0 });
  await expect(driver, "link: an answer without body ends at once", "/none", {
    status: 204,
    bytes: 0,
  });
  await expect(driver, "link: an error status is an answer", "/missing", {
    status: 404,
    bytes: 10,
  });
  await expect(driver, "link: redirects are not followed", "/redirect", { status: 302, bytes: 0 });
  await expect(
    driver,
    "link: HEAD has no body",
    "/body",
    { status: 200, bytes: 0 },
    { method: "HEAD" },
  );
  await expect(
    driver,
    "link: names of headers are in lower case, a repeated one keeps its first value",
    "/headers",
    { status: 200, type: "text/odd", repeated: "one" },
  );
  await expect(
    driver,
    "link: a request carries its body",
    "/empty",
    { status: 200 },
    { method: "POST", bodyBytes: 5000 },
  );
  const { last } = driver.server;
  const same = last !== undefined && Buffer.from(patternBytes(0, 5000, 1)).equals(last.body);
  driver.check(
    "link: the body of a request arrives whole",
    same ? undefined : `${last?.body.length ?? 0} bytes arrived, or others`,
  );
  const head = last?.head.toLowerCase() ?? "";
  driver.check(
    "link: a request carries its headers, and Host",
    head.includes("\r\nx-conformance: a value") && head.includes("\r\nhost: ") ? undefined : head,
  );
  for (let i = 0; i < 20; i++)
    await expect(driver, "link: request after request is answered", "/empty", { status: 200 });
}

/** Requests behind exchanges that are over and open, whether their connection is kept or not. */
async function connections(driver: Driver): Promise<void> {
  const body = { status: 200, bytes: FEW_BYTES, crc: crc32(patternBytes(0, FEW_BYTES, 1), 0) };
  const times = { times: 3 };
  await expect(
    driver,
    "link: an exchange that is over and open is followed by others",
    "/kept",
    body,
    times,
  );
  await expect(
    driver,
    "link: a connection that its peer has ended serves no other request",
    "/ended",
    body,
    times,
  );
  await expect(driver, "link: bytes behind an answer are no answer", "/surplus", body, times);
  await expect(
    driver,
    "link: a request whose kept connection ends before the answer goes out once more",
    "/dropped",
    body,
    { ...times, method: "POST", bodyBytes: 5000 },
  );
  const sent = driver.server.last?.body;
  const isWhole = sent?.equals(patternBytes(0, 5000, 1)) === true;
  driver.check(
    "link: it goes out whole",
    isWhole ? undefined : `${sent?.length ?? 0} bytes arrived, or others`,
  );
}

async function errors(driver: Driver): Promise<void> {
  await expect(driver, "link: a body shorter than announced is broken, after its bytes", "/short", {
    bytes: 600,
    error: "broken",
  });
  await expect(driver, "link: a connection that closes without an answer is broken", "/silent", {
    error: "broken",
  });
  await expect(driver, "link: what is not HTTP is protocol", "/junk", { error: "protocol" });
  await expect(
    driver,
    "link: nobody listens: refused",
    `http://${driver.server.host}:${await closedPort()}/`,
    { error: "refused" },
  );
  await expect(driver, "link: no such host: resolve", "http://no-such-host.invalid/", {
    error: "resolve",
  });
  const secure = `https${driver.server.origin.slice(4)}/body`;
  await expect(driver, "link: TLS that fails, or that the board has not, is secure", secure, {
    error: "secure",
  });
  await expect(driver, "link: an error does not end the Link", "/empty", { status: 200, bytes: 0 });
}

async function flow(driver: Driver): Promise<void> {
  await run(driver, "/flood", { stallMs: STALL_MS });
  const { flooded } = driver.server;
  driver.check(
    "link: what is not read stays with the peer",
    flooded < FLOOD_BYTES / 4
      ? undefined
      : `${flooded} of ${FLOOD_BYTES} bytes were taken while nothing was read`,
  );
  for (let look = 0; look < CLOSE_LOOKS && !driver.server.floodClosed; look++) {
    await new Promise((resolve) => {
      setTimeout(resolve, CLOSE_LOOK_MS);
    });
  }
  driver.check(
    "link: close() ends the connection",
    driver.server.floodClosed ? undefined : "it is still open",
  );
}

/**
 * Sends these to the board in turn, again and again, as a network that loses some has to be used.
 */
async function withDatagrams(
  port: number,
  datagrams: readonly Uint8Array[],
  work: () => Promise<Report | undefined>,
): Promise<Report | undefined> {
  const socket = createSocket("udp4");
  let sent = 0;
  const timer = setInterval(() => {
    socket.send(datagrams[sent++ % datagrams.length] ?? new Uint8Array(0), port, LISTENING);
  }, DATAGRAM_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    socket.close();
  }
}

async function datagrams(driver: Driver, port: number): Promise<void> {
  const long = patternBytes(0, LONG_BYTES, 1);
  const short = patternBytes(0, SHORT_BYTES, 2);
  const receive = async (name: string, bufferBytes: number, wanted: Uint8Array): Promise<void> => {
    const report = await withDatagrams(port, [long, short], () =>
      driver.order({ do: "receive", ms: RECEIVE_MS, bufferBytes }),
    );
    const good = report?.kind === "received" && report.bytes === hex(wanted);
    driver.check(name, good ? undefined : `it received ${JSON.stringify(report)}`);
  };
  await receive("datagrams: what the port is sent is received", LONG_BYTES, long);
  await receive("datagrams: one that is longer than the buffer is lost", SHORT_BYTES, short);
  await driver.order({ do: "restart" });
  await receive("datagrams: they come after a restart too", LONG_BYTES, long);
  await driver.order({ do: "restart" });
  await receive("datagrams: they come after a restart too", LONG_BYTES, long);
}

async function run(driver: Driver, path: string, options: Options = {}): Promise<Fetched | string> {
  const url = path.startsWith("/") ? `${driver.server.origin}${path}` : path;
  const report = await driver.order({ do: "fetch", method: "GET", ...options, url });
  return report?.kind === "fetched"
    ? report.fetched
    : (JSON.stringify(report) ?? "the board lost its power");
}

async function expect(
  driver: Driver,
  name: string,
  path: string,
  expected: Partial<Fetched>,
  options: Options = {},
): Promise<void> {
  const fetched = await run(driver, path, options);
  if (typeof fetched === "string") {
    driver.check(name, fetched);
    return;
  }
  const keys: (keyof Fetched)[] = ["status", "type", "repeated", "bytes", "crc", "error"];
  const wrong = keys.filter(
    (key) => (key in expected || key === "error") && fetched[key] !== expected[key],
  );
  driver.check(
    name,
    wrong.length === 0
      ? undefined
      : wrong.map((key) => `${key} is ${fetched[key] ?? "absent"}`).join(", "),
  );
}

/** A port on which nobody listens. */
function closedPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
