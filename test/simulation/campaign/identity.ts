/** Who the devices of the campaign are, and what packages for them must be made for. */
import type { Identity } from "../../../hal/hal.ts";

export const VENDOR_ID = new Uint8Array(16).fill(0x11);
export const CLASS_ID = new Uint8Array(16).fill(0x22);

/** The device while firmware of that major version runs; its security counter is the same. */
export function identityOf(major: number): Identity {
  return {
    DevId: "urn:uuid:00000000-0000-4000-8000-000000000003",
    Man: "xs-fumo",
    Mod: "sim",
    Lang: "en",
    DevTyp: "device",
    OEM: "xs-fumo",
    SwV: "1",
    HwV: "1",
    FwV: `${major}.0.0`,
    vendorId: VENDOR_ID,
    classId: CLASS_ID,
    securityCounter: major,
  };
}
