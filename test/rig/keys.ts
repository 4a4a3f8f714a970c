/** Key pairs of a vendor, as PEM files that imgtool reads and writes too. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { vendorKey, type VendorKey } from "../../src/image/key.ts";
import { Exit, RigError } from "./exit.ts";

export type KeyType = VendorKey["type"];

/** A new private key. */
export function generateKey(type: KeyType): KeyObject {
  return type === "ed25519"
    ? generateKeyPairSync("ed25519").privateKey
    : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** Reads a private key in PEM. Throws when the file is not one. */
export function readKey(path: string): KeyObject {
  return createPrivateKey(readFileSync(path));
}

/** Returns the private key in a file that the user named. Throws a RigError when it is none. */
export function readKeyFile(path: string): KeyObject {
  try {
    return readKey(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RigError(
      Exit.usage,
      `cannot read the key ${path}: ${reason}`,
      "xs-fumo keygen -o FILE makes one",
    );
  }
}

/**
 * Writes a private key in PEM (PKCS #8), readable by its owner alone. Throws when the file exists:
 * a vendor key is not overwritten.
 */
export function writeKey(path: string, key: KeyObject): void {
  writeFileSync(path, key.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
}

/** SubjectPublicKeyInfo of a private or public key, in DER. */
export function spkiOf(key: KeyObject): Buffer {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return publicKey.export({ type: "spki", format: "der" });
}

/**
 * The public part for the key list of boot code (hal/common/boot/image.h): SubjectPublicKeyInfo,
 * and behind it, where the key is revoked, the security counter that does it.
 */
export function bootKeyOf(key: KeyObject, until?: number): Buffer {
  if (until === undefined) return spkiOf(key);
  const integer = Buffer.from([0x02, 0x04, 0, 0, 0, 0]);
  integer.writeUInt32BE(until, 2);
  return Buffer.concat([spkiOf(key), integer]);
}

/** The public part, as firmware holds it. Throws when the key is of another kind. */
export function vendorKeyOf(key: KeyObject): VendorKey {
  const result = vendorKey(new Uint8Array(spkiOf(key)));
  if (result === undefined)
    throw new Error(`a vendor key is Ed25519 or P-256, not ${key.asymmetricKeyType ?? "this"}`);
  return result;
}
