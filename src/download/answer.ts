/**
 * What an HTTP answer means for a download that stands at a certain byte. Pure; RFC 9110 §8.8,
 * §13–15.
 */
import type { LinkHead } from "../../hal/hal.ts";
import { decimal } from "../base/decimal.ts";
import { frozen } from "../base/frozen.ts";
import { VALIDATOR_LENGTH_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import { DESCRIPTOR_TYPE, mediaType } from "./descriptor.ts";
import type { DownloadReason } from "./port.ts";

/**
 * Where a download stands. `offset`: bytes that are there; `size`, `validator`: of the package that
 * they belong to. `types`: what a descriptor has said, with the size, that it may be; undefined: no
 * descriptor has said anything.
 */
export interface Standing {
  readonly offset: number;
  readonly size: number | undefined;
  readonly validator: string | undefined;
  readonly types: readonly string[] | undefined;
}

/**
 * `whole`: the package follows from byte 0. `part`: it follows from where it stands. `complete`:
 * nothing is missing. `changed`: start over,
 * without a range. `descriptor`: that of a package follows. `failed`: another try may help when
 * `again`, after `afterMs` at least.
 */
export type Verdict =
  | { readonly type: "descriptor"; readonly size: number | undefined }
  | {
      readonly type: "whole";
      readonly size: number | undefined;
      readonly validator: string | undefined;
    }
  | { readonly type: "part"; readonly size: number | undefined; readonly end: number }
  | { readonly type: "complete" }
  | { readonly type: "changed" }
  | { readonly type: "redirect"; readonly location: string }
  | {
      readonly type: "failed";
      readonly reason: DownloadReason;
      readonly again: boolean;
      readonly afterMs: number;
    };

/** The headers that are looked at here. */
export const ANSWER_HEADERS: readonly string[] = frozen([
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
  "location",
  "retry-after",
]);

/** Lengths past this are not exact in a number. */
const LENGTH_MAX = 2 ** 53 - 1;

export function judge(head: LinkHead, standing: Standing): Verdict {
  const { status, headers } = head;
  if (status === 200 || status === 206) {
    const coding = headers.get("content-encoding");
    if (coding !== undefined && coding !== "identity") return failed("serverError", false);
    const type = mediaType(headers.get("content-type") ?? "");
    if (standing.types !== undefined && type !== "" && !standing.types.includes(type))
      return failed("corrupt", false);
    const isDescriptor = standing.types === undefined && type === DESCRIPTOR_TYPE;
    return status === 200
      ? judgeWhole(headers, standing, isDescriptor)
      : isDescriptor
        ? { type: "changed" }
        : judgePart(headers, standing);
  }
  if (status === 301 || status === 302 || status === 303 || status === 307 || status === 308) {
    const location = headers.get("location");
    return location === undefined ? failed("serverError", false) : { type: "redirect", location };
  }
  if (status === 416 && standing.offset > 0) {
    const total = rangeOf(headers.get("content-range"))?.total;
    return total !== undefined && total === standing.offset && total === standing.size
      ? { type: "complete" }
      : { type: "changed" };
  }
  if (status === 401 || status === 403 || status === 407) return failed("authentication", false);
  if (status === 404 || status === 410) return failed("serverUnavailable", false);
  if (status === 408) return failed("timeout", true);
  if (status === 429 || status === 503)
    return failed("serverUnavailable", true, retryAfterMs(headers.get("retry-after")));
  return failed("serverError", status >= 500);
}

/** A package of another size than its descriptor says is not the one that was described. */
function judgeWhole(
  headers: LinkHead["headers"],
  standing: Standing,
  isDescriptor: boolean,
): Verdict {
  const length = headers.get("content-length");
  const size = length === undefined ? undefined : decimal(utf8(length), LENGTH_MAX);
  if (length !== undefined && size === undefined) return failed("serverError", true);
  if (isDescriptor) return { type: "descriptor", size };
  if (standing.types !== undefined && size !== undefined && size !== standing.size)
    return failed("corrupt", false);
  return { type: "whole", size, validator: validatorOf(headers) };
}

/**
 * A part must be of the same package and begin where ours ends; where it ends, the next request
 * goes on.
 */
function judgePart(headers: LinkHead["headers"], standing: Standing): Verdict {
  const range = rangeOf(headers.get("content-range"));
  if (standing.offset === 0 || range === undefined || range.first !== standing.offset)
    return failed("serverError", true);
  const changed =
    range.total !== undefined && standing.size !== undefined && range.total !== standing.size;
  const tag = headers.get("etag");
  if (changed || (tag !== undefined && isTag(standing.validator) && tag !== standing.validator))
    return { type: "changed" };
  return { type: "part", size: range.total ?? standing.size, end: range.last + 1 };
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
function rangeOf(
  value: string | undefined,
): { first: number; last: number; total: number | undefined } | undefined {
  if (value === undefined || !value.startsWith("bytes ")) return undefined;
  const [range, length, ...more] = value.substring(6).split("/");
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

/** Only seconds: a device has no date to hold the other form against. */
function retryAfterMs(value: string | undefined): number {
  return (decimal(utf8(value ?? ""), LENGTH_MAX / 1000) ?? 0) * 1000;
}

function failed(reason: DownloadReason, again: boolean, afterMs = 0): Verdict {
  return { type: "failed", reason, again, afterMs };
}
