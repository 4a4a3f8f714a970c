/** Signed images of a few hundred bytes, for tests of the boot selector. */
import type { KeyObject } from "node:crypto";
import { buildImage, type ImageContent } from "../../rig/image.ts";
import { bootKeyOf, generateKey, spkiOf } from "../../rig/keys.ts";

export const KEY = generateKey("ed25519");
/** What the selector takes for the vendor's only key. */
export const BOOT_KEYS = new Uint8Array(spkiOf(KEY));

/** Version `major`; its payload has 100 bytes. */
export function signed(major: number, more: Partial<ImageContent> = {}): Uint8Array {
  return new Uint8Array(
    buildImage({
      payload: Buffer.alloc(100, major),
      version: { major, minor: 0, revision: 0, build: 0 },
      key: KEY,
      ...more,
    }),
  );
}

/** Keys one after another; each may have the security counter that revokes it. */
export function keyList(
  ...keys: readonly (readonly [key: KeyObject, until?: number])[]
): Uint8Array {
  return new Uint8Array(Buffer.concat(keys.map(([key, until]) => bootKeyOf(key, until))));
}
