/**
 * Certificates as servers of the web have them, on the bare-metal board with its Mbed TLS: other
 * curves, other signatures, addresses, wildcards, chains; and a sentence for what is wrong.
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import {
  type CertificateOptions,
  makeCertificate,
  type ServerCertificate,
} from "../../rig/certificate.ts";
import { listen, secureServer } from "../listen.ts";
import { compilePreload, GATEWAY, serveNames, type Zone } from "../net/names.ts";
import { Device, image, skip } from "./device.ts";

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "chains-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** What the device prints, and logs, about requests to all of them, in turn. */
async function fetches(
  context: TestContext,
  hosts: readonly (readonly [host: string, certificate: ServerCertificate])[],
  authorities: readonly Uint8Array[],
  zone?: Zone,
): Promise<{ readonly fetched: readonly string[]; readonly told: readonly string[] }> {
  const urls: string[] = [];
  for (const [host, certificate] of hosts) {
    const server = secureServer(certificate, (_, response) => {
      response.end("hello");
    });
    urls.push(`https://${host}:${await listen(context, server)}/`);
  }
  const device = new Device(image(1));
  context.after(() => {
    device.close();
  });
  const more = zone && { network: await serveNames(context, zone, compilePreload(folder)) };
  device.script({ "1.0.0 power": [`fetch ${urls.join(",")}`] }, more, authorities);
  const { lines, boot } = await device.ran();
  return {
    fetched: lines.filter((line) => line.startsWith("fetch: ")),
    told: boot.filter((line) => line.startsWith("W tls: ")),
  };
}

const BELOW_P256 = makeCertificate({ host: "localhost" });
const BELOW_RSA = makeCertificate({ host: "localhost", kind: "RSA", leaf: "RSA" });
const BELOW_P384 = makeCertificate({ host: "localhost", kind: "P-384", leaf: "P-384" });

const TAKEN: readonly (readonly [what: string, host: string, CertificateOptions])[] = [
  ["RSA, from the root to the server", "localhost", { host: "localhost", leaf: "RSA" }],
  ["RSA-PSS in between", "localhost", { host: "localhost", via: ["RSA-PSS"], leaf: "RSA" }],
  ["P-256 below RSA, two in between", "localhost", { host: "localhost", via: ["RSA", "P-256"] }],
  ["P-384 in between", "localhost", { host: "localhost", via: ["P-384"] }],
  ["an address", "127.0.0.1", { host: "127.0.0.1" }],
  ["an address among names", "127.0.0.1", { host: "localhost", names: ["10.0.0.1", "127.0.0.1"] }],
  ["a name among addresses", "localhost", { host: "localhost", names: ["10.0.0.1", "a.example"] }],
];

test("chains of P-384, RSA and RSA-PSS, and addresses, are taken", { skip }, async (context) => {
  const hosts = TAKEN.map(
    ([, host, options]) => [host, makeCertificate({ ...options, of: BELOW_RSA })] as const,
  );
  const p384 = ["localhost", BELOW_P384] as const;
  const authorities = [BELOW_RSA.authority, BELOW_P384.authority];
  const { fetched, told } = await fetches(context, [...hosts, p384], authorities);
  assert.deepEqual(
    fetched.map((line) => line.split(" ", 4).join(" ")),
    [...hosts, p384].map(() => "fetch: 200 5 bytes,"),
    told.join("\n"),
  );
});

const YEAR = 365 * DAY_MS;
const now = Date.now();
const PAST = { notBefore: new Date(now - YEAR), notAfter: new Date(now - DAY_MS) };
const FUTURE = { notBefore: new Date(now + DAY_MS), notAfter: new Date(now + YEAR) };

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

const STRANGER = makeCertificate({ host: "localhost" });
const WRONG: readonly (readonly [host: string, ServerCertificate, sentence: string])[] = [
  [
    "localhost",
    makeCertificate({ host: "a.example", of: BELOW_RSA }),
    "the certificate is for a.example, not for localhost",
  ],
  [
    "127.0.0.1",
    makeCertificate({ host: "localhost", of: BELOW_RSA }),
    "the certificate is for localhost, not for 127.0.0.1",
  ],
  [
    "127.0.0.1",
    makeCertificate({ host: "127.0.0.2", of: BELOW_RSA }),
    "the certificate is for 127.0.0.2, not for 127.0.0.1",
  ],
  [
    "127.0.0.1",
    makeCertificate({ host: "127.0.0.3", subject: "", of: BELOW_RSA }),
    "the certificate is for 127.0.0.3, not for 127.0.0.1",
  ],
  [
    "localhost",
    makeCertificate({ host: "localhost", of: BELOW_RSA, ...PAST }),
    `the certificate of localhost ended on ${day(PAST.notAfter)}: renew it, or set the clock`,
  ],
  [
    "localhost",
    makeCertificate({ host: "localhost", of: BELOW_RSA, ...FUTURE }),
    `the certificate of localhost begins on ${day(FUTURE.notBefore)}: set the clock`,
  ],
  [
    "localhost",
    STRANGER,
    "the certificate of localhost is from bench authority: no authority of this device vouches " +
      "for it",
  ],
];

