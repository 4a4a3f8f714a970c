/**
 * Serves a package for download, directly and by a download descriptor whose status reports it
 * takes: ranges, validators (RFC 9110 §13, §14) and the faults that devices meet. Pure, like the DM
 * server.
 */
import { hex } from "../../../src/base/bytes.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { DESCRIPTOR_TYPE, type DescriptorOptions, descriptorOf } from "./descriptor.ts";
import type { EventSink } from "./event.ts";
import { concatenation } from "../decode/concatenation.ts";
import { readable, type Reply, type Request, textReply } from "./exchange.ts";
import { faultAt } from "./fault.ts";

/** What goes wrong with one answer. */
export type HostMisbehaviour =
  | { readonly what: "wholeAnswer" } // 200 and everything, though a range was asked for
  | { readonly what: "truncate"; readonly bytes: number } // ends (FIN) after so many bytes
  | { readonly what: "reset"; readonly bytes: number } // resets (RST) there; -1: before it
  | { readonly what: "stall"; readonly bytes: number } // there it stays, and nothing more comes
  | { readonly what: "wrongContentRange" } // the range says one byte later than it is
  | { readonly what: "slow"; readonly bytesPerSecond: number }
  | { readonly what: "status"; readonly status: number; readonly retryAfter?: number }
  | { readonly what: "redirect"; readonly to: string; readonly status?: number }
  | { readonly what: "changed" } // from here on the package is another one, with another ETag
  | { readonly what: "overlong"; readonly bytes: number } // more body than the package, announced
  | { readonly what: "corrupt"; readonly offset: number } // a wrong bit in this byte of the package
  | { readonly what: "noLength" } // no Content-Length
  | { readonly what: "page" } // a page of HTML, as of a captive portal
  | { readonly what: "silent" } // the connection stays, and nothing comes
  | { readonly what: "lose" }; // the connection closes before any answer

/** Longer than any client waits. */
const SILENCE_MS = 600_000;

/** What a request is for; each is counted by itself. */
export type Resource = "package" | "descriptor" | "status";

export type HostFault = HostMisbehaviour & {
  /** The request, counted from 1. */
  readonly at: number;
  readonly times?: number;
  /** What has the fault; the package by default. */
  readonly on?: Resource;
};

export interface HostOptions {
  /**
   * Path of the package, `/package` by default. `PATH/hop/N` redirects N times before it gives the
   * package, `PATH.dd` is its descriptor, `PATH.status` takes status reports.
   */
  readonly path?: string;
  readonly data: Uint8Array;
  /** What is served after the fault `changed`. */
  readonly changed?: Uint8Array;
  /** False: ranges are ignored, as by a simple server. */
  readonly ranges?: boolean;
  /** False: no ETag. */
  readonly validator?: boolean;
  readonly descriptor?: DescriptorOptions;
  readonly faults?: readonly HostFault[];
  readonly emit?: EventSink;
}

export class PackageHost {
  readonly path: string;
  readonly #options: HostOptions;
  /** Statuses that were reported, in order. */
  readonly statuses: string[] = [];
  #data: Uint8Array;
  /** The ETag of #data, once it was asked for. */
  #tag: string | undefined;
  readonly #requests = { package: 0, descriptor: 0, status: 0 };
  readonly #faults: HostFault[];

  constructor(options: HostOptions) {
    this.#options = options;
    this.#faults = [...(options.faults ?? [])];
    this.path = options.path ?? "/package";
    this.#data = options.data;
  }

