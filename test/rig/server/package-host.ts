/**
 * Serves a package for download, directly and by a download descriptor whose status reports it
 * takes: ranges, validators (RFC 9110 §13, §14) and the faults that devices meet. Pure, like the
 * DM server.
 */
import { hex } from "../../../src/base/bytes.ts";
import { decimal } from "../../../src/base/decimal.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { DESCRIPTOR_TYPE, type DescriptorOptions, descriptorOf } from "./descriptor.ts";
import type { EventSink } from "./event.ts";
import { readable, type Reply, type Request, textReply } from "./exchange.ts";
import {
  answerInstead,
  faultAt,
  type HostFault,
  type HostMisbehaviour,
  type Resource,
  spoilt,
} from "./fault.ts";

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
    const instead = answerInstead(fault);
    if (instead !== undefined) return instead;
    if (fault?.what === "changed") {
      this.#data = this.#options.changed ?? Uint8Array.from(this.#data, (byte) => byte ^ 1);
      this.#tag = undefined;
    }
    if (post) return spoilt(this.#take(request), fault);
    return spoilt(
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
    const range = rangeOf(asked, total);
    if (range === undefined) return { status: 200, headers, body: data };
    const [from, to] = range;
    if (from >= total || to <= from)
      return textReply(416, "no such range", [["content-range", `bytes */${total}`]]);
    return {
      status: 206,
      headers: [...headers, ["content-range", `bytes ${from}-${to - 1}/${total}`]],
      body: data.subarray(from, to),
    };
  }
}

/** The bytes that a Range asks for, from and to; undefined: it is none that this server knows. */
function rangeOf(asked: string, total: number): readonly [number, number] | undefined {
  const [unit, range = "", ...more] = asked.split("=");
  const [first = "", last = "?", ...most] = range.split("-");
  if (unit !== "bytes" || more.length > 0 || most.length > 0) return undefined;
  const from = decimal(utf8(first), Number.MAX_SAFE_INTEGER);
  const to = last === "" ? total : decimal(utf8(last), Number.MAX_SAFE_INTEGER);
  if (from === undefined || to === undefined) return undefined;
  return [from, last === "" ? total : Math.min(to + 1, total)];
}

function tagOf(data: Uint8Array): string {
  const hash = new Sha256();
  const digest = new Uint8Array(32);
  hash.update(data);
  hash.digest(digest);
  return `"${hex(digest.subarray(0, 8))}"`;
}
