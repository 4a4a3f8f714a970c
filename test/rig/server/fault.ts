/**
 * How the servers of the rig misbehave: what, and at which requests. A fault of an answer is a line
 * of its type, its number and a case here. A fault of what a server does is also a line there.
 */
import { concatenation } from "../decode/concatenation.ts";
import { type Reply, textReply } from "./exchange.ts";
import { stopsOf } from "./loss.ts";

/** What goes wrong with one answer of the DM server. */
export type Misbehaviour =
  | { readonly what: "lose" } // the request never arrives
  | { readonly what: "drop" } // the request is dealt with, the answer never arrives
  | { readonly what: "duplicate" } // the answer before is sent again, the request is not looked at
  | { readonly what: "wrongMsgRef" }
  | { readonly what: "malformed" } // the XML breaks off inside an element
  | { readonly what: "oversize"; readonly bytes: number } // at least so long
  | { readonly what: "wrongCredentials" } // the server's own are wrong in this message
  | { readonly what: "staleNonce" } // good credentials are challenged again, once
  | { readonly what: "cut"; readonly bytes: number } // the connection ends (FIN) inside the body
  | { readonly what: "reset"; readonly bytes: number } // resets (RST) there; -1: before it
  | { readonly what: "restart" } // all sessions are forgotten before the request is looked at
  | { readonly what: "status"; readonly status: number } // an HTTP status and nothing else
  | { readonly what: "slow"; readonly delayMs: number }
  | { readonly what: "lossy"; readonly percent: number }; // so many segments are sent again

export type Fault = Misbehaviour & {
  /** The request, counted from 1 over the life of the server. */
  readonly at: number;
  /** How many requests in a row; 1 by default. */
  readonly times?: number;
  /** Only requests that report how an operation ended are counted. */
  readonly on?: "report";
};

/** What goes wrong with one answer of the package host. */
export type HostMisbehaviour =
  | { readonly what: "wholeAnswer" } // 200 and everything, though a range was asked for
  | { readonly what: "truncate"; readonly bytes: number } // ends (FIN) after so many bytes
  | { readonly what: "reset"; readonly bytes: number } // resets (RST) there; -1: before it
  | { readonly what: "stall"; readonly bytes: number } // there it stays, and nothing more comes
  | { readonly what: "wrongContentRange" } // the range says one byte later than it is
  | { readonly what: "slow"; readonly bytesPerSecond: number }
  | { readonly what: "lossy"; readonly percent: number } // so many segments are sent again
  | { readonly what: "status"; readonly status: number; readonly retryAfter?: number }
  | { readonly what: "redirect"; readonly to: string; readonly status?: number }
  | { readonly what: "changed" } // from here on the package is another one, with another ETag
  | { readonly what: "overlong"; readonly bytes: number } // more body than the package, announced
  | { readonly what: "corrupt"; readonly offset: number } // a wrong bit in this byte of the package
  | { readonly what: "noLength" } // no Content-Length
  | { readonly what: "page" } // a page of HTML, as of a captive portal
  | { readonly what: "silent" } // the connection stays, and nothing comes
  | { readonly what: "lose" }; // the connection closes before any answer

/** What a request to the package host is for; each is counted by itself. */
export type Resource = "package" | "descriptor" | "status";

export type HostFault = HostMisbehaviour & {
  /** The request, counted from 1. */
  readonly at: number;
  readonly times?: number;
  /** What has the fault; the package by default. */
  readonly on?: Resource;
};

/** What the DM server can do wrong, with the name of the number that it needs. */
export const DM_NUMBERS: { readonly [W in Misbehaviour["what"]]: string | undefined } = {
  lose: undefined,
  drop: undefined,
  duplicate: undefined,
  wrongMsgRef: undefined,
  malformed: undefined,
  oversize: "bytes",
  wrongCredentials: undefined,
  staleNonce: undefined,
  cut: "bytes",
  reset: "bytes",
  restart: undefined,
  status: "status",
  slow: "delayMs",
  lossy: "percent",
};

