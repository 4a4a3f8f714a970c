/**
 * One connection for request after request: when it is used again, when it is closed, and what
 * becomes of a request that it does not carry to its answer (RFC 9112 §9).
 */
import type { Exchange, Link, LinkError, LinkRequest } from "../../../hal/hal.ts";
import { HttpLink, type Socket } from "../../../hal/common/http/http.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { HTTP_LINE_BYTES_MAX } from "../../../src/base/limits.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { address } from "../base/address.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/**
 * What a peer does, in turn: answers a request, as soon as all of it has come; says something
 * unasked, once it is looked at; ends the connection; breaks it, unasked or at the next byte that
 * is sent.
 */
type Act =
  | { readonly answer: string }
  | { readonly says: string }
  | "ends"
  | "breaks"
  | "breaksWhenSent"
  | "endsWhenSent";

class Failure extends Error {
  override name = "LinkError";
  readonly kind = "broken";
}

class ActingSocket implements Socket {
  sent = "";
  closed = 0;
  /** How much of a request a write takes. */
  room = Infinity;
  readonly #acts: Act[];
  #said: Uint8Array = new Uint8Array(0);
  #begun = 0;

  constructor(acts: readonly Act[]) {
    this.#acts = [...acts];
  }

  read(buffer: Uint8Array): number {
    if (this.closed > 0) throw new Error("a closed socket was read");
    if (this.#said.length === 0) {
      const ended = this.#next();
      if (ended !== undefined) return ended;
    }
    const count = Math.min(this.#said.length, buffer.length);
    buffer.set(this.#said.subarray(0, count));
    this.#said = this.#said.subarray(count);
    return count;
  }

  /** Does what the peer does next: what read gives, or undefined when it has said something. */
  #next(): number | undefined {
    const act = this.#acts[0];
    const waits = this.sent.length === this.#begun;
    if (act === undefined) return 0;
    if (act === "ends" || (act === "endsWhenSent" && !waits)) return -1;
    if (act === "breaks" || (act === "breaksWhenSent" && !waits)) throw new Failure("reset");
    if (typeof act === "string" || ("answer" in act && !this.#isWhole())) return 0;
    this.#acts.shift();
    this.#begun = "answer" in act ? this.sent.length : this.#begun;
    this.#said = utf8("answer" in act ? act.answer : act.says);
    return undefined;
  }

  #isWhole(): boolean {
    const request = this.sent.slice(this.#begun);
    const end = request.indexOf("\r\n\r\n");
    const length = Number.parseInt(request.split("Content-Length: ")[1] ?? "0", 10);
    return end >= 0 && request.length >= end + 4 + length;
  }

  write(bytes: Uint8Array, from: number): number {
    if (this.closed > 0) throw new Error("a closed socket was written");
    if (this.#acts[0] === "breaks") throw new Failure("reset");
    const count = Math.min(this.room, bytes.length - from);
    this.sent += text(bytes, from, from + count);
    return count;
  }

  close(): void {
    this.closed++;
  }
}

interface Scene {
  readonly link: Link;
  /** Connections that were made, and where they lead. */
  readonly sockets: readonly ActingSocket[];
  readonly places: readonly string[];
}

/** A link whose connections, one after the other, have peers that act so. */
function scene(...connections: readonly (readonly Act[])[]): Scene {
  const sockets: ActingSocket[] = [];
  const places: string[] = [];
  const connect =
    (scheme: string) =>
    (host: string, port: number): Socket => {
      const waiting = sockets.filter(({ closed }) => closed === 0).length;
      equal(waiting, 0, "there is another connection");
      const socket = new ActingSocket(connections[sockets.length] ?? []);
      sockets.push(socket);
      places.push(`${scheme} ${host} ${port}`);
      return socket;
    };
  return { link: new HttpLink(connect("http"), connect("https")), sockets, places };
}

const GET: LinkRequest = { method: "GET", url: address("http://h/p"), headers: [], wants: [] };
const POST: LinkRequest = { ...GET, method: "POST", body: utf8("question") };

interface Answer {
  readonly exchange: Exchange;
  readonly text: string;
}

/** Makes a request and reads its answer to the end, in pieces of `size`; it stays open. */
function ask(link: Link, request = GET, size = 64): Answer {
  const exchange = link.request(request);
  const buffer = new Uint8Array(size);
  let head = exchange.head();
  for (let i = 0; head === undefined && i < 1000; i++) head = exchange.head();
  ok(head !== undefined, "no answer comes");
  let all = `${head.status} `;
  for (let i = 0; i < 1000; i++) {
    const count = exchange.read(buffer);
    if (count < 0) return { exchange, text: all };
    all += text(buffer, 0, count);
  }
  throw new Error("the body never ends");
}

/** The answer to each of some requests in turn; an exchange is closed when the next one is made. */
function askAll(link: Link, requests: readonly LinkRequest[]): readonly string[] {
  const answers: string[] = [];
  let before: Exchange | undefined;
  for (const request of requests) {
    const { exchange, text: answer } = ask(link, request);
    before?.close();
    before = exchange;
    answers.push(answer);
  }
  return answers;
}

function kindOf(work: () => unknown): string {
  try {
    work();
    return "nothing";
  } catch (error) {
    return (error as LinkError).kind;
  }
}

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n";
const EMPTY = "HTTP/1.1 204 No\r\n\r\n";

for (const [what, answer, said] of [
  ["of a length", OK, "200 ok"],
  ["in chunks", CHUNKED, "200 ok"],
  ["without a body", EMPTY, "204 "],
  [
    "with other options of the connection",
    OK.replace("\r\n\r\n", "\r\nConnection: keep-alive, x\r\n\r\n"),
    "200 ok",
  ],
  ["behind an interim one", `HTTP/1.1 100 Continue\r\n\r\n${OK}`, "200 ok"],
  [
    "behind an interim one that says close",
    `HTTP/1.1 103 Early\r\nConnection: close\r\n\r\n${OK}`,
    "200 ok",
  ],
] as const) {
  test(`an answer ${what} leaves its connection to the next request`, () => {
    const { link, sockets } = scene([{ answer }, { answer }, { answer: OK }]);
    const get = "GET /p HTTP/1.1\r\nHost: h\r\n\r\n";
    deepEqual(askAll(link, [GET, POST, GET]), [said, said, "200 ok"]);
    equal(sockets.length, 1);
    equal(sockets[0]?.closed, 0);
    equal(
      sockets[0]?.sent,
      [get, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nquestion", get].join(""),
    );
  });
}

for (const [what, answer] of [
  ["says close", OK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")],
  [
    "says close in a list, in capitals",
    OK.replace("\r\n\r\n", "\r\nConnection: a\r\nCONNECTION:, x ,Close\r\n\r\n"),
  ],
  ["says more than is read", OK.replace("\r\n\r\n", `\r\nConnection: ${"x".repeat(70)}\r\n\r\n`)],
  [
    "says so much that it fits no line",
    OK.replace("\r\n\r\n", `\r\nConnection: ${"x".repeat(HTTP_LINE_BYTES_MAX)}\r\n\r\n`),
  ],
  ["is of HTTP/1.0", OK.replace("1.1", "1.0")],
  [
    "is of HTTP/1.0 and says keep-alive",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
  ],
  [
    "has a transfer coding and a length",
    CHUNKED.replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\n"),
  ],
  [
    "has a transfer coding and a length that is none",
    CHUNKED.replace("\r\n\r\n", "\r\nContent-Length: x\r\n\r\n"),
  ],
  ["has bytes behind it", `${OK}!`],
  ["has bytes behind its last chunk", `${CHUNKED}!`],
  ["has another answer behind it", `${OK}${OK}`],
] as const) {
  test(`a connection whose answer ${what} is closed; the next request opens its own`, () => {
    for (const size of [1, 64]) {
      const { link, sockets } = scene([{ answer }, { answer: OK }], [{ answer: OK }]);
      equal(ask(link, GET, size).text, "200 ok");
      equal(sockets[0]?.closed, 1, `${size} bytes at a time`);
      equal(ask(link, POST).text, "200 ok");
      deepEqual([sockets.length, sockets[1]?.closed], [2, 0]);
    }
  });
}

test("a body that ends with the connection ends it", () => {
  const { link, sockets } = scene(
    [{ answer: "HTTP/1.1 200 OK\r\n\r\nok" }, "ends"],
    [{ answer: OK }],
  );
  deepEqual(askAll(link, [GET, GET]), ["200 ok", "200 ok"]);
  deepEqual([sockets.length, sockets[0]?.closed], [2, 1]);
});

for (const [what, act] of [
  ["has closed", "ends"],
  ["has reset", "breaks"],
  ["has said something on", { says: "HTTP/1.1 408 Request Timeout\r\n\r\n" }],
] as const) {
  test(`a connection that its peer ${what} meanwhile is not used again`, () => {
    const { link, sockets } = scene([{ answer: OK }, act, { answer: OK }], [{ answer: OK }]);
    deepEqual(askAll(link, [POST, POST]), ["200 ok", "200 ok"]);
    equal(sockets[0]?.closed, 1);
    for (const { sent } of sockets) equal(sent.split("question").length, 2, "sent once");
  });
}

for (const act of ["endsWhenSent", "breaksWhenSent"] as const) {
  test(`a request that gets no byte of an answer is sent once more, unchanged: ${act}`, () => {
    for (const room of [Infinity, 3]) {
      const { link, sockets } = scene([{ answer: OK }, act], [{ answer: OK }, { answer: OK }]);
      const first = ask(link);
      const [kept] = sockets;
      ok(kept !== undefined);
      kept.room = room;
      const before = kept.sent.length;
      deepEqual(askAll(link, [POST, POST]), ["200 ok", "200 ok"]);
      first.exchange.close();
      equal(sockets.length, 2, "the third request goes over the new connection");
      deepEqual([kept.closed, sockets[1]?.closed], [1, 0]);
      const again = sockets[1]?.sent ?? "";
      equal(again, again.slice(0, again.length / 2).repeat(2));
      ok(again.startsWith(kept.sent.slice(before)));
      if (room === Infinity) equal(again.slice(0, again.length / 2), kept.sent.slice(before));
    }
  });
}

test("a request is sent once more and no more: then it is broken", () => {
  const { link, sockets } = scene([{ answer: OK }, "endsWhenSent"], ["endsWhenSent"], []);
  ask(link);
  equal(
    kindOf(() => ask(link, POST)),
    "broken",
  );
  deepEqual([sockets.length, sockets[0]?.closed, sockets[1]?.closed], [2, 1, 1]);
});

test("a request over a connection of its own is not sent again", () => {
  const { link, sockets } = scene(["endsWhenSent"], []);
  equal(
    kindOf(() => ask(link, POST)),
    "broken",
  );
  equal(sockets.length, 1);
});

test("a request is not sent again after a byte of its answer, an interim one too", () => {
  for (const begun of ["H", "HTTP/1.1 100 Continue\r\n\r\n", OK.slice(0, -1)]) {
    const { link, sockets } = scene([{ answer: OK }, { answer: begun }, "ends"], []);
    ask(link);
    equal(
      kindOf(() => ask(link, POST)),
      "broken",
      begun,
    );
    deepEqual([sockets.length, sockets[0]?.closed], [1, 1]);
  }
});

test("the second connection may fail as any: no such host, nobody listens", () => {
  for (const kind of ["resolve", "refused"] as const) {
    let made = 0;
    const link = new HttpLink(() => {
      if (made++ > 0) throw Object.assign(new Error("none"), { name: "LinkError", kind });
      return new ActingSocket([{ answer: OK }, "endsWhenSent"]);
    });
    ask(link);
    const exchange = link.request(POST);
    const poll = (): void => {
      for (let i = 0; i < 10; i++) exchange.head();
    };
    equal(kindOf(poll), kind);
    equal(kindOf(poll), "broken", "it is closed");
  }
});

test("another host, port or scheme gets its own connection; the idle one is closed", () => {
  for (const url of ["http://g/p", "http://h:81/p", "https://h/p", "https://h:80/p"]) {
    const { link, sockets, places } = scene([{ answer: OK }], [{ answer: OK }], [{ answer: OK }]);
    const requests = [GET, { ...GET, url: address(url) }, GET];
    deepEqual(askAll(link, requests), ["200 ok", "200 ok", "200 ok"]);
    deepEqual(
      sockets.map(({ closed }) => closed),
      [1, 1, 0],
      url,
    );
    equal(places[0], places[2]);
    ok(places[1] !== places[0]);
  }
});

test("a connection is kept for another path of the same host", () => {
  const { link, sockets } = scene([{ answer: OK }, { answer: OK }]);
  askAll(link, [GET, { ...GET, url: address("http://H:80/other?q") }]);
  equal(sockets.length, 1);
});

test("close() ends a connection that waits, and not one that serves another request by now", () => {
  const { link, sockets } = scene([{ answer: OK }, { answer: OK }], [{ answer: OK }]);
  const first = ask(link);
  const second = ask(link);
  first.exchange.close();
  equal(sockets[0]?.closed, 0);
  second.exchange.close();
  second.exchange.close();
  equal(sockets[0]?.closed, 1);
  equal(ask(link).text, "200 ok");
  equal(sockets.length, 2);
});

test("an exchange that is not over keeps its connection to itself", () => {
  const sockets: ActingSocket[] = [];
  const link = new HttpLink(() => {
    const socket = new ActingSocket([{ answer: OK }, { answer: OK }]);
    sockets.push(socket);
    return socket;
  });
  const first = link.request(GET);
  while (first.head() === undefined);
  equal(ask(link).text, "200 ok");
  equal(sockets.length, 2);
  const buffer = new Uint8Array(8);
  equal(first.read(buffer), 2);
  first.close();
  deepEqual(
    sockets.map(({ closed }) => closed),
    [1, 0],
  );
});

test("a connection that did not take the whole request is not used again", () => {
  const { link, sockets } = scene([{ says: OK }], [{ answer: OK }]);
  const exchange = link.request(POST);
  const [socket] = sockets;
  ok(socket !== undefined);
  socket.room = 0;
  while (exchange.head() === undefined);
  while (exchange.read(new Uint8Array(8)) >= 0);
  equal(socket.closed, 1);
  equal(ask(link).text, "200 ok");
});
