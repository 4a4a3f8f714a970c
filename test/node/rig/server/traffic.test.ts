/** The servers of the rig count what goes through their sockets. */
import assert from "node:assert/strict";
import { connect as connectPlain } from "node:net";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { makeCertificate } from "../../../rig/certificate.ts";
import { LOOPBACK } from "../../../rig/bench/place.ts";
import { listen } from "../../../rig/server/http.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const BODY = new Uint8Array(1000);
const handle = (): { status: number; headers: []; body: Uint8Array } => ({
  status: 200,
  headers: [],
  body: BODY,
});

/** The bytes that came, once the peer has closed. */
function drained(socket: NodeJS.ReadableStream): Promise<number> {
  return new Promise((resolve, reject) => {
    let length = 0;
    socket.on("data", (part: Buffer) => (length += part.length));
    socket.on("error", reject);
    socket.on("close", () => {
      resolve(length);
    });
  });
}

test("bytes of HTTP and connections are counted", async () => {
  const listening = await listen(handle);
  try {
    const socket = connectPlain(Number(new URL(listening.origin).port), "127.0.0.1");
    socket.write(REQUEST);
    const sent = await drained(socket);
    assert.ok(sent > BODY.length);
    assert.deepEqual(listening.traffic, {
      received: REQUEST.length,
      sent,
      connections: 1,
      fullHandshakes: 0,
      resumedHandshakes: 0,
    });
  } finally {
    await listening.close();
  }
});

test("over TLS HTTP's bytes are counted; full and resumed handshakes apart", async () => {
  const { authority, certificate, key } = makeCertificate({ host: "localhost" });
  const listening = await listen(handle, LOOPBACK, { certificate, key });
  const port = Number(new URL(listening.origin).port);
  const base64 = authority.toString("base64");
  const ca = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`;
  let session: Buffer | undefined;
  let sent = 0;
  const ask = async (): Promise<void> => {
    const socket: TLSSocket = connect({
      ...{ port, host: "127.0.0.1", servername: "localhost", ca, maxVersion: "TLSv1.2" },
      ...(session === undefined ? {} : { session }),
    });
    socket.on("session", (given) => (session = given));
    socket.write(REQUEST);
    sent += await drained(socket);
  };
  try {
    await ask();
    await ask();
    assert.deepEqual(listening.traffic, {
      received: 2 * REQUEST.length,
      sent,
      connections: 2,
      fullHandshakes: 1,
      resumedHandshakes: 1,
    });
  } finally {
    await listening.close();
  }
});
