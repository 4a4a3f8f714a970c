/** One request on the Link under test, polled to its end. */
import type { Exchange, Link, LinkRequest } from "../../hal/hal.ts";
import { crc32 } from "../../src/base/crc32.ts";
import { parseUrl } from "../../src/base/url.ts";
import { kindOf } from "./checks.ts";
import { type Fetched, SLOW_MS } from "./order.ts";

/** What is read of a head. */
const WANTS: readonly string[] = ["content-type", "x-repeated"];
/** Reads between two looks at the clock. */
const READS_PER_STEP = 16;
/** Between two polls, which should be sooner: when the network has something. */
const POLL_MS = 1000;

export interface FetchOptions {
  readonly bufferBytes?: number;
  /** After the first bytes nothing is read for so long; then the exchange is closed. */
  readonly stallMs?: number;
  /** At the end of the body the exchange stays open, until close(). */
  readonly staysOpen?: true;
  /** While nothing has come, the exchange is polled so often. */
  readonly pollMs?: number;
  /** Hal.now: absent, the time of calls is not taken. */
  readonly clock?: () => number;
  /** Takes the body as it comes; a view that holds until it returns. */
  readonly sink?: (bytes: Uint8Array) => void;
}

export class Fetch {
  #exchange: Exchange | undefined;
  #buffer: Uint8Array;
  #options: FetchOptions;
  #result: Fetched = { bytes: 0, crc: 0 };
  #stalledUntil: number | undefined;

  /** Throws when the URL is none: the rig's mistake. */
  constructor(
    link: Link,
    { url: address, ...request }: Omit<LinkRequest, "url" | "wants"> & { readonly url: string },
    options: FetchOptions = {},
  ) {
    const url = parseUrl(address);
    if (typeof url === "string") throw new Error(`conformance: ${address} ${url}`);
    this.#options = options;
    this.#buffer = new Uint8Array(options.bufferBytes ?? 1024);
    try {
      this.#exchange = link.request({ ...request, url, wants: WANTS });
    } catch (error) {
      this.#result = { ...this.#result, error: kindOf(error) };
    }
  }

  /**
   * The outcome, or when to call again. Errors of the Link are part of the outcome; those of the
   * sink are thrown.
   */
  step(now: number): Fetched | number {
    if (this.#exchange === undefined) return this.#result;
    if (this.#stalledUntil !== undefined) {
      if (now < this.#stalledUntil) return this.#stalledUntil;
      return this.#end(this.#exchange);
    }
    for (let reads = 0; reads < READS_PER_STEP; reads++) {
      const count = this.#read(this.#exchange);
      if (count === undefined) return this.#result;
      if (count < 0) return this.#end(this.#exchange);
      if (count === 0) return now + (this.#options.pollMs ?? POLL_MS);
      const part = this.#buffer.subarray(0, count);
      this.#result = {
        ...this.#result,
        bytes: this.#result.bytes + count,
        crc: crc32(part, this.#result.crc),
      };
      this.#options.sink?.(part);
      if (this.#options.stallMs !== undefined)
        return (this.#stalledUntil = now + this.#options.stallMs);
    }
    return now;
  }

  /** Gives the exchange up, twice. */
  close(): void {
    this.#exchange?.close();
    this.#exchange?.close();
    this.#exchange = undefined;
  }

  /** As #attempt; takes the time of calls that bring nothing. */
  #read(exchange: Exchange): number | undefined {
    const { clock } = this.#options;
    const before = clock?.() ?? 0;
    const count = this.#attempt(exchange);
    if (count !== 0 || clock === undefined) return count;
    const { polls = 0, slowPolls = 0 } = this.#result;
    const isSlow = clock() - before > SLOW_MS;
    this.#result = { ...this.#result, polls: polls + 1, slowPolls: slowPolls + (isSlow ? 1 : 0) };
    return count;
  }

  /** Bytes in the buffer; 0: later; -1: the end; undefined: the Link failed. */
  #attempt(exchange: Exchange): number | undefined {
    try {
      if (this.#result.status === undefined) {
        const head = exchange.head();
        if (head === undefined) return 0;
        const type = head.headers.get("content-type");
        const repeated = head.headers.get("x-repeated");
        this.#result = {
          ...this.#result,
          status: head.status,
          ...(head.length === undefined ? {} : { length: head.length }),
          ...(type === undefined ? {} : { type }),
          ...(repeated === undefined ? {} : { repeated }),
        };
      }
      return exchange.read(this.#buffer);
    } catch (error) {
      this.#result = { ...this.#result, error: kindOf(error) };
      this.close();
      return undefined;
    }
  }

  /** After the last byte the end is said again. */
  #end(exchange: Exchange): Fetched {
    if (this.#stalledUntil === undefined && exchange.read(this.#buffer) !== -1)
      this.#result = { ...this.#result, error: "again" };
    if (this.#options.staysOpen !== true) this.close();
    return this.#result;
  }
}
