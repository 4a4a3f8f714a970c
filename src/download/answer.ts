/**
 * What an HTTP answer means for a download that stands at a certain byte. Pure; RFC 9110 §8.4,
 * §8.8, §13–15.
 */
import type { LinkHead } from "../../hal/hal.ts";
import { codingOf } from "../base/coding.ts";
import { decimal } from "../base/decimal.ts";
import { frozen } from "../base/frozen.ts";
import { VALIDATOR_LENGTH_MAX } from "../base/limits.ts";
import { RETRY_HEADERS, retryAfterMs } from "../base/retryafter.ts";
import { utf8 } from "../base/utf8.ts";
import { DESCRIPTOR_TYPE, mediaType } from "./descriptor.ts";
import type { DownloadReason } from "./port.ts";

/**
 * Where a download stands. `offset`: bytes that are there; `ranged`: what follows them was asked
 * for, and not the whole package; `size`, `validator`: of the package that they belong to. `types`:
 * what a descriptor has said, with the size, that it may be; undefined: no descriptor has said
 * anything.
 */
export interface Standing {
  readonly offset: number;
  readonly ranged: boolean;
  readonly size: number | undefined;
  readonly validator: string | undefined;
  readonly types: readonly string[] | undefined;
}

/**
 * `whole`: the package follows from byte 0; of `page`, it should be HTML. `part`: it follows from
 * where the request wanted it, up to `end`. `complete`: nothing is missing. `unranged`: another
 * try, for the whole package. `descriptor`: that of a package follows. `failed`: another try may
 * help when `again`, after `afterMs` at least. `why` is for the log.
 */
export type Verdict =
  | { readonly type: "descriptor"; readonly size: number | undefined }
  | {
      readonly type: "whole";
      readonly size: number | undefined;
      readonly validator: string | undefined;
      readonly page: boolean;
    }
  | { readonly type: "part"; readonly size: number | undefined; readonly end: number }
  | { readonly type: "complete" }
  | { readonly type: "unranged"; readonly reason: DownloadReason; readonly why: string }
  | { readonly type: "redirect"; readonly location: string }
  | {
      readonly type: "failed";
      readonly reason: DownloadReason;
      readonly why: string;
      readonly again: boolean;
      readonly afterMs: number;
    };

/** The headers that are looked at here. How long the body is, the link says. */
export const ANSWER_HEADERS: readonly string[] = frozen([
  "content-encoding",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
  "location",
  "set-cookie",
  ...RETRY_HEADERS,
]);

/** Lengths past this are not exact in a number. */
const LENGTH_MAX = 2 ** 53 - 1;
const REDIRECTS: readonly number[] = frozen([301, 302, 303, 307, 308]);
const PAGES: readonly string[] = frozen(["text/html", "application/xhtml+xml"]);

export function judge(head: LinkHead, standing: Standing): Verdict {
  const { status, headers } = head;
  const why = `HTTP ${status}`;
  if (status === 200 || status === 206) return judgeBody(head, standing);
  if (REDIRECTS.includes(status)) {
    const location = headers.get("location");
    return location === undefined || location === ""
      ? failed("serverError", false, `${why} without a Location that can be read`)
      : { type: "redirect", location };
  }
  if (status === 408) return failed("timeout", true, why);
  if (status === 429 || status === 503)
    return failed("serverUnavailable", true, why, retryAfterMs(headers));
  if (status === 416 && standing.ranged && isEnd(headers, standing)) return { type: "complete" };
  if (standing.ranged && ((status >= 400 && status < 500) || status === 501))
    return { type: "unranged", reason: "serverError", why };
  if (status === 401 || status === 407)
    return failed("authentication", false, `${why}: credentials of HTTP are not supported`);
  if (status === 403) return failed("authentication", false, why);
  if (status === 404 || status === 410) return failed("serverUnavailable", false, why);
  return failed("serverError", status >= 500, why, retryAfterMs(headers));
}

/** True when a package ends where ours does (RFC 9110 §15.5.17). */
function isEnd(headers: LinkHead["headers"], { offset, size }: Standing): boolean {
  const total = rangeOf(headers.get("content-range"))?.total;
  return total === offset && (size === undefined || size === total);
}

