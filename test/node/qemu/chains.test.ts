/**
 * Certificates as servers of the web have them, on the bare-metal board with its Mbed TLS: other
 * curves, other signatures, addresses, wildcards, chains; and a sentence for what is wrong.
 */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  type CertificateOptions,
  makeCertificate,
  type ServerCertificate,
} from "../../rig/certificate.ts";
import { listen, secureServer } from "../listen.ts";
import { Device, image, skip } from "./device.ts";

const DAY_MS = 86_400_000;

/** What the device prints, and logs, about requests to all of them, in turn. */
async function fetches(
  context: TestContext,
  hosts: readonly (readonly [host: string, certificate: ServerCertificate])[],
  authorities: readonly Uint8Array[],
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
  device.script({ "1.0.0 power": [`fetch ${urls.join(",")}`] }, {}, authorities);
  const { lines, boot } = await device.ran();
  return {
    fetched: lines.filter((line) => line.startsWith("fetch: ")),
    told: boot.filter((line) => line.startsWith("W tls: ")),
  };
}

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
    "the certificate of localhost is from bench authority: no authority of this device vouches",
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
