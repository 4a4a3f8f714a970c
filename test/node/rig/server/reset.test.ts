/**
 * How the connections of a misbehaving server end, as a client's socket sees it: orderly (FIN), by
 * a reset (RST), or not at all, with and without TLS; and a server that is away.
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { connect as connectSecure } from "node:tls";
import { LOOPBACK } from "../../../rig/bench/place.ts";
import { makeCertificate } from "../../../rig/certificate.ts";
import { underWay } from "../../../rig/server/acknowledged.ts";
import type { Reply } from "../../../rig/server/exchange.ts";
import { listen } from "../../../rig/server/http.ts";

const BODY = Buffer.alloc(100_000, "b");
const REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

interface Seen {
  /** Bytes of the body. */
  readonly bytes: number;
  readonly end: "fin" | "reset";
}

/** What a client sees of an answer that breaks off. */
async function seen(reply: Partial<Reply>, isSecure: boolean): Promise<Seen> {
  const secret = isSecure ? makeCertificate({ host: "localhost" }) : undefined;
  const whole: Reply = { status: 200, headers: [], body: BODY };
  const listening = await listen(() => ({ ...whole, ...reply }), LOOPBACK, secret);
  const address = { port: Number(new URL(listening.origin).port), host: "127.0.0.1" };
  const socket = isSecure
    ? connectSecure({ ...address, rejectUnauthorized: false })
    : connectPlain(address);
  try {
    return await new Promise((resolve) => {
      const parts: Buffer[] = [];
      const end = (how: Seen["end"]): void => {
        const all = Buffer.concat(parts);
        const head = all.indexOf("\r\n\r\n");
        resolve({ bytes: head < 0 ? -1 : all.length - head - 4, end: how });
      };
      socket.on("data", (part: Buffer) => parts.push(part));
      socket.on("end", () => {
        end("fin");
      });
      socket.on("error", () => {
        end("reset");
      });
      socket.write(REQUEST);
    });
  } finally {
    socket.destroy();
    await listening.close();
  }
}

for (const isSecure of [false, true]) {
  const over = isSecure ? "TLS" : "TCP";
  for (const cutBy of ["fin", "reset"] as const)
    for (const cutAt of [-1, 0, 1, 5000, BODY.length - 1])
      test(`${over}: an answer cut by ${cutBy} after ${cutAt} bytes keeps its bytes`, async () => {
        deepStrictEqual(await seen({ cutAt, cutBy }, isSecure), { bytes: cutAt, end: cutBy });
      });
  test(`${over}: a slow answer that is reset ends by a reset`, async () => {
    const reply = { cutAt: 5000, cutBy: "reset", bytesPerSecond: 50_000 } as const;
    deepStrictEqual(await seen(reply, isSecure), { bytes: 5000, end: "reset" });
  });
}

/** More than the kernel keeps for a program that does not read; the rest waits at the server's. */
const LONG = Buffer.alloc(1_600_000, "b");
/** Much longer than a reset would wait that looks at nothing. */
const BUSY_MS = 1000;

test("a reset waits for what a busy client has not taken yet", async () => {
  const cutAt = LONG.length - 1;
  const reply: Reply = { status: 200, headers: [], body: LONG, cutAt, cutBy: "reset" };
  const listening = await listen(() => reply);
  const socket = connectPlain(Number(new URL(listening.origin).port), "127.0.0.1");
  let length = 0;
  socket.on("data", (part: Buffer) => {
    length += part.length;
  });
  socket.on("error", () => undefined);
  socket.pause();
  const closed = new Promise((resolve) => {
    socket.once("close", resolve);
  });
  socket.write(REQUEST);
  await setTimeout(BUSY_MS);
  socket.resume();
  await closed;
  ok(length > cutAt, `${length} bytes of ${cutAt}`);
  await listening.close();
});

test("the kernel's table says what of a connection is under way", () => {
  const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid";
  const row = "   0: 0100007F:1F90 0100007F:A0B2 01 0000002A:00000007 01:00000014 00000000     0";
  const back = "   1: 0100007F:A0B2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0";
  const table = [head, row, back].join("\n");
  strictEqual(underWay(table, { local: 0x1f90, remote: 0xa0b2 }), 42);
  strictEqual(underWay(table, { local: 0xa0b2, remote: 0x1f90 }), 0);
  strictEqual(underWay(table, { local: 1, remote: 2 }), undefined);
});

for (const isSecure of [false, true])
  test(`${isSecure ? "TLS" : "TCP"}: an answer that stops on its way keeps its bytes`, async () => {
    const stops = [
      { at: 0, ms: 20 },
      { at: 1460, ms: 40 },
      { at: 2920, ms: 20 },
    ];
    const reply = { cutAt: BODY.length - 1, cutBy: "reset", stops } as const;
    deepStrictEqual(await seen(reply, isSecure), { bytes: BODY.length - 1, end: "reset" });
  });

async function body(origin: string): Promise<string> {
  return (await fetch(origin)).text();
}

test("an answer that stalls stops there; its connection stays, and others are served", async () => {
  const replies: Partial<Reply>[] = [{ cutAt: 5000, cutBy: "stall" }];
  const whole: Reply = { status: 200, headers: [], body: BODY };
  const listening = await listen(() => ({ ...whole, ...replies.pop() }));
  const socket = connectPlain(Number(new URL(listening.origin).port), "127.0.0.1");
  let ended = false;
  let length = 0;
  socket.on("error", () => undefined);
  socket.once("close", () => {
    ended = true;
  });
  socket.on("data", (part: Buffer) => {
    length += part.length;
  });
  socket.write(REQUEST);
  while (length < 5000) await once(socket, "data");
  strictEqual(await body(listening.origin), BODY.toString());
  deepStrictEqual([length < 6000, ended], [true, false]);
  await listening.close();
});

test("a server that falls silent answers no attempt to connect, and comes back", async () => {
  const listening = await listen(() => ({ status: 200, headers: [], body: BODY }));
  const port = Number(new URL(listening.origin).port);
  const back = await listening.silence();
  const socket = connectPlain(port, "127.0.0.1");
  const events: string[] = [];
  for (const event of ["connect", "error"])
    socket.on(event, () => {
      events.push(event);
    });
  await setTimeout(300);
  deepStrictEqual(events, []);
  socket.destroy();
  await back();
  strictEqual((await body(listening.origin)).length, BODY.length);
  await listening.close();
});

test("a server that leaves resets its connections, refuses others, and comes back", async () => {
  const reply: Reply = { status: 200, headers: [], body: BODY, bytesPerSecond: 1000 };
  let isSlow = true;
  const listening = await listen(() => (isSlow ? reply : { ...reply, bytesPerSecond: 1e9 }));
  const { origin } = listening;
  const { port } = new URL(origin);
  const socket = connectPlain(Number(port), "127.0.0.1");
  const reset = once(socket, "error");
  socket.write(REQUEST);
  await once(socket, "data");
  const back = await listening.leave();
  match(String(await reset.catch((error: unknown) => [error])), /ECONNRESET/);
  await rejects(body(origin));
  isSlow = false;
  await back();
  strictEqual((await body(origin)).length, BODY.length);
  await listening.close();
});
