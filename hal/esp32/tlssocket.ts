/** TLS client sockets over lwIP, by the Mbed TLS of ESP-IDF. */
import type { Socket } from "../common/http/http.ts";

/**
 * As TcpSocket of hal/common/natives. The kind is `secure` when TLS fails, or the certificate is not
 * good.
 */
export class TlsSocket extends Native("xs_tls_destructor") implements Socket {
  constructor(host: string, port: number) {
    super();
    native("xs_tls").call(this, host, port);
  }
  read(buffer: Uint8Array): number {
    return native("xs_tls_read").call(this, buffer);
  }
  write(bytes: Uint8Array, from: number): number {
    return native("xs_tls_write").call(this, bytes, from);
  }
  close(): void {
    native("xs_tls_close").call(this);
  }
}

/**
 * Trusts one more authority that servers are checked against, by its certificate, DER: before the
 * first socket. Throws with what is wrong; two are the most.
 */
export function trust(this: unknown, certificate: Uint8Array): void {
  native("xs_tls_trust").call(this, certificate);
}
