/**
 * How the connections of a misbehaving server end, as a client's socket sees it: orderly (FIN) or
 * by a reset (RST), with and without TLS.
 */
import { deepStrictEqual } from "node:assert";
import { connect as connectPlain } from "node:net";
import { test } from "node:test";
import { connect as connectSecure } from "node:tls";
import { makeCertificate } from "../../../rig/certificate.ts";
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
  const listening = await listen(() => ({ ...whole, ...reply }), 0, secret);
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
