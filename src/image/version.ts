/**
 * Version of an image, in MCUboot's four numbers: major and minor of 8 bits, revision of 16, build
 * of 32.
 */
import { frozen } from "../base/frozen.ts";
import { utf8 } from "../base/utf8.ts";

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly revision: number;
  readonly build: number;
}

const DOT = 0x2e;
const PLUS = 0x2b;
/** What follows each number, and the greatest that each may be. */
const SEPARATORS: readonly number[] = frozen([DOT, DOT, PLUS]);
const GREATEST: readonly number[] = frozen([0xff, 0xff, 0xffff, 0xffffffff]);

/**
 * Less than 0 when `a` is older than `b`, 0 when they are the same, else more than 0. The build
 * number counts.
 */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.revision - b.revision || a.build - b.build;
}

/** "1.2.3+4"; without "+4" when the build number is 0. */
export function versionText(version: Version): string {
  const core = `${version.major}.${version.minor}.${version.revision}`;
  return version.build === 0 ? core : `${core}+${version.build}`;
}

/**
 * The version in "1", "1.2", "1.2.3" or "1.2.3+4" (what is left out is 0), or undefined when it is
 * not one.
 */
export function parseVersion(text: string): Version | undefined {
  const numbers = [0, 0, 0, 0];
  let place = 0;
  let digits = 0;
  for (const byte of utf8(text)) {
    if (byte >= 0x30 && byte <= 0x39) {
      const number = (numbers[place] ?? 0) * 10 + byte - 0x30;
      if (number > (GREATEST[place] ?? 0)) return undefined;
      numbers[place] = number;
      digits++;
    } else {
      if (digits === 0 || byte !== SEPARATORS[place]) return undefined;
      place++;
      digits = 0;
    }
  }
  if (digits === 0) return undefined;
  return {
    major: numbers[0] ?? 0,
    minor: numbers[1] ?? 0,
    revision: numbers[2] ?? 0,
    build: numbers[3] ?? 0,
  };
}
