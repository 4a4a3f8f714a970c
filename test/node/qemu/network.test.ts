/**
 * The bare-metal board on the network: HTTP and HTTPS, and peers that are not there, or not who
 * they should be.
 */
import assert from "node:assert/strict";
import { constants, randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import { connect, createServer as createRelay } from "node:net";
import { test, type TestContext } from "node:test";
import { crc32 } from "../../../src/base/crc32.ts";
import { makeCertificate, type ServerCertificate } from "../../rig/certificate.ts";
import { listen, secureServer } from "../listen.ts";
import { Device, image, type Run, skip } from "./device.ts";

const BODY = Buffer.alloc(300_000, "body ");
const CRC = crc32(BODY, 0);
const answer: RequestListener = (request, response) => {
  request.resume().on("end", () => {
    response.end(BODY);
  });
};

/** What a device says that makes requests, one after the other, from power-on; URLs with commas. */
async function run(
  context: TestContext,
  urls: string,
  authorities: readonly Uint8Array[],
  more: object = {},
): Promise<Run> {
  const device = new Device(image(1));
  context.after(() => {
    device.close();
  });
  device.script({ "1.0.0 power": [`fetch ${urls}`] }, more, authorities);
  return await device.ran();
}

/** What the device says about these requests. */
async function fetches(
  context: TestContext,
  urls: string,
  authorities: readonly Uint8Array[] = [],
  more: object = {},
): Promise<readonly string[]> {
  const { lines } = await run(context, urls, authorities, more);
  return lines.filter((line) => line.startsWith("fetch: "));
}

/** What the device says about one request. */
async function fetch(
  context: TestContext,
  url: string,
  authorities: readonly Uint8Array[] = [],
  more: object = {},
): Promise<string | undefined> {
  return (await fetches(context, url, authorities, more)).at(-1);
}

test("a body comes whole over HTTP, through the device's small window", {
  skip,
}, async (context) => {
  const port = await listen(context, createServer(answer));
  assert.equal(
    await fetch(context, `http://127.0.0.1:${port}/`),
    `fetch: 200 ${BODY.length} bytes, CRC ${CRC}`,
  );
});

test("fixed addresses instead of DHCP", { skip }, async (context) => {
  const port = await listen(context, createServer(answer));
  const network = {
    address: "10.0.2.15",
    mask: "255.255.255.0",
    gateway: "10.0.2.2",
    nameServer: "10.0.2.3",
  };
  assert.equal(
    await fetch(context, `http://10.0.2.2:${port}/`, [], { network }),
    `fetch: 200 ${BODY.length} bytes, CRC ${CRC}`,
  );
});

test("nobody listens", { skip }, async (context) => {
  assert.equal(await fetch(context, "http://127.0.0.1:9/"), "fetch: refused");
});

test("no such host", { skip }, async (context) => {
  assert.equal(await fetch(context, "http://no-such-host.invalid/"), "fetch: resolve");
});

test("a server that cuts the connection short", { skip }, async (context) => {
  const port = await listen(
    context,
    createServer((_, response) => {
      response.writeHead(200, { "content-length": 100_000 });
      response.write(BODY.subarray(0, 50_000), () => {
        response.socket?.resetAndDestroy();
      });
    }),
  );
  assert.equal(await fetch(context, `http://127.0.0.1:${port}/`), "fetch: broken");
});

const good = makeCertificate({ host: "localhost" });
const secure = (context: TestContext, certificate = good): Promise<number> =>
  listen(context, secureServer(certificate, answer));

test("a body comes whole over HTTPS from a server that the authority vouches for", {
  skip,
}, async (context) => {
  const port = await secure(context);
  assert.equal(
    await fetch(context, `https://localhost:${port}/`, [good.authority]),
    `fetch: 200 ${BODY.length} bytes, CRC ${CRC}`,
  );
});

/** Records of TLS (RFC 5246 §6.2): the type of those with data, and the length of their heads. */
const DATA = 23;
const RECORD_HEAD_BYTES = 5;

/** A relay to that port, which changes a byte of all data that comes from there: its port. */
async function changing(context: TestContext, port: number): Promise<number> {
  const relay = createRelay((client) => {
    const server = connect(port, "127.0.0.1");
    let held = Buffer.alloc(0);
    client.pipe(server);
    server.on("data", (part: Buffer) => {
      held = Buffer.concat([held, part]);
      while (held.length >= RECORD_HEAD_BYTES) {
        const end = RECORD_HEAD_BYTES + held.readUInt16BE(3);
        if (held.length < end) return;
        if (held[0] === DATA) held.writeUInt8(held.readUInt8(end - 1) ^ 1, end - 1);
        client.write(held.subarray(0, end));
        held = held.subarray(end);
      }
    });
    for (const socket of [client, server])
      socket
        .on("error", () => undefined)
        .on("close", () => {
          client.destroy();
          server.destroy();
        });
  });
  return await listen(context, relay);
}

test("data that was changed on its way ends the connection; the log blames no handshake", {
  skip,
}, async (context) => {
  const port = await changing(context, await secure(context));
  const { lines, boot } = await run(context, `https://localhost:${port}/`, [good.authority]);
  assert.equal(
    lines.findLast((line) => line.startsWith("fetch: ")),
    "fetch: secure",
  );
  assert.deepEqual(
    boot.filter((line) => line.startsWith("W tls: ")),
    ["W tls: the connection with localhost fails: -0x7180"],
  );
});

test("either of two authorities vouches for a server, so servers can switch", {
  skip,
}, async (context) => {
  const next = makeCertificate({ host: "localhost" });
  for (const certificate of [good, next]) {
    const port = await secure(context, certificate);
    assert.equal(
      await fetch(context, `https://localhost:${port}/`, [good.authority, next.authority]),
      `fetch: 200 ${BODY.length} bytes, CRC ${CRC}`,
    );
  }
});

test("a chip without AES offers ChaCha20-Poly1305 first, and AES-GCM to a server without it", {
  skip,
}, async (context) => {
  for (const [ciphers, spoken] of [
    [undefined, "ECDHE-ECDSA-CHACHA20-POLY1305"],
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"],
  ] as const) {
    const names: string[] = [];
    const server = createSecureServer(
      {
        cert: good.certificate,
        key: good.key,
        maxVersion: "TLSv1.2",
        secureOptions: constants.SSL_OP_PRIORITIZE_CHACHA,
        ...(ciphers === undefined ? {} : { ciphers }),
      },
      answer,
    );
    server.on("secureConnection", (socket) => names.push(socket.getCipher().name));
    const url = `https://localhost:${await listen(context, server)}/`;
    assert.equal(
      await fetch(context, url, [good.authority]),
      `fetch: 200 ${BODY.length} bytes, CRC ${CRC}`,
    );
    assert.deepEqual(names, [spoken]);
  }
});

test("long requests go out whole, though the host takes frames late", {
  skip,
}, async (context) => {
  const bodyBytes = 6000;
  let received = 0;
  const server = secureServer(good, (request, answer) => {
    request.on("data", (part: Buffer) => (received += part.length));
    request.on("end", () => answer.end());
  });
  const url = `https://localhost:${await listen(context, server)}/`;
  const urls = Array.from({ length: 60 }, () => url);
  const answers = await fetches(context, urls.join(","), [good.authority], { bodyBytes });
  assert.deepEqual(
    answers,
    urls.map(() => "fetch: 200 0 bytes, CRC 0"),
  );
  assert.equal(received, urls.length * bodyBytes);
});

const PAST = new Date(Date.now() - 1e9);
const FUTURE = new Date(Date.now() + 1e9);

/** With an authority that the device trusts. */
function own(certificate: ServerCertificate): {
  readonly certificate: ServerCertificate;
  readonly authorities: readonly Uint8Array[];
} {
  return { certificate, authorities: [certificate.authority] };
}

const IMPOSTORS = {
  "another authority": {
    certificate: makeCertificate({ host: "localhost" }),
    authorities: [good.authority],
  },
  "a third authority, where the device trusts two": {
    certificate: makeCertificate({ host: "localhost" }),
    authorities: [good.authority, makeCertificate({ host: "localhost" }).authority],
  },
  "another name": own(makeCertificate({ host: "example.org" })),
  "a certificate that is over": own(
    makeCertificate({
      host: "localhost",
      notAfter: PAST,
      notBefore: new Date(PAST.getTime() - 1e9),
    }),
  ),
  "a certificate that is not good yet": own(
    makeCertificate({ host: "localhost", notBefore: FUTURE }),
  ),
  "no authority in the device": { certificate: good, authorities: [] },
} as const;

for (const [what, { certificate, authorities }] of Object.entries(IMPOSTORS)) {
  test(`HTTPS is refused: ${what}`, { skip }, async (context) => {
    const port = await secure(context, certificate);
    assert.equal(await fetch(context, `https://localhost:${port}/`, authorities), "fetch: secure");
  });
}

test("HTTPS is refused: the server speaks plain HTTP", { skip }, async (context) => {
  const port = await listen(context, createServer(answer));
  assert.equal(
    await fetch(context, `https://localhost:${port}/`, [good.authority]),
    "fetch: secure",
  );
});

const another = makeCertificate({ host: "localhost" }).authority;
for (const [what, authorities, problem] of [
  ["no certificate", [Buffer.from("garbage")], "not the certificate of an authority"],
  ["no certificate, behind a good one", [another, Buffer.alloc(0)], "not the certificate of an"],
  ["a third one", [good.authority, another, another], "more than two authorities"],
] as const) {
  test(`an untrusted authority stops the start and says why: ${what}`, {
    skip,
  }, async (context) => {
    const port = await secure(context);
    const device = new Device(image(1));
    context.after(() => {
      device.close();
    });
    device.script({ "1.0.0 power": [`fetch https://localhost:${port}/`] }, {}, authorities);
    const why = `factory sector: authority for TLS: ${problem}`;
    const console = await device.said(why);
    assert.ok(console.includes(why), console);
    assert.ok(!console.includes("fetch:"), console);
  });
}

/** All servers could read the tickets of each other: what keeps sessions apart is the device. */
const TICKET_KEYS = randomBytes(48);

/** A server, and of each connection to it whether it resumed a session. */
async function watched(
  context: TestContext,
): Promise<{ readonly port: number; readonly resumed: boolean[]; readonly server: SecureServer }> {
  const resumed: boolean[] = [];
  const { certificate, key } = good;
  const options = { cert: certificate, key, ticketKeys: TICKET_KEYS };
  const server = createSecureServer(options, answer);
  server.on("secureConnection", (socket) => resumed.push(socket.isSessionReused()));
  return { port: await listen(context, server), resumed, server };
}

const WHOLE = `fetch: 200 ${BODY.length} bytes, CRC ${CRC}`;

test("a start's first connection is proved by certificate, the next ones resume it", {
  skip,
}, async (context) => {
  const { port, resumed } = await watched(context);
  const url = `https://localhost:${port}/`;
  const three = [url, url, url].join(",");
  assert.deepEqual(await fetches(context, three, [good.authority]), [WHOLE, WHOLE, WHOLE]);
  assert.deepEqual(resumed, [false, true, true]);
  assert.deepEqual(await fetches(context, three, [good.authority]), [WHOLE, WHOLE, WHOLE]);
  assert.deepEqual(resumed.slice(3), [false, true, true]);
});

test("a session is resumed with the port that it was made with, and dropped for another", {
  skip,
}, async (context) => {
  const one = await watched(context);
  const two = await watched(context);
  const [a, b] = [one, two].map(({ port }) => `https://localhost:${port}/`);
  const urls = [a, b, b, a, a].join(",");
  const answers = await fetches(context, urls, [good.authority]);
  assert.deepEqual(answers, [WHOLE, WHOLE, WHOLE, WHOLE, WHOLE]);
  assert.deepEqual(one.resumed, [false, false, true]);
  assert.deepEqual(two.resumed, [false, true]);
});

test("a connection with TLS serves one host and port; its end is seen, and another port ends it", {
  skip,
}, async (context) => {
  const one = await watched(context);
  const two = await watched(context);
  const [a, b] = [one, two].map(({ port }) => `+https://localhost:${port}/`);
  one.server.on("request", ({ socket }, response) => {
    // It does not say so before, and after the fourth answer it does it.
    if (++answered === 4) response.once("finish", () => socket.end());
  });
  let answered = 0;
  const urls = [a, a, a, b, a, a].join(",");
  const answers = await fetches(context, urls, [good.authority]);
  assert.deepEqual(answers, [WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE]);
  assert.deepEqual(one.resumed, [false, false, true]);
  assert.deepEqual(two.resumed, [false]);
});

test("a session does not prove a server of another name at the same port", {
  skip,
}, async (context) => {
  const { port } = await watched(context);
  const urls = `https://localhost:${port}/,https://127.0.0.1:${port}/,https://localhost:${port}/`;
  assert.deepEqual(await fetches(context, urls, [good.authority]), [WHOLE, "fetch: secure", WHOLE]);
});

test("a server that has forgotten the session shows its certificate", { skip }, async (context) => {
  const { port, resumed, server } = await watched(context);
  server.on("request", () => {
    server.setTicketKeys(randomBytes(48));
  });
  const url = `https://localhost:${port}/`;
  assert.deepEqual(await fetches(context, `${url},${url}`, [good.authority]), [WHOLE, WHOLE]);
  assert.deepEqual(resumed, [false, false]);
});

test("who takes the place of a server has no session to resume, and is refused", {
  skip,
}, async (context) => {
  const { port, server } = await watched(context);
  const stranger = makeCertificate({ host: "localhost" });
  server.once("request", () => {
    server.setSecureContext({ cert: stranger.certificate, key: stranger.key });
    server.setTicketKeys(randomBytes(48));
  });
  const url = `https://localhost:${port}/`;
  assert.deepEqual(await fetches(context, `${url},${url}`, [good.authority]), [
    WHOLE,
    "fetch: secure",
  ]);
});

test("a day after a server has shown its certificate it shows it again", {
  skip,
}, async (context) => {
  const { port, resumed } = await watched(context);
  const url = `https://localhost:${port}/`;
  const urls = [url, "80000", url, "7000", url, url].join(",");
  assert.deepEqual(await fetches(context, urls, [good.authority]), [WHOLE, WHOLE, WHOLE, WHOLE]);
  assert.deepEqual(resumed, [false, true, false, true]);
});
