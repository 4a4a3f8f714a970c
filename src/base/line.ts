/**
 * Lines of a log with text in them that somebody else has written: no control character gets
 * through, which could end the line and begin another one, or move the cursor of a terminal, and a
 * line is no longer than the log takes.
 */
import { find, findAny } from "./bytes.ts";
import { LOG_TEXT_BYTES_MAX } from "./limits.ts";
import { text, utf8 } from "./utf8.ts";

/** C0 without NUL, and DEL. */
const CONTROLS =
  "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f" +
  "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e" +
  "\u001f\u007f";
/** First bytes of C1, of the separators of lines and paragraphs, and of lone surrogates. */
const LEAD_C1 = 0xc2;
const LEAD_SEPARATOR = 0xe2;
const LEAD_SURROGATE = 0xed;
const CLIPPED = "…";
const CLIPPED_BYTES = 3;

/**
 * The text as it may stand in a log: controls, separators and lone surrogates as `\u000a`, and cut
 * off with an ellipsis after LOG_TEXT_BYTES_MAX bytes.
 */
export function line(value: string): string {
  const short = value.length > LOG_TEXT_BYTES_MAX ? value.slice(0, LOG_TEXT_BYTES_MAX) : value;
  const bytes = utf8(short);
  const plain = bytes.length === short.length;
  if (short === value && bytes.length <= LOG_TEXT_BYTES_MAX && nextSpecial(bytes, 0, plain) < 0)
    return value;
  return escaped(bytes, plain);
}

/** Cuts a longer text into such lines: at its own line ends, and where one is full. */
export function lines(value: string, show: (line: string) => void): void {
  const bytes = utf8(value);
  for (let from = 0; from < bytes.length; ) {
    const end = find(bytes, from, 0x0a);
    const to = characterEnd(bytes, from, end < 0 ? bytes.length : end, LINE_BYTES);
    if (to > from || end === from) show(line(text(bytes, from, to)));
    from = to === end ? to + 1 : to;
  }
}

/** What a line of a longer text has: escapes make it longer. */
const LINE_BYTES = LOG_TEXT_BYTES_MAX - 40;

/** Where bytes[from, to) is cut after so many bytes at most, between two characters. */
export function characterEnd(bytes: Uint8Array, from: number, to: number, most: number): number {
  if (to - from <= most) return to;
  let at = from + most;
  while (at > from && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

/** The index of the next character that is not shown as it is, or -1. `plain`: all are ASCII. */
function nextSpecial(bytes: Uint8Array, from: number, plain: boolean): number {
  let first = sooner(findAny(bytes, from, bytes.length, CONTROLS), find(bytes, from, 0));
  if (plain) return first;
  for (const lead of [LEAD_C1, LEAD_SEPARATOR, LEAD_SURROGATE]) {
    let at = find(bytes, from, lead);
    while (at >= 0 && !isSpecial(bytes, at)) at = find(bytes, at + 1, lead);
    first = sooner(first, at);
  }
  return first;
}

function sooner(a: number, b: number): number {
  if (a < 0 || b < 0) return Math.max(a, b);
  return Math.min(a, b);
}

/** True when the character that begins with one of the leads is C1, a separator or a surrogate. */
function isSpecial(bytes: Uint8Array, at: number): boolean {
  const second = bytes[at + 1] ?? 0;
  switch (bytes[at]) {
    case LEAD_C1:
      return second < 0xa0;
    case LEAD_SEPARATOR:
      return second === 0x80 && ((bytes[at + 2] ?? 0) & 0xfe) === 0xa8;
    default:
      return second >= 0xa0;
  }
}

function escaped(bytes: Uint8Array, plain: boolean): string {
  let result = "";
  let room = LOG_TEXT_BYTES_MAX - CLIPPED_BYTES;
  for (let from = 0; ; ) {
    const special = nextSpecial(bytes, from, plain);
    const end = special < 0 ? bytes.length : special;
    const to = characterEnd(bytes, from, end, room);
    result += text(bytes, from, to);
    room -= to - from;
    if (special < 0 && to === end) return result;
    if (to < end || room < ESCAPE_BYTES) return result + CLIPPED;
    result += escapeOf(bytes, special);
    room -= ESCAPE_BYTES;
    from = special + lengthOf(bytes[special] ?? 0);
  }
}

const ESCAPE_BYTES = 6;

function lengthOf(lead: number): number {
  if (lead < 0x80) return 1;
  return lead === LEAD_C1 ? 2 : 3;
}

function escapeOf(bytes: Uint8Array, at: number): string {
  const lead = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  let code = lead;
  if (lead === LEAD_C1) code = second;
  else if (lead >= 0x80) code = ((lead & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
