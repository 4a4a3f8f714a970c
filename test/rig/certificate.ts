/**
 * X.509 certificates for benches: an authority and a server below it, made anew for each bench (RFC
 * 5280 §4.1). Both have keys of P-256, unless other ones, and authorities in between, are asked
 * for.
 */
import { constants, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A key, and how it signs certificates: with SHA-256, of P-384 with SHA-384. */
export type KeyKind = "P-256" | "P-384" | "RSA" | "RSA-PSS";

export interface ServerCertificate {
  /** The authority's certificate, DER: what devices trust. */
  readonly authority: Buffer;
  /** The server's certificate and private key, PEM. */
  readonly certificate: string;
  readonly key: string;
  /** That certificate, and those of the authorities between it and the authority, PEM. */
  readonly chain: readonly string[];
  /** The authority's private key. */
  readonly signer: KeyObject;
  readonly kind: KeyKind;
}

export interface CertificateOptions {
  /** DNS name of the server, or an IPv4 address. */
  readonly host: string;
  /** Of its subject; `host` where it is not said. "": the subject is empty. */
  readonly subject?: string;
  /** Other names and addresses for which it is good, in front of that. */
  readonly names?: readonly string[];
  /** Of the authority, P-256 where it is not said; and of the server. */
  readonly kind?: KeyKind;
  readonly leaf?: KeyKind;
  /** Authorities between the two, from the upper one down. */
  readonly via?: readonly KeyKind[];
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
const NULL = Buffer.from([0x05, 0x00]);
const SHA256 = der(SEQUENCE, oid("608648016503040201"), NULL);
const PSS_SALT_BYTES = 32;
const PSS = der(
  SEQUENCE,
  der(0xa0, SHA256),
  der(0xa1, der(SEQUENCE, oid("2a864886f70d010108"), SHA256)),
  der(0xa2, der(INTEGER, Buffer.from([PSS_SALT_BYTES]))),
);
/** How each kind is named where it has signed (RFC 5758 §3.2, RFC 4055 §3, §5). */
const ALGORITHMS: { readonly [kind in KeyKind]: Buffer } = {
  "P-256": der(SEQUENCE, oid("2a8648ce3d040302")),
  "P-384": der(SEQUENCE, oid("2a8648ce3d040303")),
  RSA: der(SEQUENCE, oid("2a864886f70d01010b"), NULL),
  "RSA-PSS": der(SEQUENCE, oid("2a864886f70d01010a"), PSS),
};
const RSA_BITS = 2048;
const COMMON_NAME = oid("550403");
const BASIC_CONSTRAINTS = oid("551d13");
const ALTERNATIVE_NAME = oid("551d11");

function name(text: string): Buffer {
  if (text === "") return der(SEQUENCE);
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

function keyPair(kind: KeyKind): { publicKey: KeyObject; privateKey: KeyObject } {
  return kind === "P-256" || kind === "P-384"
    ? generateKeyPairSync("ec", { namedCurve: kind })
    : generateKeyPairSync("rsa", { modulusLength: RSA_BITS });
}

function signature(body: Buffer, { key, kind }: Issuer): Buffer {
  if (kind !== "RSA-PSS") return sign(kind === "P-384" ? "sha384" : "sha256", body, key);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return sign("sha256", body, { key, padding, saltLength: PSS_SALT_BYTES });
}

interface Subject {
  readonly subject: string;
  readonly key: KeyObject;
  readonly extension: Buffer;
  readonly options: CertificateOptions;
}

interface Issuer {
  readonly name: string;
  readonly key: KeyObject;
  readonly kind: KeyKind;
}

function certificate({ subject, key, extension, options }: Subject, issuer: Issuer): Buffer {
  const now = Date.now();
  const { notBefore = new Date(now - DAY_MS), notAfter = new Date(now + 30 * DAY_MS) } = options;
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const algorithm = ALGORITHMS[issuer.kind];
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    algorithm,
    name(issuer.name),
    der(SEQUENCE, time(notBefore), time(notAfter)),
    name(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  const signed = der(BITS, Buffer.from([0]), signature(body, issuer));
  return der(SEQUENCE, body, algorithm, signed);
}

const IS_AUTHORITY = der(
  SEQUENCE,
  BASIC_CONSTRAINTS,
  Buffer.from(TRUE),
  der(OCTETS, der(SEQUENCE, Buffer.from(TRUE))),
);

function alternativeName(text: string): Buffer {
  return isIPv4(text)
    ? der(0x87, Buffer.from(text.split(".").map(Number)))
    : der(0x82, Buffer.from(text));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function authorityOf(subject: string, key: KeyObject, issuer: Issuer): Buffer {
  return certificate({ subject, key, extension: IS_AUTHORITY, options: { host: "" } }, issuer);
}

/** A server's certificate, and the authority that vouches for it. */
export function makeCertificate(options: CertificateOptions): ServerCertificate {
  const { host, names = [], of, via = [] } = options;
  const kind = of?.kind ?? options.kind ?? "P-256";
  const root = keyPair(kind);
  const signer = of?.signer ?? root.privateKey;
  let issuer: Issuer = { name: "bench authority", key: signer, kind };
  const authority = of?.authority ?? authorityOf(issuer.name, root.publicKey, issuer);
  const between: string[] = [];
  for (const [index, below] of via.entries()) {
    const pair = keyPair(below);
    const next = { name: `bench authority ${index + 1}`, key: pair.privateKey, kind: below };
    between.unshift(pem(authorityOf(next.name, pair.publicKey, issuer)));
    issuer = next;
  }
  const leaf = keyPair(options.leaf ?? "P-256");
  const alternatives = [...names, host].map(alternativeName);
  const extension = der(SEQUENCE, ALTERNATIVE_NAME, der(OCTETS, der(SEQUENCE, ...alternatives)));
  const { subject = host } = options;
  const server = certificate({ subject, key: leaf.publicKey, extension, options }, issuer);
  const chain = [pem(server), ...between];
  return {
    authority,
    certificate: chain.join(""),
    chain,
    key: leaf.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    signer,
    kind,
  };
}
