/** A socket whose peer sends what a script says. */
import type { Socket } from "../../../hal/common/http/http.ts";

/** Gives its pieces one a read, with an empty read before each; then it is closed, or silent. */
export class ScriptedSocket implements Socket {
  readonly sent: number[] = [];
  asked = 0;
  closed = 0;
  room = Infinity;
  #pieces: Uint8Array[];
  #silent: boolean;
  #idle = true;

  constructor(pieces: readonly Uint8Array[], silent = false) {
    this.#pieces = [...pieces];
    this.#silent = silent;
  }

  read(buffer: Uint8Array): number {
    this.asked += buffer.length;
    const piece = this.#pieces[0];
    if (piece === undefined) return this.#silent ? 0 : -1;
    this.#idle = !this.#idle;
    if (!this.#idle) return 0;
    const count = Math.min(piece.length, buffer.length);
    buffer.set(piece.subarray(0, count));
    if (count === piece.length) this.#pieces.shift();
    else this.#pieces[0] = piece.subarray(count);
    return count;
  }

  write(bytes: Uint8Array, from: number): number {
    const count = Math.min(this.room, bytes.length - from);
    for (let i = 0; i < count; i++) this.sent.push(bytes[from + i] ?? 0);
    return count;
  }

  close(): void {
    this.closed++;
  }
}
