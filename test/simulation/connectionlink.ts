/**
 * A network of connections: the HTTP of hal/common over sockets that lead to servers which are
 * functions. A connection dies where it is told to, with a request on it.
 */
import { HttpLink } from "../../hal/common/http/http.ts";
import type { Socket } from "../../hal/common/http/connection.ts";
import { copy, equal } from "../../src/base/bytes.ts";
import { text, utf8 } from "../../src/base/utf8.ts";
import { concatenation } from "../rig/decode/concatenation.ts";
import type { Reply, Request } from "../rig/server/exchange.ts";
import type { Route, TimedLink } from "./link.ts";

/** A request as it arrived, and over which connection. */
export interface Arrived {
  readonly connection: number;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * What becomes of a connection with the request that has just arrived over it: the server has seen
 * it or not, and the device gets no answer.
 */
export type Loss = "seen" | "unseen";

const NOTHING = new Uint8Array(0);

export class ConnectionLink extends HttpLink implements TimedLink {
  readonly arrived: Arrived[] = [];
  /** Connections so far. */
  connections = 0;
  /** Asked about each request that arrives. */
  loss: (request: Arrived, before: readonly Arrived[]) => Loss | undefined = () => undefined;
  readonly #now: () => number;
  readonly #sockets: PeerSocket[];

  constructor(route: Route, now: () => number) {
    const sockets: PeerSocket[] = [];
    super((host, port) => {
      const number = ++this.connections;
      const socket = new PeerSocket((bytes) => {
        const request = requestIn(bytes);
        if (request === undefined) return undefined;
        const arrived = { connection: number, path: request.url, bytes: bytes.slice() };
        const loss = this.loss(arrived, this.arrived);
        this.arrived.push(arrived);
        const reply = loss === "unseen" ? undefined : route(`http://${host}:${port}`, request);
        return loss === undefined && reply !== undefined ? answerOf(reply) : "dies";
      });
      sockets.push(socket);
      return socket;
    });
    this.#now = now;
    this.#sockets = sockets;
  }

  get requests(): number {
    return this.arrived.length;
  }

  /** Requests that arrived again, byte for byte, over the next connection. */
  get repeated(): readonly Arrived[] {
    return this.arrived.filter((request, index) => {
      const before = this.arrived[index - 1];
      return before !== undefined && isRepeat(before, request);
    });
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.filter(({ closed }) => !closed).length;
  }

  reset(): void {
    for (const socket of this.#sockets) socket.close();
  }

  due(): number {
    return this.#sockets.some((socket) => socket.hasNews) ? this.#now() : Infinity;
  }
}

function isRepeat(before: Arrived, request: Arrived): boolean {
  return request.connection === before.connection + 1 && equal(request.bytes, before.bytes);
}

/** `serve` gets what has come of a request: undefined until that is whole. */
class PeerSocket implements Socket {
  closed = false;
  #inbound: Uint8Array = NOTHING;
  #answer: Uint8Array = NOTHING;
  #isDead = false;
  readonly #serve: (bytes: Uint8Array) => Uint8Array | "dies" | undefined;

  constructor(serve: (bytes: Uint8Array) => Uint8Array | "dies" | undefined) {
    this.#serve = serve;
  }

  get hasNews(): boolean {
    return !this.closed && (this.#isDead || this.#answer.length > 0);
  }

  read(buffer: Uint8Array): number {
    if (this.closed) throw new Error("a closed socket was read");
    const count = Math.min(buffer.length, this.#answer.length);
    copy(buffer, 0, this.#answer, 0, count);
    this.#answer = this.#answer.subarray(count);
    return count === 0 && this.#isDead ? -1 : count;
  }

  write(bytes: Uint8Array, from: number): number {
    if (this.closed) throw new Error("a closed socket was written");
    this.#inbound = concatenation([this.#inbound, bytes.subarray(from)]);
    const answer = this.#serve(this.#inbound);
    if (answer === "dies") this.#isDead = true;
    else if (answer !== undefined) this.#answer = answer;
    if (answer !== undefined) this.#inbound = NOTHING;
    return bytes.length - from;
  }

  close(): void {
    this.closed = true;
  }
}

/** The request that the bytes are, once it is whole. */
function requestIn(bytes: Uint8Array): Request | undefined {
  const all = Buffer.from(bytes);
  const end = all.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [line = "", ...fields] = text(bytes, 0, end).split("\r\n");
  const [method = "", url = ""] = line.split(" ");
  const headers = new Map(
    fields.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }),
  );
  const length = Number(headers.get("content-length") ?? 0);
  const body = bytes.slice(end + 4);
  return body.length < length ? undefined : { method, url, headers, body };
}

function answerOf({ status, headers, body }: Reply): Uint8Array {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `HTTP/1.1 ${status} \r\n${fields}Content-Length: ${body.length}\r\n\r\n`;
  return concatenation([utf8(head), body]);
}
