/**
 * One request over a connection, and its answer (RFC 9112).
 *
 * The body of a request is sent from where it lies. That of an answer goes from the socket into the
 * caller's buffer; only what came in the same read as the head or as the line before a chunk is
 * copied. Nothing is read ahead of the caller, so the peer is held by TCP's flow control.
 *
 * A peer may close a kept connection at any time, also while the next request is on its way. So a
 * request that found one, and of whose answer no byte has come when it ends, is sent once more over
 * a new connection, byte for byte (RFC 9112 §9.3.1): it arrives at least once, and may arrive
 * twice.
 */
import type { Exchange, LinkHead, LinkRequest, Url } from "../../hal.ts";
import { HTTP_CHUNK_LINE_BYTES_MAX, HTTP_INTERIM_MAX } from "../../../src/base/limits.ts";
import { sameOrigin } from "../../../src/base/url.ts";
import { chunkLength, endOfLine, isEmptyLine } from "./chunk.ts";
import type { Connection } from "./connection.ts";
import { HttpError } from "./error.ts";
import { type Head, HeadReader } from "./head.ts";

/**
 * How much is read at once while the line before a chunk is awaited: a copy of fewer bytes costs
 * less than a call for each.
 */
const CHUNK_READ_BYTES = 32;

/** A request as it goes out, and what makes a connection for it. */
export interface Outward {
  readonly request: LinkRequest;
  readonly head: Uint8Array;
  connect(): Connection;
}

/**
 * What the next byte of the answer belongs to. `data` is the body itself, of which `#left` bytes
 * are to come.
 */
type Part = "head" | "data" | "untilClose" | "chunkLine" | "chunkEnd" | "trailer" | "end";

export class HttpExchange implements Exchange {
  readonly #url: Url;
  readonly #bodiless: boolean;
  /** undefined: it was closed, or serves another exchange. */
  #connection: Connection | undefined;
  /** What goes out once more when the connection ends before an answer. */
  #again: Outward | undefined;
  /** What is being sent, the rest of it from `#sent` on; and the body that follows it. */
  #sending: Uint8Array | undefined;
  #sent = 0;
  #body: Uint8Array | undefined;
  /** Reads the head, and later the trailer. */
  #reader: HeadReader | undefined;
  #head: Head | undefined;
  #interim = 0;
  #part: Part = "head";
  #chunked = false;
  /** The connection will not take another request: the peer says so, or did not take this one. */
  #spoilt = false;
  #left = 0;

  /** Goes over the connection that was `kept`, or over a new one; throws what that throws. */
  constructor(outward: Outward, kept: Connection | undefined) {
    const { request, head } = outward;
    this.#url = request.url;
    this.#bodiless = request.method === "HEAD";
    this.#reader = new HeadReader(request.wants);
    this.#again = kept === undefined ? undefined : outward;
    this.#sending = head;
    this.#body = request.body;
    this.#connection = kept ?? outward.connect();
  }

