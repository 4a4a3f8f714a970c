/**
 * HTTP/1.1 over a socket that never blocks: Link of hal.ts for boards that have TCP and no HTTP of
 * their own (RFC 9112).
 *
 * One connection a request. The body of a request is sent from where it lies. That of an answer goes
 * from the socket into the caller's buffer; only what came in the same read as the head or as the
 * line before a chunk is copied. Nothing is read ahead of
 * the caller, so the peer is held by TCP's flow control.
 */
import type { Exchange, Link, LinkErrorKind, LinkHead, LinkRequest } from "../../hal.ts";
import { copy } from "../../../src/base/bytes.ts";
import {
  HTTP_CHUNK_LINE_BYTES_MAX,
  HTTP_INTERIM_MAX,
  HTTP_LINE_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { authorityText, hostName } from "../../../src/base/url.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { chunkLength, endOfLine, isEmptyLine } from "./chunk.ts";
import { type Head, HeadReader } from "./head.ts";

/**
 * How much is read at once while the line before a chunk is awaited: a copy of fewer bytes costs
 * less than a call for each.
 */
const CHUNK_READ_BYTES = 32;

/**
 * A TCP connection, under way or made. read and write throw a LinkError when it cannot be made, or
 * is lost: then close it.
 */
export interface Socket {
  /**
   * Moves bytes that have arrived to the start of `buffer`: how many, 0 when there are none yet, -1
   * when the peer has closed.
   */
  read(buffer: Uint8Array): number;
  /** Sends what it can take at once of bytes[from, …): how many bytes. */
  write(bytes: Uint8Array, from: number): number;
  /** May be called again. */
  close(): void;
}

/** `host` is a name or an address, IPv6 without brackets. Throws a LinkError: `resolve`. */
export type Connect = (host: string, port: number) => Socket;

export class HttpError extends Error {
  override readonly name = "LinkError";
  readonly kind: LinkErrorKind;

  constructor(kind: LinkErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export class HttpLink implements Link {
  readonly #connect: Connect;
  readonly #secure: Connect | undefined;

  /**
   * `secure` connects with TLS, and throws `secure` when the peer is not who its name says: from
   * read and write.
   */
  constructor(connect: Connect, secure?: Connect) {
    this.#connect = connect;
    this.#secure = secure;
  }

  /** Throws a LinkError when there is no way to begin: `resolve`, and `secure` for https. */
  request(request: LinkRequest): Exchange {
    const { url } = request;
    const connect = url.scheme === "https" ? this.#secure : this.#connect;
    if (connect === undefined) throw new HttpError("secure", "this board has no TLS");
    return new HttpExchange(connect(hostName(url), url.port), request, composeHead(request));
  }
}

/** The request line and the headers, with the empty line behind them. */
function composeHead(request: LinkRequest): Uint8Array {
  const lines = [
    `${request.method} ${request.url.path} HTTP/1.1`,
    `Host: ${authorityText(request.url)}`,
    "Connection: close",
  ];
  for (const [name, value] of request.headers) {
    if (
      name.includes("\r") ||
      name.includes("\n") ||
      value.includes("\r") ||
      value.includes("\n")
    ) {
      throw new HttpError("protocol", "a line break in a header");
    }
    lines.push(`${name}: ${value}`);
  }
  const { body } = request;
  if (body !== undefined || request.method === "POST")
    lines.push(`Content-Length: ${body?.length ?? 0}`);
  return utf8(`${lines.join("\r\n")}\r\n\r\n`);
}

/**
 * What the next byte of the answer belongs to. `data` is the body itself, of which `#left` bytes
 * are to come.
 */
type Part = "head" | "data" | "untilClose" | "chunkLine" | "chunkEnd" | "trailer" | "end";

class HttpExchange implements Exchange {
  readonly #socket: Socket;
  readonly #bodiless: boolean;
  /** What is being sent, the rest of it from `#sent` on; and the body that follows it. */
  #sending: Uint8Array | undefined;
  #sent = 0;
  #body: Uint8Array | undefined;
  /** Of the head, later of lines around chunks: held[from, to) has arrived and is not used yet. */
  readonly #held = new Uint8Array(HTTP_LINE_BYTES_MAX);
  #from = 0;
  #to = 0;
  /** Reads the head, and later the trailer. */
  #reader: HeadReader;
  #head: Head | undefined;
  #interim = 0;
  #part: Part = "head";
  #chunked = false;
  #left = 0;
  #closed = false;

  constructor(socket: Socket, request: LinkRequest, head: Uint8Array) {
    this.#socket = socket;
    this.#bodiless = request.method === "HEAD";
    this.#reader = new HeadReader(request.wants);
    this.#sending = head;
    this.#body = request.body;
  }

  head(): LinkHead | undefined {
    if (this.#head !== undefined) return this.#head;
    this.#checkOpen();
    try {
      this.#send();
      return this.#receiveHead();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  read(buffer: Uint8Array): number {
    if (this.#part === "end") return -1;
    if (this.head() === undefined || buffer.length === 0) return 0;
    this.#checkOpen();
    try {
      this.#send();
      return this.#receiveBody(buffer);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#sending = this.#body = undefined;
    this.#socket.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new HttpError("broken", "the exchange is closed");
  }

  /**
   * Sends what the peer takes. One that answers early may take no more: what it has answered
   * counts, or that it closed; see read.
   */
  #send(): void {
    try {
      for (let bytes = this.#sending; bytes !== undefined; bytes = this.#sending) {
        if (this.#sent < bytes.length) {
          const count = this.#socket.write(bytes, this.#sent);
          if (count === 0) return;
          this.#sent += count;
        } else {
          this.#sending = this.#body;
          this.#body = undefined;
          this.#sent = 0;
        }
      }
    } catch {
      this.#sending = this.#body = undefined;
    }
  }

  #receiveHead(): LinkHead | undefined {
    for (;;) {
      this.#readLines();
      if (this.#reader.done) {
        if (this.#takeHead()) return this.#head;
      } else if (!this.#fill(this.#held.length)) return undefined;
    }
  }

  /** Hands what is held to the reader; unless that is done, there is room for more afterwards. */
  #readLines(): void {
    const reader = this.#reader;
    do {
      const full = this.#from === 0 && this.#to === this.#held.length;
      this.#from = reader.take(this.#held, this.#from, this.#to, full);
      if (reader.problem !== "") throw new HttpError("protocol", reader.problem);
      if (!reader.done) this.#compact();
    } while (!reader.done && this.#to === this.#held.length);
  }

  /** Takes the head that has been read; false for an interim answer. */
  #takeHead(): boolean {
    const reader = this.#reader;
    if (reader.status === 101) throw new HttpError("protocol", "the protocol is switched");
    if (reader.interim) {
      if (++this.#interim > HTTP_INTERIM_MAX)
        throw new HttpError("protocol", "too many interim answers");
      reader.restart();
      return false;
    }
    const head = reader.head(this.#bodiless);
    if (reader.problem !== "") throw new HttpError("protocol", reader.problem);
    const { framing } = head;
    this.#head = head;
    this.#chunked = framing.type === "chunked";
    if (framing.type === "length") this.#part = "data";
    else this.#part = this.#chunked ? "chunkLine" : "untilClose";
    this.#left = framing.type === "length" ? framing.length : 0;
    if (this.#part === "data" && this.#left === 0) this.#finish();
    return true;
  }

  #receiveBody(buffer: Uint8Array): number {
    for (;;) {
      switch (this.#part) {
        case "data":
          return this.#receiveData(buffer);
        case "untilClose":
          return this.#receiveUntilClose(buffer);
        case "end":
          return -1;
        case "trailer":
          if (!this.#receiveTrailer()) return 0;
          break;
        default:
          if (!this.#receiveLine()) return 0;
      }
    }
  }

  #receiveData(buffer: Uint8Array): number {
    const room = buffer.length > this.#left ? buffer.subarray(0, this.#left) : buffer;
    const count = this.#move(room);
    if (count < 0) throw new HttpError("broken", "the body ends early");
    this.#left -= count;
    if (this.#left === 0) {
      if (this.#chunked) this.#part = "chunkEnd";
      else this.#finish();
    }
    return count;
  }

  #receiveUntilClose(buffer: Uint8Array): number {
    const count = this.#move(buffer);
    if (count < 0) this.#finish();
    return count;
  }

  /** One line of what surrounds chunks; false when it has not arrived. */
  #receiveLine(): boolean {
    const end = endOfLine(this.#held, this.#from, this.#to);
    if ((end < 0 ? this.#to : end - 1) - this.#from >= HTTP_CHUNK_LINE_BYTES_MAX)
      throw new HttpError("protocol", "a line of chunks is too long");
    if (end < 0) {
      this.#compact();
      return this.#fill(Math.min(this.#to + CHUNK_READ_BYTES, HTTP_CHUNK_LINE_BYTES_MAX));
    }
    const from = this.#from;
    this.#from = end;
    if (this.#part === "chunkLine") this.#beginChunk(chunkLength(this.#held, from, end));
    else if (isEmptyLine(this.#held, from, end)) this.#part = "chunkLine";
    else throw new HttpError("protocol", "no line break after a chunk");
    return true;
  }

  /** The trailer is read past; false when it has not all arrived. */
  #receiveTrailer(): boolean {
    this.#readLines();
    if (!this.#reader.done) return this.#fill(this.#held.length);
    this.#finish();
    return true;
  }

  #beginChunk(length: number): void {
    if (length < 0) throw new HttpError("protocol", "bad chunk size");
    this.#left = length;
    this.#part = length === 0 ? "trailer" : "data";
    if (length === 0) this.#reader = new HeadReader([], true);
  }

  /** What is held goes first; then the socket fills the buffer itself. */
  #move(buffer: Uint8Array): number {
    const held = Math.min(this.#to - this.#from, buffer.length);
    if (held === 0) return this.#socket.read(buffer);
    copy(buffer, 0, this.#held, this.#from, this.#from + held);
    this.#from += held;
    return held;
  }

  /** Reads into held up to `limit`; false when nothing has arrived. */
  #fill(limit: number): boolean {
    const count = this.#socket.read(this.#held.subarray(this.#to, limit));
    if (count < 0) throw new HttpError("broken", "the answer ends early");
    this.#to += count;
    return count > 0;
  }

  #compact(): void {
    if (this.#from === 0) return;
    copy(this.#held, 0, this.#held, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
  }

  #finish(): void {
    this.#part = "end";
    this.#socket.close();
  }
}
