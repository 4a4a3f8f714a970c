/**
 * X.509 certificates for benches: an authority and a server below it, both P-256, made anew for
 * each bench (RFC 5280 §4.1).
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface ServerCertificate {
  /** The authority's certificate, DER: what devices trust. */
  readonly authority: Buffer;
  /** The server's certificate and private key, PEM. */
  readonly certificate: string;
  readonly key: string;
  /** The authority's private key. */
  readonly signer: KeyObject;
}

export interface CertificateOptions {
  /** DNS name of the server. */
  readonly host: string;
  /** The authority of this one vouches for the server too; absent: a new one does. */
  readonly of?: ServerCertificate;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BITS = 0x03;
const OCTETS = 0x04;
const OID = 0x06;
const UTF8 = 0x0c;
const TIME = 0x17;
const TRUE = [0x01, 0x01, 0xff];
const oid = (digits: string): Buffer => der(OID, Buffer.from(digits, "hex"));
const ECDSA_SHA256 = der(SEQUENCE, oid("2a8648ce3d040302"));
const COMMON_NAME = oid("550403");
const BASIC_CONSTRAINTS = oid("551d13");
const ALTERNATIVE_NAME = oid("551d11");

function name(text: string): Buffer {
  return der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, Buffer.from(text)))));
}

function time(date: Date): Buffer {
  return der(
    TIME,
    Buffer.from(
      `${date
        .toISOString()
        .replace(/[-:T]|\.\d+/g, "")
        .slice(2)}`,
    ),
  );
}

interface Subject {
  readonly subject: string;
  readonly key: KeyObject;
  readonly extension: Buffer;
  readonly options: CertificateOptions;
}

function certificate(
  { subject, key, extension, options }: Subject,
  issuer: string,
  issuerKey: KeyObject,
): Buffer {
  const now = Date.now();
  const { notBefore = new Date(now - DAY_MS), notAfter = new Date(now + 30 * DAY_MS) } = options;
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    ECDSA_SHA256,
    name(issuer),
    der(SEQUENCE, time(notBefore), time(notAfter)),
    name(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  return der(
    SEQUENCE,
    body,
    ECDSA_SHA256,
    der(BITS, Buffer.from([0]), sign("sha256", body, issuerKey)),
  );
}

/** A server's certificate, and the authority that vouches for it. */
export function makeCertificate(options: CertificateOptions): ServerCertificate {
  const root = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = options.of?.signer ?? root.privateKey;
  const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const isAuthority = der(
    SEQUENCE,
    BASIC_CONSTRAINTS,
    Buffer.from(TRUE),
    der(OCTETS, der(SEQUENCE, Buffer.from(TRUE))),
  );
  const isHost = der(
    SEQUENCE,
    ALTERNATIVE_NAME,
    der(OCTETS, der(SEQUENCE, der(0x82, Buffer.from(options.host)))),
  );
  const subject = "bench authority";
  const authority =
    options.of?.authority ??
    certificate(
      { subject, key: root.publicKey, extension: isAuthority, options: { host: "" } },
      subject,
      signer,
    );
  const server = certificate(
    { subject: options.host, key: leaf.publicKey, extension: isHost, options },
    subject,
    signer,
  );
  const lines = server.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return {
    authority,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: leaf.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    signer,
  };
}