  get #isOver(): boolean {
    return this.#part === "end";
  }

  head(): LinkHead | undefined {
    if (this.#head !== undefined || this.#isOver) return this.#head;
    const connection = this.#open();
    try {
      this.#send(connection);
      return this.#receiveHead(connection);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Packages come through here: what is not due is not called. */
  read(buffer: Uint8Array): number {
    if (this.#isOver) {
      this.#head = undefined;
      return -1;
    }
    if (this.#head === undefined && this.head() === undefined) return 0;
    if (buffer.length === 0) return 0;
    if (this.#part === "end") return -1;
    const connection = this.#connection ?? this.#open();
    try {
      if (this.#sending !== undefined) this.#send(connection);
      return this.#receiveBody(connection, buffer);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#sending = this.#body = this.#again = undefined;
    this.#connection?.socket.close();
    this.#connection = undefined;
  }

  /**
   * Gives its connection to a request to `url`, when the answer was read to its end and nothing has
   * happened on it since. One that leads elsewhere, or has ended, is closed; one that is in use
   * stays.
   */
  release(url: Url): Connection | undefined {
    const connection = this.#connection;
    if (connection === undefined || !this.#isOver) return undefined;
    if (sameOrigin(url, this.#url) && connection.isQuiet()) {
      this.#connection = undefined;
      return connection;
    }
    this.close();
    return undefined;
  }

  #open(): Connection {
    if (this.#connection === undefined) throw new HttpError("broken", "the exchange is closed");
    return this.#connection;
  }

  /**
   * Sends what the peer takes. One that answers early may take no more: what it has answered
   * counts, or that it closed; see #fill.
   */
  #send({ socket }: Connection): void {
    try {
      for (let bytes = this.#sending; bytes !== undefined; bytes = this.#sending) {
        if (this.#sent < bytes.length) {
          const count = socket.write(bytes, this.#sent);
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
      this.#spoilt = true;
    }
  }

  #receiveHead(connection: Connection): LinkHead | undefined {
    const reader = this.#reader;
    if (reader === undefined) return undefined;
    for (;;) {
      this.#readLines(connection, reader);
      if (reader.done) {
        if (this.#takeHead(connection, reader)) return this.#head;
      } else if (!this.#fillHead(connection)) return undefined;
    }
  }

  /** Hands what is held to the reader; unless that is done, there is room for more afterwards. */
  #readLines(connection: Connection, reader: HeadReader): void {
    do {
      const full = connection.from === 0 && connection.full;
      connection.from = reader.take(connection.held, connection.from, connection.to, full);
      if (reader.problem !== "") throw new HttpError("protocol", reader.problem);
      if (!reader.done) connection.compact();
    } while (!reader.done && connection.full);
  }

  /** Takes the head that has been read; false for an interim answer. */
  #takeHead(connection: Connection, reader: HeadReader): boolean {
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
    this.#reader = undefined;
    this.#spoilt ||= !head.persists;
    this.#chunked = framing.type === "chunked";
    if (framing.type === "length") this.#part = "data";
    else this.#part = this.#chunked ? "chunkLine" : "untilClose";
    this.#left = framing.type === "length" ? framing.length : 0;
    if (this.#part === "data" && this.#left === 0) this.#finish(connection);
    return true;
  }

  #receiveBody(connection: Connection, buffer: Uint8Array): number {
    for (;;) {
      switch (this.#part) {
        case "data":
          return this.#receiveData(connection, buffer);
        case "untilClose":
          return this.#receiveUntilClose(connection, buffer);
        case "end":
          return -1;
        case "trailer":
          if (!this.#receiveTrailer(connection)) return 0;
          break;
        default:
          if (!this.#receiveLine(connection)) return 0;
      }
    }
  }

  #receiveData(connection: Connection, buffer: Uint8Array): number {
    const room = buffer.length > this.#left ? buffer.subarray(0, this.#left) : buffer;
    const count = connection.move(room);
    if (count < 0) throw new HttpError("broken", "the body ends early");
    this.#left -= count;
    if (this.#left === 0) {
      if (this.#chunked) this.#part = "chunkEnd";
      else this.#finish(connection);
    }
    return count;
  }

  #receiveUntilClose(connection: Connection, buffer: Uint8Array): number {
    const count = connection.move(buffer);
    if (count < 0) this.#finish(connection);
    return count;
  }

  /** One line of what surrounds chunks; false when it has not arrived. */
  #receiveLine(connection: Connection): boolean {
    const { held, from, to } = connection;
    const end = endOfLine(held, from, to);
    if ((end < 0 ? to : end - 1) - from >= HTTP_CHUNK_LINE_BYTES_MAX)
      throw new HttpError("protocol", "a line of chunks is too long");
    if (end < 0) {
      connection.compact();
      const limit = Math.min(connection.to + CHUNK_READ_BYTES, HTTP_CHUNK_LINE_BYTES_MAX);
      return received(connection.fill(limit));
    }
    connection.from = end;
    if (this.#part === "chunkLine") this.#beginChunk(chunkLength(held, from, end));
    else if (isEmptyLine(held, from, end)) this.#part = "chunkLine";
    else throw new HttpError("protocol", "no line break after a chunk");
    return true;
  }

  /** The trailer is read past; false when it has not all arrived. */
  #receiveTrailer(connection: Connection): boolean {
    const reader = (this.#reader ??= new HeadReader([], true));
    this.#readLines(connection, reader);
    if (!reader.done) return received(connection.fill());
    this.#reader = undefined;
    this.#finish(connection);
    return true;
  }

  #beginChunk(length: number): void {
    if (length < 0) throw new HttpError("protocol", "bad chunk size");
    this.#left = length;
    this.#part = length === 0 ? "trailer" : "data";
  }

  /**
   * Reads what comes of a head; false when nothing has arrived. Before its first byte the request
   * may go out once more.
   */
  #fillHead(connection: Connection): boolean {
    let count = -1;
    try {
      count = connection.fill();
    } catch (error) {
      if (this.#again === undefined) throw error;
    }
    if (count > 0) this.#again = undefined;
    if (count >= 0 || this.#again === undefined) return received(count);
    this.#repeat(connection, this.#again);
    return false;
  }

  /** The kept connection has ended: the request goes out over a new one. */
  #repeat(ended: Connection, outward: Outward): void {
    ended.socket.close();
    this.#again = this.#connection = undefined;
    this.#sending = outward.head;
    this.#body = outward.request.body;
    this.#sent = 0;
    this.#spoilt = false;
    this.#connection = outward.connect();
    this.#send(this.#connection);
  }

  /** A connection waits for the next request, unless it cannot serve one. */
  #finish(connection: Connection): void {
    this.#part = "end";
    if (this.#spoilt || this.#sending !== undefined || !connection.empty) this.close();
  }
}

/** Whether anything has arrived, by what Socket.read gave. */
function received(count: number): boolean {
  if (count < 0) throw new HttpError("broken", "the answer ends early");
  return count > 0;
}
