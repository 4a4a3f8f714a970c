/** Images that the vendor has not signed, made of one that it has. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { area, record } from "../image.ts";
import { spkiOf } from "../keys.ts";

const UNPROTECTED_MAGIC = 0x6907;
const KEY_HASH = 0x01;
const ED25519 = 0x24;
const P256 = 0x22;

interface Tlv {
  readonly type: number;
  readonly value: Buffer;
}

/**
 * Returns a stranger's image, and one with the name of the vendor's key over a stranger's
 * signature, by the paths under which the rig serves them. None of an image without a signature.
 */
export function strangersOf(image: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const bytes = Buffer.from(image);
  const from = bytes.readUInt16LE(8) + bytes.readUInt16LE(10) + bytes.readUInt32LE(12);
  const signed = bytes.subarray(0, from);
  const records = recordsOf(bytes.subarray(from));
  const type = records.find((each) => each.type === ED25519 || each.type === P256)?.type;
  if (type === undefined) return {};
  const key = keyOf(type);
  const signature = signatureOf(signed, key);
  const hash = createHash("sha256").update(spkiOf(key)).digest();
  const forged = (withHash: boolean): Buffer => {
    const made = records.map((each) => {
      if (each.type === type) return record(type, signature);
      return record(each.type, withHash && each.type === KEY_HASH ? hash : each.value);
    });
    return Buffer.concat([signed, area(UNPROTECTED_MAGIC, made)]);
  };
  return { "/stranger": forged(true), "/forged": forged(false) };
}

function recordsOf(bytes: Buffer): readonly Tlv[] {
  const records: Tlv[] = [];
  for (let at = 4; at < bytes.readUInt16LE(2); ) {
    const length = bytes.readUInt16LE(at + 2);
    records.push({ type: bytes.readUInt16LE(at), value: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return records;
}

function keyOf(type: number): KeyObject {
  return type === ED25519
    ? generateKeyPairSync("ed25519").privateKey
    : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

function signatureOf(signed: Buffer, key: KeyObject): Buffer {
  return key.asymmetricKeyType === "ed25519"
    ? sign(null, createHash("sha256").update(signed).digest(), key)
    : sign("sha256", signed, { key, dsaEncoding: "der" });
}
