/** Who a board is: what every board of its kind has, and what its provisioning says otherwise. */
import { fromHex } from "../../../src/base/bytes.ts";
import { frozen } from "../../../src/base/frozen.ts";
import type { Identity } from "../../hal.ts";
import { securityCounter, version } from "./system.ts";

/**
 * As text: vendorId and classId are 32 hexadecimal digits. FwV and securityCounter are of what
 * runs.
 */
export interface GivenIdentity {
  readonly DevId: string;
  readonly Man: string;
  readonly Mod: string;
  readonly Lang: string;
  readonly DevTyp: string;
  readonly OEM: string;
  readonly SwV: string;
  readonly HwV: string;
  readonly vendorId: string;
  readonly classId: string;
}

/** Values of a board that is provisioned with none; `Mod` and the two identifiers are its own. */
const DEFAULTS = frozen({
  Man: "xs-fumo",
  Lang: "en",
  DevTyp: "device",
  OEM: "xs-fumo",
  SwV: "1.0",
  HwV: "1.0",
  vendorId: "00112233445566778899aabbccddeeff",
});

/** What a board has to say of itself; the rest has defaults. */
export type OwnIdentity = Pick<GivenIdentity, "DevId" | "Mod" | "classId"> & Partial<GivenIdentity>;

/**
 * Returns the identity of a board: members of `identity` in the provisioning text replace those of
 * `own`. Throws a sentence when an identifier is malformed.
 */
export function readIdentity(provisioning: string, own: OwnIdentity): Identity {
  const { identity } = JSON.parse(provisioning) as { identity?: Partial<GivenIdentity> };
  const given = { ...DEFAULTS, ...own, ...identity };
  return {
    ...given,
    FwV: version(),
    securityCounter: securityCounter(),
    vendorId: uuid(given.vendorId),
    classId: uuid(given.classId),
  };
}

function uuid(digits: string): Uint8Array {
  const bytes = fromHex(digits);
  if (bytes?.length !== 16) throw new Error(`provision: identity: ${digits} is no UUID`);
  return bytes;
}