test("what is wrong with a certificate is a sentence: which name, date or authority", {
  skip,
}, async (context) => {
  const hosts = WRONG.map(([host, certificate]) => [host, certificate] as const);
  const { fetched, told } = await fetches(context, hosts, [BELOW_RSA.authority]);
  assert.deepEqual(
    told,
    WRONG.map(([, , sentence]) => `W tls: ${sentence}`),
  );
  assert.deepEqual(
    fetched,
    WRONG.map(() => "fetch: secure"),
  );
});

/** Which name is asked for, for which one the certificate is, and whether it is taken. */
const WILDCARDS: readonly (readonly [host: string, certified: string, isTaken: boolean])[] = [
  ["a.site.test", "*.site.test", true],
  ["a.site.test", "*.SITE.Test", true],
  ["site.test", "*.test", true],
  ["site.test", "*.site.test", false],
  ["b.a.site.test", "*.site.test", false],
  ["foo.site.test", "f*o.site.test", false],
  ["foo.site.test", "f*.site.test", false],
  ["foo.site.test", "*o.site.test", false],
  ["a.site.test", "a.*.test", false],
  ["a.site.test", "*.*.test", false],
  ["site.test", "*", false],
  ["a.site.test", "*", false],
  ["127.0.0.1", "*.0.0.1", false],
];

test("a wildcard is one whole label, the first, and in no address (RFC 9525 §6.3)", {
  skip,
}, async (context) => {
  const names = WILDCARDS.map(([host]) => [host, { addresses: [GATEWAY] }] as const);
  const hosts = WILDCARDS.map(
    ([host, certified]) => [host, makeCertificate({ host: certified, of: BELOW_P256 })] as const,
  );
  const zone = Object.fromEntries(names);
  const { fetched, told } = await fetches(context, hosts, [BELOW_P256.authority], zone);
  assert.deepEqual(
    fetched.map((line) => line.split(",")[0]),
    WILDCARDS.map(([, , isTaken]) => (isTaken ? "fetch: 200 5 bytes" : "fetch: secure")),
    told.join("\n"),
  );
  assert.deepEqual(
    told,
    WILDCARDS.filter(([, , isTaken]) => !isTaken).map(
      ([host, certified]) => `W tls: the certificate is for ${certified}, not for ${host}`,
    ),
  );
});

const LONG = makeCertificate({ host: "localhost", of: BELOW_P256, via: ["P-256", "P-256"] });
const SHORT = makeCertificate({ host: "localhost", of: BELOW_P256, via: ["P-256"] });

/** The server shows these certificates of its chain, PEM. */
function shows(
  server: ServerCertificate,
  ...chain: readonly (string | undefined)[]
): readonly [host: string, ServerCertificate] {
  return ["localhost", { ...server, certificate: chain.join("") }] as const;
}

test("surplus certificates are passed over; two authorities the wrong way round are refused", {
  skip,
}, async (context) => {
  const [leaf, lower, upper] = LONG.chain;
  const [server, between] = SHORT.chain;
  const root = new X509Certificate(BELOW_P256.authority).toString();
  const [other] = STRANGER.chain;
  const taken = [
    shows(LONG, leaf, lower, upper, root),
    shows(LONG, leaf, other, lower, lower, other, upper),
    shows(LONG, leaf, upper, lower, upper),
    shows(SHORT, server, root, other, between),
  ];
  const refused = [shows(LONG, leaf, upper, lower), shows(LONG, leaf, lower)];
  const hosts = [...taken, ...refused];
  const { fetched, told } = await fetches(context, hosts, [BELOW_P256.authority]);
  assert.deepEqual(
    fetched.map((line) => line.split(",")[0]),
    [...taken.map(() => "fetch: 200 5 bytes"), ...refused.map(() => "fetch: secure")],
    told.join("\n"),
  );
  const of = "the certificate of bench authority 2 is from bench authority 1";
  assert.deepEqual(
    told,
    refused.map(() => `W tls: ${of}: no authority of this device vouches for it`),
  );
});
