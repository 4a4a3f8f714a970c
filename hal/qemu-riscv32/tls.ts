/**
 * TLS client sockets: TCP, and the server proved by a certificate below an authority in the factory
 * sector.
 */
import type { Socket } from "../common/http/http.ts";

/**
 * As TcpSocket. The kind is `secure` when TLS fails, the certificate is not good, or the board has
 * no authority to trust.
 */
export class TlsSocket extends Native("xs_socket_destructor") implements Socket {
  constructor(host: string, port: number) {
    super();
    native("xs_socket_secure").call(this, host, port);
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
 * Trusts the authorities in the factory sector, two at most: before the first socket, once. Throws
 * with what is wrong with one of them.
 */
export function trust(this: unknown): void {
  native("xs_tls_trust").call(this);
}
