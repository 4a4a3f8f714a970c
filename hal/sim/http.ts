/**
 * Link for the sim board over real sockets: Node's own HTTP client, made to be polled. `activity`
 * lets the loop that drives the client sleep until something has arrived.
 */
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { hostName } from "../../src/base/url.ts";
import type { Exchange, Link, LinkError, LinkErrorKind, LinkHead, LinkRequest } from "../hal.ts";

/** Bytes held before the socket is paused: what has not been read stays with the peer. */
const HELD_BYTES_MAX = 65536;

class HttpError extends Error implements LinkError {
  override name = "LinkError";
  readonly kind: LinkErrorKind;

  constructor(kind: LinkErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const KINDS: { readonly [code: string]: LinkErrorKind } = {
  ENOTFOUND: "resolve",
  EAI_AGAIN: "resolve",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  ETIMEDOUT: "refused",
  ECONNRESET: "broken",
  EPIPE: "broken",
  EPROTO: "secure",
};

function classify(error: Error & { code?: string }): HttpError {
  const code = error.code ?? "";
  const secure = code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL") || code.includes("CERT");
  return new HttpError(
    KINDS[code] ?? (code.startsWith("HPE_") ? "protocol" : secure ? "secure" : "broken"),
    error.message,
  );
}

export class HttpLink implements Link {
  #wake: (() => void) | undefined;

  request(request: LinkRequest): Exchange {
    return new HttpExchange(request, () => this.#wake?.());
  }

  /** Something else has happened that `activity` waits for. */
  wake(): void {
    this.#wake?.();
  }

  /** Resolves when something happened on an exchange, or after `ms`. */
  activity(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

class HttpExchange implements Exchange {
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #ended = false;
  #error: HttpError | undefined;
  #wake: () => void;

  constructor(request: LinkRequest, wake: () => void) {
    this.#wake = wake;
    try {
      const { url, method } = request;
      const start = url.scheme === "https" ? httpsRequest : httpRequest;
      const headers: Record<string, string | number> = Object.fromEntries(request.headers);
      if (request.body) headers["Content-Length"] = request.body.length;
      const { port, path } = url;
      this.#request = start({ hostname: hostName(url), port, path, method, headers, agent: false });
      this.#request.on("response", (response) => this.#arrived(response));
      this.#request.on("error", (error) => this.#failed(classify(error)));
      this.#request.end(request.body ? Uint8Array.from(request.body) : undefined);
    } catch (error) {
      this.#error = classify(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #arrived(response: IncomingMessage): void {
    this.#response = response;
    response.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#held += chunk.length;
      if (this.#held >= HELD_BYTES_MAX) response.pause();
      this.#wake();
    });
    response.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
    response.on("error", (error) => this.#failed(classify(error)));
    response.on("close", () => {
      if (!response.complete)
        this.#failed(new HttpError("broken", "the connection closed in the middle of a body"));
    });
    this.#wake();
  }

  #failed(error: HttpError): void {
    this.#error ??= error;
    this.#wake();
  }

  head(): LinkHead | undefined {
    if (this.#response === undefined) {
      if (this.#error) throw this.#error;
      return undefined;
    }
    const headers = new Map<string, string>();
    for (const [name, values] of Object.entries(this.#response.headersDistinct))
      headers.set(name, Buffer.from(values?.[0] ?? "", "latin1").toString());
    return { status: this.#response.statusCode ?? 0, headers };
  }

  read(buffer: Uint8Array): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) {
      if (this.#ended) return -1;
      if (this.#error) throw this.#error;
      return 0;
    }
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    this.#held -= count;
    if (this.#held < HELD_BYTES_MAX) this.#response?.resume();
    return count;
  }

  close(): void {
    this.#request?.destroy();
    this.#chunks = [];
    this.#held = 0;
  }
}
