/** Which images this device takes, from its identity and its provisioning. */
import type { Hal } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { fromBase64 } from "../base/base64.ts";
import { type VendorKey, vendorKey } from "../image/key.ts";
import type { ImagePolicy } from "../image/policy.ts";
import { parseVersion } from "../image/version.ts";
import type { Provision } from "../account/provisioning.ts";

/**
 * Returns the policy. Its security counter is the provisioned one, or that of the running image if
 * it is higher and not on trial; the engine raises it to what it has confirmed. Throws when a key
 * or FwV is malformed.
 */
export function imagePolicy(hal: Hal, provision: Provision): ImagePolicy {
  const { vendorId, classId, FwV, securityCounter = 0 } = hal.identity;
  const runningVersion = parseVersion(FwV);
  assert(runningVersion !== undefined, `FwV ${FwV} is not MAJOR.MINOR.REVISION`);
  const { blocks, blockLength } = hal.staging.status();
  return {
    keys: vendorKeys(provision),
    vendorId,
    classId,
    runningVersion,
    securityCounter: hal.boot.running().trial
      ? provision.securityCounter
      : Math.max(provision.securityCounter, securityCounter),
    capacity: blocks * blockLength,
    headerSize: hal.boot.headerSize,
    allowDowngrade: provision.allowDowngrade,
  };
}

/** Returns the vendor's keys. Throws when one is malformed. */
export function vendorKeys({ keys }: Provision): readonly VendorKey[] {
  return keys.map(readKey);
}

function readKey(text: string, index: number): VendorKey {
  const [base = "", until] = text.split(" until ");
  const spki = fromBase64(base);
  const key = spki === undefined ? undefined : vendorKey(spki);
  assert(
    key !== undefined,
    `provision: keys[${index}] is not the public key (SPKI, base64) of an Ed25519 or P-256 pair`,
  );
  if (until === undefined) return key;
  assert(
    Number.isSafeInteger(Number(until)) && Number(until) > 0,
    `provision: keys[${index}] is revoked by no security counter`,
  );
  return { ...key, until: Number(until) };
}
