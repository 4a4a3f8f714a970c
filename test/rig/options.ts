/**
 * Words of the command line made into values: each parser throws a message that commander shows
 * with the option's name.
 */
import { InvalidArgumentError } from "commander";
import { fromBase64 } from "../../src/base/base64.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { parseUrl } from "../../src/base/url.ts";
import type { Encoding } from "../../src/session/encoding.ts";
import { type FaultWord, parseFaultWord } from "./server/faultword.ts";
import { parseVersion, type Version } from "../../src/image/version.ts";
import { PART_NAMES, type PartName, SMALL } from "../../hal/xs/parts.ts";

export function versionOption(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined)
    throw new InvalidArgumentError(
      "A version is MAJOR.MINOR.REVISION or MAJOR.MINOR.REVISION+BUILD.",
    );
  return version;
}

export function countOption(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("A whole number is needed.");
  return value;
}

/** A URL as a device would read it; its own text is what the device gets. */
export function urlOption(text: string): string {
  const url = parseUrl(text);
  if (typeof url === "string") throw new InvalidArgumentError(`The URL ${url}.`);
  return text;
}

/** Bytes: "65536", "64KiB", "4MiB". */
export function sizeOption(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(KiB|MiB)?$/.exec(text) ?? [];
  if (digits === "")
    throw new InvalidArgumentError("A size is a number of bytes, or has the unit KiB or MiB.");
  return Number(digits) * (unit === "MiB" ? 1024 * 1024 : unit === "KiB" ? 1024 : 1);
}

/** A UUID, with or without dashes: 16 bytes. */
export function uuidOption(text: string): Uint8Array {
  const bytes = fromHex(text.replaceAll("-", ""));
  if (bytes?.length !== 16) throw new InvalidArgumentError("A UUID has 32 hexadecimal digits.");
  return bytes;
}

/** Parts of the client: "push,tnds", each once; "small" for those of the smallest product. */
export function partsOption(text: string): readonly PartName[] {
  if (text === "small") return SMALL;
  const words = text.split(",");
  const parts = PART_NAMES.filter((part) => words.includes(part));
  if (parts.length !== words.length)
    throw new InvalidArgumentError(
      `A list of ${PART_NAMES.join(", ")} is needed, with commas between them, or small.`,
    );
  return parts;
}

/** A nonce in base64. */
export function nonceOption(text: string): Uint8Array {
  const nonce = fromBase64(text);
  if (nonce === undefined) throw new InvalidArgumentError("A nonce is given in base64.");
  return nonce;
}

/** Where datagrams go. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** "127.0.0.1:2948", "2948" on this machine. */
export function addressOption(text: string): Address {
  const [, host = "127.0.0.1", digits = ""] = /^(?:(.+):)?(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port > 0 && port < 65536))
    throw new InvalidArgumentError("An address is HOST:PORT, or PORT on this machine.");
  return { host, port };
}

export const ENCODINGS: readonly Encoding[] = ["xml", "wbxml"];

/** One of a list of words. */
export function wordOption<T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined)
      throw new InvalidArgumentError(`One of ${words.join(", ")} is needed.`);
    return found;
  };
}

/** One more fault of the servers. */
export function faultOption(text: string, before: readonly FaultWord[]): readonly FaultWord[] {
  try {
    return [...before, parseFaultWord(text)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
