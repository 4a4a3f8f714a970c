/**
 * Sockets of Node, made to be polled, and the Link for the sim board over them. `activity` lets the
 * loop that drives the client sleep until something has arrived.
 */
import { connect, isIP, type Socket as NodeSocket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { LinkErrorKind } from "../hal.ts";
import { HttpError } from "../common/http/error.ts";
import { HttpLink, type Socket } from "../common/http/http.ts";

/** Bytes held before the socket is paused: what has not been read stays with the peer. */
const HELD_BYTES_MAX = 65536;

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

/** Of several addresses that were tried in vain, the last one says why. */
function classify(error: Error & { code?: string; errors?: readonly Error[] }): HttpError {
  const last: Error & { code?: string } = error.errors?.at(-1) ?? error;
  const code = last.code ?? error.code ?? "";
  const secure = code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL") || code.includes("CERT");
  return new HttpError(KINDS[code] ?? (secure ? "secure" : "broken"), last.message);
}

/** A connection of Node's own, which tries the addresses of a host in turn. */
class PolledSocket implements Socket {
  readonly #socket: NodeSocket;
  readonly #isSecure: boolean;
  #isOpen = false;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #isEnded = false;
  #error: HttpError | undefined;

  constructor(host: string, port: number, isSecure: boolean, wake: () => void) {
    this.#isSecure = isSecure;
    this.#socket = isSecure
      ? connectSecurely({ host, port, ...(isIP(host) > 0 ? {} : { servername: host }) })
      : connect({ host, port });
    const socket = this.#socket;
    socket.on(isSecure ? "secureConnect" : "connect", () => {
      this.#isOpen = true;
      wake();
    });
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#held += chunk.length;
      if (this.#held >= HELD_BYTES_MAX) socket.pause();
      wake();
    });
    socket.on("drain", wake);
    socket.on("end", () => {
      this.#isEnded = true;
      wake();
    });
    socket.on("error", (error) => {
      this.#error ??= classify(error);
      wake();
    });
    socket.on("close", () => {
      this.#isEnded = true;
      wake();
    });
  }

  read(buffer: Uint8Array): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) {
      if (this.#error !== undefined) throw this.#error;
      if (!this.#isEnded) return 0;
      if (this.#isSecure && !this.#isOpen) throw new HttpError("secure", "no TLS");
      return -1;
    }
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    this.#held -= count;
    if (this.#held < HELD_BYTES_MAX) this.#socket.resume();
    return count;
  }

  write(bytes: Uint8Array, from: number): number {
    if (this.#error !== undefined) throw this.#error;
    if (!this.#isOpen || this.#socket.writableNeedDrain) return 0;
    this.#socket.write(Uint8Array.from(bytes.subarray(from)));
    return bytes.length - from;
  }

  close(): void {
    this.#chunks = [];
    this.#held = 0;
    this.#socket.destroySoon();
  }
}

/** The Link of the sim board. */
export class SocketLink extends HttpLink {
  readonly #waker: Waker;

  constructor() {
    const waker = new Waker();
    super(
      (host, port) => new PolledSocket(host, port, false, waker.wake),
      (host, port) => new PolledSocket(host, port, true, waker.wake),
    );
    this.#waker = waker;
  }

  /** Something else has happened that `activity` waits for. */
  wake(): void {
    this.#waker.wake();
  }

  /** Resolves when something happened on a connection, or after `ms`. */
  activity(ms: number): Promise<void> {
    return this.#waker.activity(ms);
  }
}

class Waker {
  #resolve: (() => void) | undefined;

  readonly wake = (): void => this.#resolve?.();

  activity(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      this.#resolve = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
