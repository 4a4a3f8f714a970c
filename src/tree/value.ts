/** The value of a node, on its way in or out. */
import { text } from "../base/utf8.ts";

export interface Value {
  /** A SyncML format: chr, int, bin … `b64` says how the data travelled and fits every leaf; empty: not said. */
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
