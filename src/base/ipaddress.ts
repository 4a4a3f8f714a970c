/**
 * IP addresses as URLs write them out (RFC 3986 §3.2.2, RFC 4291 §2.2, RFC 5952), and which of
 * them are not on the public internet (RFC 6890).
 *
 * An IPv4 address is four decimal numbers. Resolvers read octal, hexadecimal and short forms too,
 * and people read those differently: they are no address here.
 */
import { decimal, hexDigit } from "./decimal.ts";
import { find } from "./bytes.ts";

const ZERO = 0x30;
const DOT = 0x2e;
const COLON = 0x3a;
const GROUPS = 8;

/** Returns the four numbers of an IPv4 address, or undefined. */
export function parseIPv4(bytes: Uint8Array): readonly number[] | undefined {
  const numbers: number[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const dot = find(bytes, from, DOT);
    const to = dot < 0 ? bytes.length : dot;
    const number = decimal(bytes.subarray(from, to), 255);
    const octal = to > from + 1 && bytes[from] === ZERO;
    if (number === undefined || octal || numbers.length === 4) return undefined;
    numbers.push(number);
    from = to + 1;
  }
  return numbers.length === 4 ? numbers : undefined;
}

/**
 * Returns the eight groups of an IPv6 address, written without brackets, or undefined. A zone
 * (`%eth0`) is no part of it.
 */
export function parseIPv6(bytes: Uint8Array): readonly number[] | undefined {
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  if (bytes[0] === COLON) {
    if (bytes[1] !== COLON) return undefined;
    gap = 0;
    at = 2;
  }
  while (at < bytes.length) {
    if (groups.length === GROUPS) return undefined;
    if (bytes[at] === COLON) {
      if (gap >= 0) return undefined;
      gap = groups.length;
      at++;
      continue;
    }
    const end = endOfGroup(bytes, at);
    if (bytes[end] === DOT) {
      const numbers = groups.length <= GROUPS - 2 ? parseIPv4(bytes.subarray(at)) : undefined;
      if (numbers === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = numbers;
      groups.push((a << 8) | b, (c << 8) | d);
      break;
    }
    if (end === at || (end < bytes.length && bytes[end] !== COLON)) return undefined;
    groups.push(groupOf(bytes, at, end));
    if (end + 1 === bytes.length) return undefined;
    at = end + 1;
  }
  if (gap < 0) return groups.length === GROUPS ? groups : undefined;
  if (groups.length === GROUPS) return undefined;
  const zeros = new Array<number>(GROUPS - groups.length).fill(0);
  return [...groups.slice(0, gap), ...zeros, ...groups.slice(gap)];
}

/** Returns the index behind the hexadecimal digits at `at`, of which a group has at most four. */
function endOfGroup(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && end < at + 4 && hexDigit(bytes[end] ?? 0) >= 0) end++;
  return end;
}

function groupOf(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 16 + hexDigit(bytes[at] ?? 0);
  return value;
}

/**
 * Returns the one spelling of an IPv6 address (RFC 5952 §4): lower case, and "::" for the first of
 * the longest runs of two or more zeros.
 */
export function ipv6Text(groups: readonly number[]): string {
  let gap = -1;
  let length = 1;
  for (let from = 0; from < GROUPS; from++) {
    let to = from;
    while (to < GROUPS && groups[to] === 0) to++;
    if (to - from > length) {
      gap = from;
      length = to - from;
    }
  }
  const words = groups.map((group) => group.toString(16));
  if (gap < 0) return words.join(":");
  return `${words.slice(0, gap).join(":")}::${words.slice(gap + length).join(":")}`;
}

/**
 * Returns true for loopback, link-local, private, shared and test networks, and for what is no
 * host's address.
 */
export function isPrivateIPv4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  return (
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && (b === 168 || (b === 0 && c === 0))) ||
    (a === 198 && (b === 18 || b === 19))
  );
}

/**
 * Returns true for all but global unicast, 2000::/3 (RFC 4291 §2.4). An address in which an IPv4
 * address is hidden counts as private too: mapped, translated (NAT64), 6to4 2002::/16, Teredo
 * 2001::/32.
 */
export function isPrivateIPv6([first = 0, second = 0]: readonly number[]): boolean {
  return first >> 13 !== 1 || first === 0x2002 || (first === 0x2001 && second === 0);
}
