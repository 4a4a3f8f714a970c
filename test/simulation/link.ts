/**
 * The network of a simulation: requests go straight to servers that are functions, and bytes arrive
 * as the simulated clock says.
 */
import type {
  Exchange,
  Link,
  LinkError,
  LinkErrorKind,
  LinkHead,
  LinkRequest,
} from "../../hal/hal.ts";
import { originText } from "../../src/base/url.ts";
import type { Reply, Request } from "../rig/server/exchange.ts";

/** Most bytes that one read gives, as a segment of TCP would. */
const SEGMENT_BYTES = 1460;

class NetworkError extends Error implements LinkError {
  override name = "LinkError";
  readonly kind: LinkErrorKind;

  constructor(kind: LinkErrorKind) {
    super(`network: ${kind}`);
    this.kind = kind;
  }
}

/** The server at an origin ("http://host:port"): its answer, or undefined when nobody listens. */
export type Route = (origin: string, request: Request) => Reply | undefined;

/** A network on the simulated clock. */
export interface TimedLink extends Link {
  /** Requests so far. */
  readonly requests: number;
  /** When something will happen that nobody has to ask for: the time of the clock, or Infinity. */
  due(): number;
  /** The device is reset: its connections are gone. */
  reset(): void;
}

export class SimLink implements TimedLink {
  requests = 0;
  #route: Route;
  #now: () => number;
  #exchange: SimExchange | undefined;

  constructor(route: Route, now: () => number) {
    this.#route = route;
    this.#now = now;
  }

  request({ url, method, headers, body }: LinkRequest): Exchange {
    this.requests++;
    const names = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
    const reply = this.#route(originText(url), {
      method,
      url: url.path,
      headers: names,
      body: Uint8Array.from(body ?? []),
    });
    return (this.#exchange = new SimExchange(reply, this.#now));
  }

  reset(): void {
    this.#exchange?.close();
  }

  due(): number {
    return this.#exchange?.due() ?? Infinity;
  }
}

class SimExchange implements Exchange {
  #reply: Reply | undefined;
  #now: () => number;
  #answerAt: number;
  #at = 0;
  #end: number;
  #closed = false;

  constructor(reply: Reply | undefined, now: () => number) {
    this.#reply = reply;
    this.#now = now;
    this.#answerAt = now() + (reply?.delayMs ?? 0);
    this.#end = Math.min(reply?.cutAt ?? Infinity, reply?.body.length ?? 0);
  }

  head(): LinkHead | undefined {
    if (this.#reply === undefined) throw new NetworkError("refused");
    if (this.#now() < this.#answerAt) return undefined;
    if (this.#end < 0) throw new NetworkError("broken");
    const { status, headers, body } = this.#reply;
    const map = new Map(headers);
    return {
      status,
      headers: map,
      length: map.has("transfer-encoding") ? undefined : body.length,
    };
  }

  read(buffer: Uint8Array): number {
    const body = this.#reply?.body ?? new Uint8Array(0);
    const arrived = this.#arrived();
    if (this.#at < arrived) {
      const count = Math.min(buffer.length, arrived - this.#at, SEGMENT_BYTES);
      buffer.set(body.subarray(this.#at, this.#at + count));
      this.#at += count;
      return count;
    }
    if (this.#at < this.#end) return 0;
    if (this.#end < body.length) throw new NetworkError("broken");
    return -1;
  }

  close(): void {
    this.#closed = true;
  }

  due(): number {
    const now = this.#now();
    const rate = this.#reply?.bytesPerSecond;
    if (this.#closed) return Infinity;
    if (now < this.#answerAt) return this.#answerAt;
    if (rate === undefined || this.#at >= this.#end) return now;
    return Math.max(now, Math.ceil(this.#answerAt + ((this.#at + 1) * 1000) / rate));
  }

  #arrived(): number {
    const rate = this.#reply?.bytesPerSecond;
    return rate === undefined
      ? this.#end
      : Math.min(this.#end, Math.floor(((this.#now() - this.#answerAt) * rate) / 1000));
  }
}
