/**
 * Global tokens, which mean the same on every code page (WBXML 1.3 §7.1), and the bits of a tag
 * (§5.8.1).
 */
import { frozen } from "../base/frozen.ts";

export const Global = frozen({
  switchPage: 0x00,
  end: 0x01,
  entity: 0x02,
  strI: 0x03,
  literal: 0x04,
  pi: 0x43,
  strT: 0x83,
  opaque: 0xc3,
});

/** A tag with content ends with END; one with attributes has their list before its content. */
export const CONTENT_BIT = 0x40;
export const ATTRIBUTES_BIT = 0x80;
/** What is left of a tag is its code; codes of a page begin here, below are global tokens. */
export const CODE_MASK = 0x3f;
export const CODE_MIN = 0x05;