/** The same of the package host. Where a redirect goes is no number: it has no word. */
export const HOST_NUMBERS: {
  readonly [W in Exclude<HostMisbehaviour["what"], "redirect">]: string | undefined;
} = {
  wholeAnswer: undefined,
  truncate: "bytes",
  reset: "bytes",
  stall: "bytes",
  wrongContentRange: undefined,
  slow: "bytesPerSecond",
  lossy: "percent",
  status: "status",
  changed: undefined,
  overlong: "bytes",
  corrupt: "offset",
  noLength: undefined,
  page: undefined,
  silent: undefined,
  lose: undefined,
};

/** Longer than any client waits. */
const SILENCE_MS = 600_000;

/** The fault of that request, if any. */
export function faultAt<F extends { readonly at: number; readonly times?: number }>(
  faults: readonly F[],
  request: number,
): F | undefined {
  return faults.find((fault) => request >= fault.at && request < fault.at + (fault.times ?? 1));
}

/** What a server answers instead of looking at the request; undefined when it looks at it. */
export function answerInstead(
  fault: Misbehaviour | HostMisbehaviour | undefined,
): Reply | undefined {
  switch (fault?.what) {
    case "lose":
      return { ...textReply(500, "lost"), cutAt: -1 };
    case "status": {
      const after = "retryAfter" in fault ? fault.retryAfter : undefined;
      const headers: Reply["headers"] = after === undefined ? [] : [["retry-after", `${after}`]];
      return textReply(fault.status, "as told", headers);
    }
    case "redirect":
      return textReply(fault.status ?? 302, "elsewhere", [["location", fault.to]]);
    case "page":
      return page();
    default:
      return undefined;
  }
}

/** What becomes of a server's answer on its way. */
export function spoilt(reply: Reply, fault: Misbehaviour | HostMisbehaviour | undefined): Reply {
  switch (fault?.what) {
    case "drop":
      return { ...reply, cutAt: -1 };
    case "cut":
    case "truncate":
      return { ...reply, cutAt: fault.bytes };
    case "reset":
      return { ...reply, cutAt: fault.bytes, cutBy: "reset" };
    case "stall":
      return { ...reply, cutAt: fault.bytes, cutBy: "stall" };
    case "silent":
      return { ...reply, delayMs: SILENCE_MS };
    case "slow":
      return "delayMs" in fault
        ? { ...reply, delayMs: fault.delayMs }
        : { ...reply, bytesPerSecond: fault.bytesPerSecond };
    case "lossy":
      return { ...reply, stops: stopsOf(reply.body.length, fault.percent, reply.body.length) };
    case "malformed":
      return { ...reply, body: reply.body.subarray(0, reply.body.length - 20) };
    case "oversize":
      return { ...reply, body: longer(reply.body, fault.bytes, 0x20) };
    case "overlong":
      return { ...reply, body: longer(reply.body, fault.bytes, 0) };
    case "noLength":
      return { ...reply, headers: [...reply.headers, ["transfer-encoding", "chunked"]] };
    case "corrupt":
      return { ...reply, body: corrupted(reply, fault.offset) };
    case "wrongContentRange":
      return { ...reply, headers: shifted(reply.headers) };
    default:
      return reply;
  }
}

function longer(body: Uint8Array, bytes: number, filler: number): Uint8Array {
  return concatenation([body, new Uint8Array(bytes).fill(filler)]);
}

/** The body with one wrong bit in byte `offset` of the package, if that is in it. */
function corrupted({ headers, body }: Reply, offset: number): Uint8Array {
  const range = headers.find(([name]) => name === "content-range")?.[1];
  const at = offset - Number.parseInt((range ?? "bytes 0").slice("bytes ".length), 10);
  const wrong = Uint8Array.from(body);
  if (at >= 0 && at < wrong.length) wrong[at] = (wrong[at] ?? 0) ^ 1;
  return wrong;
}

/** Content-Range says one byte later than it is. */
function shifted(headers: Reply["headers"]): Reply["headers"] {
  const later = (value: string): string => {
    const rest = value.slice("bytes ".length);
    if (rest.startsWith("*")) return value;
    return `bytes ${Number.parseInt(rest, 10) + 1}${rest.slice(rest.indexOf("-"))}`;
  };
  return headers.map(
    ([name, value]) => [name, name === "content-range" ? later(value) : value] as const,
  );
}

function page(): Reply {
  const body = new TextEncoder().encode("<!DOCTYPE html><title>Sign in</title>");
  return { status: 200, headers: [["content-type", "text/html"]], body };
}
