/**
 * URIs of the management tree (OMA-TS-DM-TND §4, OMA-TS-DM-Protocol §8.2): segments between
 * slashes, relative to the root ".".
 *
 * `./A/b`, `A/b` name the same node; `.`, `./` and the empty URI name the root. A query is split
 * off: `?prop=ACL`, `?list=Struct`.
 * Segments are compared byte by byte, unescaped.
 */
import { find, findAny } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { NODE_NAME_BYTES_MAX, URI_BYTES_MAX, URI_DEPTH_MAX } from "../base/limits.ts";
import { text, utf8 } from "../base/utf8.ts";
import { Status } from "../syncml/status.ts";

export interface Query {
  readonly kind: "prop" | "list";
  readonly value: string;
}

export interface Uri {
  /** Names from the root down; none for the root. */
  readonly segments: readonly string[];
  readonly query?: Query;
}

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const NUL = 0;
/** Control characters, but for NUL, which no text of a search can have. */
const CONTROLS = frozen(String.fromCharCode(...Array.from({ length: 31 }, (_, i) => i + 1), 0x7f));

/** What is wrong with the bytes of one segment: a status, or 0. */
function segmentProblem(bytes: Uint8Array, from: number, to: number): number {
  if (to === from) return Status.notFound;
  if (to - from > NODE_NAME_BYTES_MAX) return Status.uriTooLong;
  if (findAny(bytes, from, to, CONTROLS) >= 0) return Status.notFound;
  const nul = find(bytes, from, NUL);
  return nul >= 0 && nul < to ? Status.notFound : 0;
}

function parseQuery(query: string): Query | number {
  if (query.startsWith("prop=")) return { kind: "prop", value: query.slice(5) };
  if (query.startsWith("list=")) return { kind: "list", value: query.slice(5) };
  return Status.notSupported;
}

/** The names in bytes[from, to), or a status. */
function parseSegments(bytes: Uint8Array, from: number, to: number): readonly string[] | number {
  const segments: string[] = [];
  while (from < to) {
    const slash = find(bytes, from, SLASH);
    const end = slash < 0 || slash > to ? to : slash;
    const problem = segmentProblem(bytes, from, end);
    if (problem !== 0) return problem;
    const segment = text(bytes, from, end);
    if (segment === "." || segment === "..") return Status.notFound;
    if (segments.length === URI_DEPTH_MAX) return Status.uriTooLong;
    segments.push(segment);
    if (end + 1 === to) return Status.notFound;
    from = end + 1;
  }
  return segments;
}

/**
 * Reads a LocURI. Otherwise a status: 414 when the URI, a segment or the depth is past its limit,
 * 404 when no node can have that name (empty segments, a slash at the end, dots, control
 * characters), 406 for a query that is not `prop` or `list`.
 */
export function parseUri(uri: string): Uri | number {
  const bytes = utf8(uri);
  if (bytes.length > URI_BYTES_MAX) return Status.uriTooLong;
  const mark = find(bytes, 0, QUESTION_MARK);
  const end = mark < 0 ? bytes.length : mark;
  const from = uri === "." || uri.startsWith("./") || uri.startsWith(".?") ? Math.min(2, end) : 0;
  const segments = parseSegments(bytes, from, end);
  if (typeof segments === "number") return segments;
  if (mark < 0) return { segments };
  const query = parseQuery(text(bytes, mark + 1, bytes.length));
  return typeof query === "number" ? query : { segments, query };
}

/** The one spelling of a node's URI: `./A/b`, and `.` for the root. */
export function uriText(segments: readonly string[]): string {
  return segments.length === 0 ? "." : `./${segments.join("/")}`;
}

/** True for a name that a node can be given: the limits and characters of one segment. */
export function validName(name: string): boolean {
  const bytes = utf8(name);
  return (
    segmentProblem(bytes, 0, bytes.length) === 0 &&
    find(bytes, 0, SLASH) < 0 &&
    find(bytes, 0, QUESTION_MARK) < 0 &&
    name !== "." &&
    name !== ".."
  );
}
