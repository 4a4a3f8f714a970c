/** The value of a node, on its way in or out. */
import { frozen } from "../base/frozen.ts";
import { find } from "../base/bytes.ts";
import { text } from "../base/utf8.ts";

export interface Value {
  /**
   * A SyncML format: chr, int, bin … `b64` says how the data travelled and fits every leaf;
   * empty: not said.
   */
  readonly format: string;
  /** A MIME type; empty: not said. */
  readonly type: string;
  readonly data: Uint8Array;
}

/** The characters of a value, or undefined when it is not text. */
export function textOf(data: Uint8Array): string | undefined {
  try {
    return text(data, 0, data.length);
  } catch {
    return undefined;
  }
}

/** Controls that no document may hold, but for NUL, which makes no text anyway (XML 1.0 §2.2). */
const CONTROLS: readonly number[] = frozen([
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0b, 0x0c, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13,
  0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
]);

/** True when the bytes are characters that a message in either encoding can carry as they are. */
export function isText(data: Uint8Array): boolean {
  const value = textOf(data);
  if (value === undefined || value.includes("\ufffe") || value.includes("\uffff")) return false;
  return CONTROLS.every((control) => find(data, 0, control) < 0);
}
