/** TLS client sockets: TCP, and the server proved by a certificate below a trusted authority. */
import { fromBase64 } from "../../../src/base/base64.ts";
import { HttpError } from "../http/error.ts";
import type { Connect, Socket } from "../http/http.ts";

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
 * Trusts one more authority that servers are checked against, by its certificate, DER: before the
 * first socket. Throws with what is wrong; two are the most.
 */
function trust(this: unknown, certificate: Uint8Array): void {
  native("xs_tls_trust").call(this, certificate);
}

/**
 * Connects by TLS to servers that an authority in the provisioning vouches for. Its member `ca` is
 * the authority's certificate, DER in base64; or a list of two, while servers go over from one
 * authority to the next. Throws a sentence when one of them is no certificate. Without `ca` every
 * connection fails with `secure`.
 */
export function secureConnect(provisioning: string): Connect {
  const { ca = [] } = JSON.parse(provisioning) as { ca?: string | readonly string[] };
  const authorities = typeof ca === "string" ? [ca] : ca;
  if (authorities.length === 0) {
    return () => {
      throw new HttpError(
        "secure",
        "no certificate authority in the provisioning (ca): nobody vouches for the server",
      );
    };
  }
  authorities.forEach((text, index) => {
    const name = typeof ca === "string" ? "ca" : `ca[${index}]`;
    const certificate = fromBase64(text);
    if (certificate === undefined) throw new Error(`provision: ${name}: not base64`);
    try {
      trust(certificate);
    } catch (error) {
      throw new Error(`provision: ${name}: ${error instanceof Error ? error.message : ""}`);
    }
  });
  return (host, port) => new TlsSocket(host, port);
}