function judgeBody(head: LinkHead, standing: Standing): Verdict {
  const { status, headers } = head;
  const coding = codingOf(headers);
  if (coding !== undefined)
    return failed("serverError", false, `it sends a body coded with ${coding}, unasked`);
  const part = status === 206 ? partOf(head, standing) : "whole";
  const unusable: Verdict = standing.ranged
    ? { type: "unranged", reason: "serverError", why: "HTTP 206 with another part than asked for" }
    : failed("serverError", true, "HTTP 206, though the whole was asked for");
  if (part === undefined) return unusable;
  const { types } = standing;
  const type = mediaType(headers.get("content-type") ?? "");
  const page = PAGES.includes(type);
  if (types !== undefined && page) return failed("serverUnavailable", true, PAGE);
  if (types !== undefined && type !== "" && !types.includes(type))
    return failed("corrupt", false, `it sends ${type}, not what the descriptor said`);
  const isDescriptor = types === undefined && type === DESCRIPTOR_TYPE;
  if (part !== "whole") return isDescriptor ? unusable : judgePart(headers, part, standing);
  return isDescriptor
    ? { type: "descriptor", size: head.length }
    : judgeWhole(head, standing, page);
}

/** What is said of a page where a package is due: of a captive portal, or of a host in trouble. */
export const PAGE = "it sends a page of HTML, not a package";

/** A package of another size than its descriptor says is not the one that was described. */
function judgeWhole(
  { headers, length: size }: LinkHead,
  standing: Standing,
  page: boolean,
): Verdict {
  if (standing.types !== undefined && size !== undefined && size !== standing.size)
    return failed("corrupt", false, `it sends ${size} bytes, the descriptor said ${standing.size}`);
  return { type: "whole", size, validator: validatorOf(headers), page };
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly total: number | undefined;
}

/**
 * What a 206 brings: `whole` where that is all of the package, or nothing says that it is a part
 * and none was asked for; undefined where it cannot be used.
 */
function partOf({ headers, length }: LinkHead, standing: Standing): Range | "whole" | undefined {
  const { ranged, offset } = standing;
  const range = rangeOf(headers.get("content-range"));
  const multipart = mediaType(headers.get("content-type") ?? "").startsWith("multipart/");
  if (range === undefined) return ranged || multipart ? undefined : "whole";
  const { first, last, total } = range;
  if (length !== undefined && length !== last - first + 1) return undefined;
  if (first === 0 && last + 1 === total) return "whole";
  return first === (ranged ? offset : 0) ? range : undefined;
}

/**
 * A part must be of the same package and begin where ours ends; where it ends, the next request
 * goes on.
 */
function judgePart(headers: LinkHead["headers"], range: Range, standing: Standing): Verdict {
  const { size, validator, ranged } = standing;
  const changed = range.total !== undefined && size !== undefined && range.total !== size;
  const tag = headers.get("etag");
  if (ranged && (changed || (tag !== undefined && isTag(validator) && tag !== validator)))
    return { type: "unranged", reason: "network", why: "it has another package by now" };
  return { type: "part", size: range.total ?? size, end: range.last + 1 };
}

/**
 * What names this version of the package in If-Range: a strong ETag, or else Last-Modified (RFC
 * 9110 §13.1.5). One that is too long is none.
 */
function validatorOf(headers: LinkHead["headers"]): string | undefined {
  const tag = headers.get("etag");
  const validator = isTag(tag) ? tag : headers.get("last-modified");
  return validator !== undefined && validator.length > VALIDATOR_LENGTH_MAX ? undefined : validator;
}

function isTag(value: string | undefined): boolean {
  return value?.startsWith('"') === true;
}

/**
 * The parts of "bytes 0-9/10", "bytes 0-9/*" or "bytes *\/10" (RFC 9110 §14.4); undefined when it
 * is none of these.
 */
function rangeOf(value: string | undefined): Range | undefined {
  const [unit = "", ...words] = (value ?? "").trim().split(" ");
  if (unit.toLowerCase() !== "bytes") return undefined;
  const [range, length, ...more] = words.join("").split("/");
  if (range === undefined || length === undefined || more.length > 0) return undefined;
  const total = length === "*" ? undefined : decimal(utf8(length), LENGTH_MAX);
  if (length !== "*" && total === undefined) return undefined;
  if (range === "*") return total === undefined ? undefined : { first: -1, last: -1, total };
  const [from, to, ...rest] = range.split("-");
  const first = decimal(utf8(from ?? ""), LENGTH_MAX);
  const last = decimal(utf8(to ?? ""), LENGTH_MAX);
  if (
    first === undefined ||
    last === undefined ||
    rest.length > 0 ||
    last < first ||
    last >= (total ?? LENGTH_MAX)
  )
    return undefined;
  return { first, last, total };
}

function failed(reason: DownloadReason, again: boolean, why: string, afterMs = 0): Verdict {
  return { type: "failed", reason, again, why, afterMs };
}
