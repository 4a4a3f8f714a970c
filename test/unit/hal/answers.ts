/** Answers of HTTP as a scripted socket gives them, read to their end. */
import type { Exchange, LinkError, LinkRequest } from "../../../hal/hal.ts";
import { HttpLink, type Socket } from "../../../hal/common/http/http.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { equal, ok } from "../../check.ts";
import { address } from "../base/address.ts";
import { ScriptedSocket } from "./scriptedsocket.ts";

const WANTS: readonly string[] = ["content-length", "content-type", "etag", "empty", "x-y"];
export const GET: LinkRequest = {
  method: "GET",
  url: address("http://h/p"),
  headers: [],
  wants: WANTS,
};

export function open(socket: Socket, request = GET): Exchange {
  return new HttpLink(() => socket).request(request);
}

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Polls an exchange to its end, `size` bytes at a time. */
export function drain(exchange: Exchange, size = 7): Answer {
  let head = exchange.head();
  let body = "";
  for (let i = 0; head === undefined; i++) {
    ok(i < 10000, "the head never arrives");
    head = exchange.head();
  }
  const buffer = new Uint8Array(size);
  for (let i = 0; ; i++) {
    ok(i < 10000, "the body never ends");
    const count = exchange.read(buffer);
    if (count < 0) return { ...head, body };
    body += text(buffer, 0, count);
  }
}

export function answer(response: string, request = GET): Answer {
  return drain(open(new ScriptedSocket([utf8(response)]), request));
}

/** The kind of the LinkError that reading this answer throws. */
export function failure(response: string): string {
  const socket = new ScriptedSocket([utf8(response)]);
  const exchange = open(socket);
  try {
    const { status, body } = drain(exchange);
    return `${status} ${body}`;
  } catch (error) {
    equal(socket.closed > 0, true, "closed after a throw");
    return (error as LinkError).kind;
  }
}
