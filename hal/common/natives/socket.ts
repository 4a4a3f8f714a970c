/**
 * TCP client sockets that never block, and the wait for them: for boards with natives of these
 * names.
 */
import type { Socket } from "../http/http.ts";

/**
 * Connects to the first address of `host` (a name or a number) that answers. Errors are Errors with
 * the `kind` of a LinkError:
 * `resolve` at once or later, `refused` and `broken` from read and write. After close() every call
 * throws a SyntaxError; close() may be
 * called again.
 */
export class TcpSocket extends Native("xs_socket_destructor") implements Socket {
  constructor(host: string, port: number) {
    super();
    native("xs_socket").call(this, host, port);
  }
  read(buffer: Uint8Array): number {
    return native("xs_socket_read").call(this, buffer);
  }
  write(bytes: Uint8Array, from: number): number {
    return native("xs_socket_write").call(this, bytes, from);
  }
  close(): void {
    native("xs_socket_close").call(this);
  }
}

/**
 * Waits `ms`, at most a second, or until a socket can do what it could not when it was last asked.
 * Feeds the watchdog.
 */
export function wait(this: unknown, ms: number): void {
  native("xs_socket_wait").call(this, ms);
}
