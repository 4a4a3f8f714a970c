/**
 * What a variant is made of: signed packages, and what the device is provisioned with. Made on
 * Node, which signs; it travels as text.
 */
import { base64, fromBase64 } from "../../../src/base/base64.ts";
import { parseProvision, type Provision } from "../../../src/account/provisioning.ts";
import type { Cut } from "../../../hal/sim/power.ts";
import type { Variant } from "./variant.ts";

export const SECRETS = ["device-secret", "server-secret"];
export const DM = "http://dm.example/dm";

export interface Images {
  readonly source: Uint8Array;
  readonly target: Uint8Array;
}

/** Made once for many runs. */
export interface Setting {
  readonly variant: Variant;
  readonly images: Images;
  /** What the server sends. */
  readonly offer: Uint8Array;
  /** Public keys of the vendor, SubjectPublicKeyInfo in base64; the boot selector's, in DER. */
  readonly keys: readonly string[];
  readonly bootKeys: Uint8Array;
  readonly provision: Provision;
}

/** A run, whole, as text for another engine. */
interface Parcel {
  readonly variant: Variant;
  readonly cuts: readonly Cut[];
  readonly source: string;
  readonly target: string;
  readonly offer: string;
  readonly keys: readonly string[];
}

export function provisionOf(keys: readonly string[]): Provision {
  return parseProvision(
    JSON.stringify({
      account: {
        serverId: "rig",
        address: DM,
        auth: "md5",
        name: "device",
        secret: SECRETS[0],
        serverAuth: "md5",
        serverName: "rig",
        serverSecret: SECRETS[1],
      },
      keys,
      objects: ["Main"],
      allowHttp: true,
      sessionAtBoot: true,
      pollSeconds: 60,
    }),
  );
}

export function pack({ variant, images, offer, keys }: Setting, cuts: readonly Cut[]): string {
  const parcel: Parcel = {
    variant,
    cuts,
    keys,
    source: base64(images.source),
    target: base64(images.target),
    offer: base64(offer),
  };
  return JSON.stringify(parcel);
}

export function unpack(text: string): { readonly setting: Setting; readonly cuts: readonly Cut[] } {
  const { variant, cuts, source, target, offer, keys } = JSON.parse(text) as Parcel;
  const images = { source: bytesIn(source), target: bytesIn(target) };
  const bootKeys = joined(keys.map(bytesIn));
  const provision = provisionOf(keys);
  return {
    cuts,
    setting: { variant, images, offer: bytesIn(offer), keys, bootKeys, provision },
  };
}

/** The keys one after another, as the boot selector has them. */
export function joined(keys: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(keys.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const key of keys) {
    result.set(key, at);
    at += key.length;
  }
  return result;
}

function bytesIn(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error("not base64");
  return bytes;
}