  /** Another host that goes on from here. */
  fork(emit: EventSink): PackageHost {
    const fork = new PackageHost({ ...this.#options, emit });
    fork.#data = this.#data;
    fork.#tag = this.#tag;
    Object.assign(fork.#requests, this.#requests);
    fork.#faults.splice(0, fork.#faults.length, ...this.#faults);
    fork.statuses.push(...this.statuses);
    return fork;
  }

  /** The next requests for `on` meet this fault: the number of the first of them. */
  misbehave(fault: HostMisbehaviour, on: Resource, times = 1): number {
    const at = this.#requests[on] + 1;
    this.#faults.unshift({ ...fault, on, at, times });
    return at;
  }

  /** What `fork` takes along, as values. */
  durable(): readonly unknown[] {
    return [this.#data === this.#options.data, { ...this.#requests }, this.statuses];
  }

  handle(request: Request): Reply {
    const reply = this.#reply(request);
    const { method, url } = request;
    this.#options.emit?.({
      kind: "request",
      method,
      url,
      range: request.headers.get("range") ?? "",
      status: reply.status,
      bytes: reply.body.length,
    });
    return reply;
  }

  #reply(request: Request): Reply {
    const path = request.url.split("?")[0] ?? "";
    const resource = this.#resource(path);
    const post = resource === "status";
    if (post ? request.method !== "POST" : request.method !== "GET" && request.method !== "HEAD") {
      return textReply(405, "another method", [["allow", post ? "POST" : "GET, HEAD"]]);
    }
    if (resource === undefined) return this.#hop(path);
    const faults = this.#faults.filter(({ on = "package" }) => on === resource);
    const count = ++this.#requests[resource];
    const fault = faultAt(faults, count);
    if (fault !== undefined)
      this.#options.emit?.({
        kind: "fault",
        what: `${fault.what} at ${resource} request ${count}`,
      });
    switch (fault?.what) {
      case "lose":
        return { ...textReply(500, "lost"), cutAt: -1 };
      case "status": {
        const { status, retryAfter } = fault;
        return textReply(
          status,
          "as told",
          retryAfter === undefined ? [] : [["retry-after", `${retryAfter}`]],
        );
      }
      case "redirect":
        return textReply(fault.status ?? 302, "elsewhere", [["location", fault.to]]);
      case "page":
        return page();
      case "changed":
        this.#data = this.#options.changed ?? Uint8Array.from(this.#data, (byte) => byte ^ 1);
        this.#tag = undefined;
        break;
    }
    if (post) return this.#spoil(this.#take(request), fault);
    return this.#spoil(
      resource === "descriptor"
        ? this.#descriptor()
        : this.#package(request, fault?.what === "wholeAnswer"),
      fault,
    );
  }

  #resource(path: string): Resource | undefined {
    if (path === this.path) return "package";
    return path === `${this.path}.dd`
      ? "descriptor"
      : path === `${this.path}.status`
        ? "status"
        : undefined;
  }

  #descriptor(): Reply {
    const { data, descriptor = {} } = this.#options;
    const name = this.path.slice(this.path.lastIndexOf("/") + 1);
    const type = descriptor.contentType ?? DESCRIPTOR_TYPE;
    return {
      status: 200,
      headers: [["content-type", type]],
      body: descriptorOf(name, data.length, descriptor),
    };
  }

  #take({ body }: Request): Reply {
    const text = readable(body).trim();
    this.statuses.push(text);
    this.#options.emit?.({ kind: "download", status: Number.parseInt(text, 10), text });
    return textReply(200, "thank you");
  }

  #hop(path: string): Reply {
    const prefix = `${this.path}/hop/`;
    const left = Number(path.slice(prefix.length));
    if (!path.startsWith(prefix) || !(left >= 0)) return textReply(404, "no such package");
    return textReply(302, "further", [["location", left > 1 ? `${prefix}${left - 1}` : this.path]]);
  }

  #package(request: Request, whole: boolean): Reply {
    const data = this.#data;
    const total = data.length;
    const tag = (this.#tag ??= tagOf(data));
    const headers: [string, string][] = [
      ["content-type", "application/octet-stream"],
      ["accept-ranges", "bytes"],
    ];
    if (this.#options.validator !== false) headers.push(["etag", tag]);
    const asked =
      this.#options.ranges === false || whole ? undefined : request.headers.get("range");
    const condition = request.headers.get("if-range");
    if (asked === undefined || (condition !== undefined && condition !== tag))
      return { status: 200, headers, body: data };
    const match = /^bytes=(\d+)-(\d*)$/.exec(asked);
    if (match === null) return { status: 200, headers, body: data };
    const from = Number(match[1]);
    const to = Math.min(match[2] === "" ? total : Number(match[2]) + 1, total);
    if (from >= total || to <= from)
      return textReply(416, "no such range", [["content-range", `bytes */${total}`]]);
    return {
      status: 206,
      headers: [...headers, ["content-range", `bytes ${from}-${to - 1}/${total}`]],
      body: data.subarray(from, to),
    };
  }

  #spoil(reply: Reply, fault: HostFault | undefined): Reply {
    switch (fault?.what) {
      case "silent":
        return { ...reply, delayMs: SILENCE_MS };
      case "truncate":
        return { ...reply, cutAt: fault.bytes };
      case "reset":
        return { ...reply, cutAt: fault.bytes, cutBy: "reset" };
      case "stall":
        return { ...reply, cutAt: fault.bytes, cutBy: "stall" };
      case "slow":
        return { ...reply, bytesPerSecond: fault.bytesPerSecond };
      case "overlong":
        return { ...reply, body: concatenation([reply.body, new Uint8Array(fault.bytes)]) };
      case "noLength":
        return { ...reply, headers: [...reply.headers, ["transfer-encoding", "chunked"]] };
      case "corrupt": {
        const from = Number(/^bytes (\d+)/.exec(header(reply, "content-range") ?? "bytes 0")?.[1]);
        const body = Uint8Array.from(reply.body);
        const at = fault.offset - from;
        if (at >= 0 && at < body.length) body[at] = (body[at] ?? 0) ^ 1;
        return { ...reply, body };
      }
      case "wrongContentRange": {
        const shift = (value: string): string =>
          value.replace(/\d+/, (digits) => `${Number(digits) + 1}`);
        const headers = reply.headers.map(
          ([name, value]) => [name, name === "content-range" ? shift(value) : value] as const,
        );
        return { ...reply, headers };
      }
      default:
        return reply;
    }
  }
}

function page(): Reply {
  const body = new TextEncoder().encode("<!DOCTYPE html><title>Sign in</title>");
  return { status: 200, headers: [["content-type", "text/html"]], body };
}

function tagOf(data: Uint8Array): string {
  const hash = new Sha256();
  const digest = new Uint8Array(32);
  hash.update(data);
  hash.digest(digest);
  return `"${hex(digest.subarray(0, 8))}"`;
}

/** The value of a header of a reply. */
function header(reply: Reply, name: string): string | undefined {
  return reply.headers.find(([other]) => other === name)?.[1];
}
