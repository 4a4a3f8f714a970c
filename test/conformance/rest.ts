/** The small parts of a HAL: clock, random bytes, identity. */
import type { Hal, Identity } from "../../hal/hal.ts";
import { equal, filled, hex } from "../../src/base/bytes.ts";
import { frozen } from "../../src/base/frozen.ts";
import { parseVersion } from "../../src/image/version.ts";
import { Checks, expect } from "./checks.ts";
import type { Check, Report } from "./order.ts";

const CLOCK_READS = 1000;
const RANDOM_BYTES = 4096;
/** As many are compared at a time: that many cannot be the same by chance. */
const COMPARED_BYTES = 16;
const FIRST_BYTES = 16;
const TEXTS = frozen(["DevId", "Man", "Mod", "Lang", "DevTyp", "OEM", "FwV", "SwV", "HwV"]);

/**
 * Called until `ms` have passed on the board's own clock since `from`. The rig compares with its
 * clock.
 */
export function clockChecks(hal: Hal, from: number, ms: number, now: number): Report | number {
  if (now < from + ms && now >= from) return from + ms;
  const checks = new Checks();
  checks.check("clock: it counts and never goes back", () => {
    let last = hal.now();
    expect(Number.isFinite(last) && last >= 0, `now() is ${last}`);
    expect(now >= from, `now() went from ${from} to ${now}`);
    for (let i = 0; i < CLOCK_READS; i++) {
      const next = hal.now();
      expect(next >= last, `now() went from ${last} to ${next}`);
      last = next;
    }
  });
  return { kind: "clock", elapsedMs: now - from, uptimeMs: now, checks: checks.list };
}

/**
 * Bytes for the rig to compare with those of other boots: in hexadecimal, undefined when there are
 * none. Call it before any other use of Hal.random.
 */
export function firstRandom(hal: Hal): string | undefined {
  const bytes = new Uint8Array(FIRST_BYTES);
  try {
    hal.random(bytes);
  } catch {
    return undefined;
  }
  return hex(bytes);
}

export function randomChecks(hal: Hal): readonly Check[] {
  const checks = new Checks();
  const bytes = new Uint8Array(RANDOM_BYTES);
  checks.check("random: two calls differ", () => {
    const first = new Uint8Array(16);
    const second = new Uint8Array(16);
    hal.random(first);
    hal.random(second);
    expect(!equal(first, second), "two calls gave the same 16 bytes");
  });
  checks.check("random: each bit is as often set as not", () => {
    hal.random(bytes);
    for (let bit = 0; bit < 8; bit++) {
      let set = 0;
      for (const byte of bytes) set += (byte >> bit) & 1;
      expect(
        set > RANDOM_BYTES * 0.4 && set < RANDOM_BYTES * 0.6,
        `bit ${bit} is set in ${set} of ${RANDOM_BYTES} bytes`,
      );
    }
  });
  checks.check("random: a long call does not repeat itself", () => {
    hal.random(bytes);
    const start = bytes.subarray(0, COMPARED_BYTES);
    for (let at = COMPARED_BYTES; at < RANDOM_BYTES; at += COMPARED_BYTES)
      expect(
        !equal(start, bytes.subarray(at, at + COMPARED_BYTES)),
        `the bytes at ${at} are those at the start`,
      );
  });
  checks.check("random: a view is filled as a view", () => {
    bytes.fill(0);
    hal.random(bytes.subarray(100, 200));
    expect(!filled(bytes, 100, 200, 0), "the view is still zero");
    expect(filled(bytes, 0, 100, 0) && filled(bytes, 200, 300, 0), "bytes beside the view changed");
  });
  return checks.list;
}

export function identityChecks(identity: Identity): readonly Check[] {
  const checks = new Checks();
  checks.check("identity: every text is there", () => {
    for (const name of TEXTS)
      expect(typeof identity[name] === "string" && identity[name] !== "", `${name} is empty`);
  });
  checks.check("identity: vendorId and classId have 16 bytes", () => {
    expect(
      identity.vendorId.length === 16 && identity.classId.length === 16,
      "not the length of a UUID",
    );
    expect(
      !filled(identity.vendorId, 0, 16, 0) && !filled(identity.classId, 0, 16, 0),
      "a UUID is all zero",
    );
  });
  checks.check("identity: FwV is MAJOR.MINOR.REVISION", () => {
    expect(parseVersion(identity.FwV) !== undefined, `FwV is ${identity.FwV}`);
  });
  return checks.list;
}
