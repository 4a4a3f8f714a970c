/**
 * UTF-8 with a short way for short ASCII, in the place of src/base/utf8.ts: the text of protocols
 * is hardly anything else.
 */
import {
  putElement as portableElement,
  putText as portablePut,
  putTexts as portableTexts,
  text as portableText,
  utf8 as portableUtf8,
} from "../../../src/base/utf8.ts";

export { checkUtf8 } from "../../../src/base/utf8.ts";

const SHORT = 64;

export function text(bytes: Uint8Array, from: number, to: number): string {
  if (from < 0 || to < from || to > bytes.length || to - from > SHORT)
    return portableText(bytes, from, to);
  let result = "";
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0x80;
    if (byte === 0 || byte > 0x7f) return portableText(bytes, from, to);
    result += String.fromCharCode(byte);
  }
  return result;
}

export function utf8(text: string): Uint8Array {
  if (text.length > SHORT) return portableUtf8(text);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return portableUtf8(text);
    bytes[i] = code;
  }
  return bytes;
}

/** As putText, of short ASCII that fits; undefined for what is none. */
function putAscii(target: Uint8Array, at: number, text: string): number | undefined {
  if (text.length > SHORT || at < 0 || at + text.length > target.length) return undefined;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return undefined;
    target[at + i] = code;
  }
  return at + text.length;
}

export function putText(target: Uint8Array, at: number, text: string): number {
  return putAscii(target, at, text) ?? portablePut(target, at, text);
}

export function putTexts(target: Uint8Array, at: number, a: string, b: string, c: string): number {
  return putAscii(target, at, a + b + c) ?? portableTexts(target, at, a, b, c);
}

export function putElement(
  target: Uint8Array,
  at: number,
  name: string,
  attributes: string,
  value: string,
): number {
  if (!/[&<>\r]/.test(value)) {
    const end = putAscii(target, at, `<${name}${attributes}>${value}</${name}>`);
    if (end !== undefined) return end;
  }
  return portableElement(target, at, name, attributes, value);
}

export function pastText(bytes: Uint8Array, at: number, value: string): number {
  const wanted = utf8(value);
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return -1;
  return at + wanted.length;
}
