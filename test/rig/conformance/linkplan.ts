/** The plan for Link. */
import { createSocket } from "node:dgram";
import { createServer, type AddressInfo } from "node:net";
import { hex } from "../../../src/base/bytes.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import {
  type FetchOrder,
  type Fetched,
  HEADERS,
  patternBytes,
  type Report,
  SLOW_MS,
} from "../../conformance/order.ts";
import { BODY_BYTES, FEW_BYTES, FLOOD_BYTES, LONG_VALUE } from "./answers.ts";
import { type Driver, told } from "./driver.ts";

const STALL_MS = 3000;
/** How often the end of a connection is looked for. */
const CLOSE_LOOKS = 300;
const CLOSE_LOOK_MS = 50;
const LISTENING = "127.0.0.1";
/** A message of the client, at its longest. */
const POST_BYTES = 16_384;
/** More than there are sockets, where they are not freed. */
const REQUESTS = 200;
/** How often an exchange that has nothing to give is polled. */
const POLL_MS = 20;
/** Of a signed address, without its path. */
const QUERY = `?${"key=value&".repeat(80)}end`;
/** Datagrams: one that fills the buffer and one that is shorter, so often, for so long. */
const LONG_BYTES = 700;
const SHORT_BYTES = 20;
const SHORT_TIMES = 4;
const DATAGRAM_MS = 20;
const RECEIVE_MS = 30_000;

type Options = Partial<Omit<FetchOrder, "do" | "url">>;

export async function linkPlan(driver: Driver): Promise<void> {
  await driver.power();
  await answers(driver);
  await connections(driver);
  await requests(driver);
  await errors(driver);
  await flow(driver);
  if (driver.bench.pushPort !== undefined) await datagrams(driver, driver.bench.pushPort);
}

async function answers(driver: Driver): Promise<void> {
  const crc = crc32(patternBytes(0, BODY_BYTES, 1), 0);
  const body = { status: 200, bytes: BODY_BYTES, crc };
  const unannounced = { ...body, length: undefined };
  await expect(driver, "link: a body of announced length arrives whole", "/body", body);
  await expect(driver, "link: the head says how long the body is", "/body", {
    ...body,
    length: BODY_BYTES,
  });
  await expect(
    driver,
    "link: a body that ends with the connection arrives whole",
    "/close",
    unannounced,
  );
  await expect(
    driver,
    "link: a body in chunks arrives whole, without their frames",
    "/chunked",
    unannounced,
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
  await expect(driver, "link: a header behind many others is found", "/manyheaders", {
    status: 200,
    type: "text/last",
  });
  await expect(driver, `link: a header of ${LONG_VALUE.length} bytes is whole`, "/longheader", {
    status: 200,
    type: LONG_VALUE,
  });
  await longerHeader(driver);
  await polls(driver);
}

/** One that is very long may be missing; what there is of it is not a value. */
async function longerHeader(driver: Driver): Promise<void> {
  const fetched = await run(driver, "/longerheader");
  const good =
    typeof fetched !== "string" &&
    fetched.type === "text/short" &&
    (fetched.repeated === undefined || fetched.repeated === LONG_VALUE.repeat(5));
  driver.check(
    "link: a header that is very long is whole or missing, and no other is",
    good ? undefined : JSON.stringify(fetched).slice(0, 200),
  );
}

/** Most polls count: on a busy machine some are slow that did not wait. */
async function polls(driver: Driver): Promise<void> {
  const fetched = await run(driver, "/late", { pollMs: POLL_MS });
  const { polls: all = 0, slowPolls = 0 } = typeof fetched === "string" ? {} : fetched;
  driver.check(
    "link: a call that has nothing to give does not wait",
    all > 0 && slowPolls * 2 < all
      ? undefined
      : `${slowPolls} of ${all} calls took longer than ${SLOW_MS} ms`,
  );
}

async function requests(driver: Driver): Promise<void> {
  await expect(
    driver,
    "link: a request carries its body",
    "/empty",
    { status: 200 },
    { method: "POST", bodyBytes: POST_BYTES },
  );
  const { last } = driver.server;
  const same = last !== undefined && Buffer.from(patternBytes(0, POST_BYTES, 1)).equals(last.body);
  driver.check(
    "link: the body of a request arrives whole",
    same ? undefined : `${last?.body.length ?? 0} bytes arrived, or others`,
  );
  const path = `/empty${QUERY}`;
  await run(driver, path, { manyHeaders: true });
  const head = driver.server.last?.head ?? "";
  driver.check(
    "link: a request carries its path and query, however long",
    driver.server.last?.path === path
      ? undefined
      : `it asked for ${driver.server.last?.path ?? ""}`,
  );
  const lines = head.toLowerCase().split("\r\n");
  const missing = [["X-Conformance", "a value"] as const, ...HEADERS].filter(
    ([name, value]) => !lines.includes(`${name}: ${value}`.toLowerCase()),
  );
  driver.check(
    "link: a request carries its headers, and Host",
    missing.length === 0 && lines.some((line) => line.startsWith("host: "))
      ? undefined
      : `without ${missing.map(([name]) => name).join(", ") || "Host"}`,
  );
  for (let i = 0; i < REQUESTS; i++)
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
    flooded < FLOOD_BYTES / 8
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
  const { receiveMs = RECEIVE_MS } = driver.options;
  const long = patternBytes(0, LONG_BYTES, 1);
  const short = patternBytes(0, SHORT_BYTES, 2);
  const receive = async (
    name: string,
    bufferBytes: number,
    wanted: readonly Uint8Array[],
  ): Promise<void> => {
    const report = await withDatagrams(port, [long, short], () =>
      driver.order({ do: "receive", ms: receiveMs, bufferBytes }),
    );
    const good = report?.kind === "received" && wanted.some((each) => hex(each) === report.bytes);
    driver.check(name, good ? undefined : `it received ${told(report)}`);
  };
  await receive("datagrams: what the port is sent is received", LONG_BYTES, [long, short]);
  // Again and again: the first of them may be a short one that has waited.
  for (let time = 0; time < SHORT_TIMES; time++)
    await receive("datagrams: one that is longer than the buffer is lost", SHORT_BYTES, [short]);
  await driver.order({ do: "restart" });
  await receive("datagrams: they come after a restart too", LONG_BYTES, [long, short]);
  await driver.order({ do: "restart" });
  await receive("datagrams: they come after a restart too", LONG_BYTES, [long, short]);
}

async function run(driver: Driver, path: string, options: Options = {}): Promise<Fetched | string> {
  const url = path.startsWith("/") ? `${driver.server.origin}${path}` : path;
  const report = await driver.order({ do: "fetch", method: "GET", ...options, url });
  return report?.kind === "fetched" ? report.fetched : told(report);
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
  const keys: (keyof Fetched)[] = ["status", "type", "repeated", "length", "bytes", "crc", "error"];
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
