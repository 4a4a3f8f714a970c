/**
 * A connection that exchanges of HTTP use in turn: a socket, and what has come over it and is not
 * used yet.
 */
import { copy } from "../../../src/base/bytes.ts";
import { HTTP_LINE_BYTES_MAX } from "../../../src/base/limits.ts";

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

export class Connection {
  readonly socket: Socket;
  /** Of heads, and of lines around chunks: held[from, to) has arrived and is not used yet. */
  readonly held = new Uint8Array(HTTP_LINE_BYTES_MAX);
  from = 0;
  to = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** True when nothing more fits behind what is held. */
  get full(): boolean {
    return this.to === this.held.length;
  }

  /** True when nothing is held. */
  get empty(): boolean {
    return this.from === this.to;
  }

  /**
   * Looks for the end of a connection on which nothing is due: true while its peer has neither
   * closed it nor said anything.
   */
  isQuiet(): boolean {
    try {
      return this.socket.read(this.held) === 0;
    } catch {
      return false;
    }
  }

  /** Reads behind what is held, up to `limit`: as Socket.read. */
  fill(limit = this.held.length): number {
    const count = this.socket.read(this.held.subarray(this.to, limit));
    if (count > 0) this.to += count;
    return count;
  }

  /** As Socket.read: what is held goes first; then the socket fills the buffer itself. */
  move(buffer: Uint8Array): number {
    const count = Math.min(this.to - this.from, buffer.length);
    if (count === 0) return this.socket.read(buffer);
    copy(buffer, 0, this.held, this.from, this.from + count);
    this.from += count;
    return count;
  }

  /** Makes room behind what is held. */
  compact(): void {
    if (this.from === 0) return;
    copy(this.held, 0, this.held, this.from, this.to);
    this.to -= this.from;
    this.from = 0;
  }
}
