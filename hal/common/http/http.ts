/**
 * HTTP/1.1 over a socket that never blocks: Link of hal.ts for boards that have TCP and no HTTP of
 * their own (RFC 9112).
 *
 * A connection whose answer was read to its end serves the next request, if that goes to the same
 * scheme, host and port; any other closes it first, so that there is never more than one that
 * waits. Whoever has the exchange closes it when nothing more is to be asked: there is no clock
 * here.
 */
import type { Exchange, Link, LinkRequest } from "../../hal.ts";
import { authorityText, hostName } from "../../../src/base/url.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Connection, type Socket } from "./connection.ts";
import { HttpError } from "./error.ts";
import { HttpExchange } from "./exchange.ts";

export type { Socket };

/** `host` is a name or an address, IPv6 without brackets. Throws a LinkError: `resolve`. */
export type Connect = (host: string, port: number) => Socket;

export class HttpLink implements Link {
  readonly #connect: Connect;
  readonly #secure: Connect | undefined;
  /** The last one: its connection may serve the next. */
  #last: HttpExchange | undefined;

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
    const head = composeHead(request);
    const kept = this.#last?.release(url);
    this.#last = undefined;
    const exchange = new HttpExchange(
      { request, head, connect: () => new Connection(connect(hostName(url), url.port)) },
      kept,
    );
    this.#last = exchange;
    return exchange;
  }
}

/** The request line and the headers, with the empty line behind them. */
function composeHead(request: LinkRequest): Uint8Array {
  const lines = [
    `${request.method} ${request.url.path} HTTP/1.1`,
    `Host: ${authorityText(request.url)}`,
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
