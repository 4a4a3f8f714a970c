/** A session over HTTP: whole messages or none. */
import type { Exchange, Link, LinkHead, LinkRequest } from "../../../hal/hal.ts";
import {
  ADDRESS_BYTES_MAX,
  ANSWER_MS_MAX,
  ANSWER_TIMEOUT_MS,
  BODY_IDLE_TIMEOUT_MS,
  CONNECTION_IDLE_MS,
  LONG_MESSAGE_BYTES_MAX,
  MAC_HEADER_BYTES_MAX,
  REDIRECTS_MAX,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Conversation } from "../../../src/client/conversation.ts";
import type { Post } from "../../../src/session/ports.ts";
import type { LongMessage } from "../../../src/session/longmessage.ts";
import type { Session } from "../../../src/session/session.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { address } from "../base/address.ts";

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

class Failure extends Error {
  override name = "LinkError";
  readonly kind = "broken";
}

/** What the peer does, in order: a head, body bytes, nothing yet, the end, or a failure. */
type Event = Answer | Uint8Array | "nothing" | "end" | "broken";

class Peer implements Link {
  readonly requests: LinkRequest[] = [];
  closed = 0;
  /** Exchanges that were open when each request was made. */
  readonly openThen: number[] = [];
  #events: Event[];

  constructor(events: Event[]) {
    this.#events = events;
  }

  request(request: LinkRequest): Exchange {
    this.openThen.push(this.requests.length - this.closed);
    this.requests.push(request);
    let closed = false;
    return {
      head: () => {
        const event = this.#next();
        if (event === "nothing" || event === undefined) return undefined;
        if (event === "broken") throw new Failure("gone");
        if (typeof event === "string" || event instanceof Uint8Array)
          throw new Error("the script is out of step");
        const head: LinkHead = {
          status: event.status,
          headers: new Map([
            ...Object.entries(event.headers ?? {}),
            ...(event.type === undefined ? [] : ([["content-type", event.type]] as const)),
          ]),
        };
        return head;
      },
      read: (buffer) => {
        const event = this.#next();
        if (event === "nothing" || event === undefined) return 0;
        if (event === "end") return -1;
        if (event === "broken") throw new Failure("gone");
        if (!(event instanceof Uint8Array)) throw new Error("the script is out of step");
        buffer.set(event.subarray(0, buffer.length));
        if (event.length > buffer.length) this.#events.unshift(event.subarray(buffer.length));
        return Math.min(event.length, buffer.length);
      },
      close: () => {
        if (!closed) this.closed++;
        closed = true;
      },
    };
  }

  #next(): Event | undefined {
    return this.#events.shift();
  }
}

/** A session that sends so many messages and keeps what it is given. */
class OneMessage {
  readonly got: string[] = [];
  lostBecause: string | undefined;
  mac: string | undefined;
  encoding: Post["encoding"] = "xml";
  messages = 1;
  /** A person has to answer. */
  waiting = false;

  resume(): number {
    return Infinity;
  }

  next(): Post | undefined {
    return this.messages-- > 0
      ? {
          mac: undefined,
          url: address("http://server/dm"),
          body: utf8("<SyncML/>"),
          encoding: this.encoding,
        }
      : undefined;
  }

  received(bytes: Uint8Array, length: number, mac?: string): void {
    this.mac = mac;
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[i] ?? 0);
    this.got.push(text);
  }

  lost(detail: string): void {
    this.lostBecause = detail;
  }

  /** What it takes of Data, and where that begins; 0: it has no room for long messages. */
  dataAt = 0;
  fed = "";

  lengthens(bytes: Uint8Array): LongMessage | undefined {
    if (this.dataAt === 0) return undefined;
    const head = utf8("x".repeat(this.dataAt));
    const long = {
      kept: this.dataAt,
      from: this.dataAt,
      over: false,
      head,
      take: (more: Uint8Array): number => {
        const end = more.indexOf(0x3c);
        long.over = end >= 0;
        return end < 0 ? more.length : end;
      },
    };
    equal(bytes.length, 64);
    return long as unknown as LongMessage;
  }

  feed(bytes: Uint8Array): void {
    this.fed += String.fromCharCode(...bytes);
  }
}

const XML = "application/vnd.syncml.dm+xml";

interface Scene {
  readonly peer: Peer;
  readonly session: OneMessage;
  readonly conversation: Conversation;
  /** Steps until there is something to wait for: until when. */
  readonly run: (now?: number) => number;
}

function converse(events: Event[], room = 64): Scene {
  const peer = new Peer(events);
  const session = new OneMessage();
  const conversation = new Conversation(peer, session as unknown as Session, new Uint8Array(room));
  const run = (now = 0): number => {
    let next = now;
    for (let i = 0; i < 50 && next <= now && !conversation.done; i++) next = conversation.step(now);
    return next;
  };
  return { peer, session, conversation, run };
}

test("a message is posted with its type, and the answer handed over whole", () => {
  const { peer, session, conversation, run } = converse([
    { status: 200, type: XML },
    utf8("<Syn"),
    utf8("cML/>"),
    "end",
  ]);
  run();
  equal(peer.requests[0]?.method, "POST");
  ok(peer.requests[0]?.headers.some(([name, value]) => name === "Content-Type" && value === XML));
  deepEqual(session.got, ["<SyncML/>"]);
  equal(conversation.done, true);
  equal(conversation.failure, undefined);
});

test("the first request of a session alone says what answers are taken", () => {
  const more = [{ status: 200, type: XML }, utf8("<a/>"), "end"] as const;
  const { peer, session, run } = converse([...more, ...more]);
  session.messages = 2;
  run();
  const accepts = peer.requests.map(({ headers }) => headers.some(([name]) => name === "Accept"));
  deepEqual(accepts, [true, false]);
});

test("the older content type and one with a charset are taken", () => {
  for (const type of [
    "application/vnd.syncml+xml",
    "Application/vnd.syncml.dm+xml; charset=utf-8",
  ]) {
    const { session, run } = converse([{ status: 200, type }, utf8("<a/>"), "end"]);
    run();
    deepEqual(session.got, ["<a/>"]);
  }
});

test("any other status or type ends the conversation, and the session is told", () => {
  for (const head of [
    { status: 503, type: XML },
    { status: 302, type: XML },
    { status: 200, type: "text/html" },
  ]) {
    const { session, conversation, run } = converse([head, utf8("<a/>"), "end"]);
    run();
    deepEqual(session.got, []);
    equal(session.lostBecause, conversation.failure);
    ok(conversation.failure !== undefined);
  }
});

test("a connection that breaks off in a body hands nothing over", () => {
  const { peer, session, conversation, run } = converse([
    { status: 200, type: XML },
    utf8("<Syn"),
    "broken",
  ]);
  run();
  deepEqual(session.got, []);
  equal(conversation.failure, "gone");
  equal(peer.closed, 1);
});

test("a message that fills the buffer is taken, one byte more is not", () => {
  const exact = converse([{ status: 200, type: XML }, utf8("12345678"), "end"], 8);
  exact.run();
  deepEqual(exact.session.got, ["12345678"]);
  const over = converse([{ status: 200, type: XML }, utf8("123456789"), "end"], 8);
  over.run();
  deepEqual(over.session.got, []);
  ok(over.conversation.failure?.includes("MaxMsgSize") === true);
});

test("a server that never answers is given up at the limit, not before", () => {
  const { conversation, run } = converse([]);
  equal(run(0), ANSWER_TIMEOUT_MS);
  equal(conversation.done, false);
  run(ANSWER_TIMEOUT_MS);
  equal(conversation.failure, "the server does not answer");
});

test("a server that stops half-way is given up at the limit after its last byte", () => {
  const { conversation, run } = converse([
    { status: 200, type: XML },
    "nothing",
    utf8("<a"),
    "nothing",
  ]);
  equal(run(0), BODY_IDLE_TIMEOUT_MS);
  equal(run(10), 10 + BODY_IDLE_TIMEOUT_MS);
  run(10 + BODY_IDLE_TIMEOUT_MS);
  equal(conversation.failure, "the server's answer stopped half-way");
});

const ANSWERED = [{ status: 200, type: XML }, utf8("<a/>"), "end"] as const;

test("an exchange stays open until the next message; the last ends with the session", () => {
  const { peer, session, conversation, run } = converse([...ANSWERED, ...ANSWERED, ...ANSWERED]);
  session.messages = 3;
  run();
  deepEqual([peer.openThen, peer.closed, conversation.done], [[0, 1, 1], 3, true]);
});

test("no exchange is left open, however a conversation ends", () => {
  for (const ending of [
    [{ status: 500, type: XML }],
    [{ status: 200, type: XML }, "broken"],
    ["broken"],
    [{ status: 200, type: XML }, new Uint8Array(100)],
  ] as const) {
    const { peer, session, conversation, run } = converse([...ANSWERED, ...ending]);
    session.messages = 2;
    run();
    equal(conversation.done, true);
    equal(peer.closed, 2);
  }
  const given = converse([...ANSWERED, "nothing"]);
  given.session.messages = 2;
  given.run();
  equal(given.peer.closed, 1);
  given.conversation.abandon("enough");
  equal(given.peer.closed, 2);
});

test("while a person is asked, a connection is kept for so long, and not longer", () => {
  const { peer, session, conversation, run } = converse([...ANSWERED, ...ANSWERED]);
  session.messages = 2;
  session.waiting = true;
  conversation.step(0);
  equal(peer.requests.length, 0);
  session.waiting = false;
  while (session.got.length === 0) conversation.step(100);
  session.waiting = true;
  equal(conversation.step(100), 100 + CONNECTION_IDLE_MS);
  equal(conversation.step(99 + CONNECTION_IDLE_MS), 100 + CONNECTION_IDLE_MS);
  equal(peer.closed, 0);
  equal(conversation.step(100 + CONNECTION_IDLE_MS), Infinity);
  equal(peer.closed, 1);
  session.waiting = false;
  run(1_000_000);
  deepEqual([peer.openThen, peer.closed, session.got.length], [[0, 0], 2, 2]);
});

test("a connection that has waited for long, since the device was busy, is not used again", () => {
  for (const [ms, open] of [
    [CONNECTION_IDLE_MS - 1, 1],
    [CONNECTION_IDLE_MS, 0],
  ] as const) {
    const { peer, session, conversation, run } = converse([...ANSWERED, ...ANSWERED]);
    session.messages = 2;
    while (session.got.length === 0) conversation.step(0);
    run(ms);
    deepEqual(peer.openThen, [0, open]);
  }
});

test("an answer that trickles is given up ANSWER_MS_MAX after its head, not before", () => {
  const pause = BODY_IDLE_TIMEOUT_MS - 1;
  const events: Event[] = [{ status: 200, type: XML }];
  for (let now = 0; now < ANSWER_MS_MAX; now += pause) events.push(utf8("<"), "nothing");
  const { conversation, run } = converse(events);
  for (let now = 0; now < ANSWER_MS_MAX; now += pause) run(now);
  equal(run(ANSWER_MS_MAX - 1), ANSWER_MS_MAX);
  equal(conversation.done, false);
  run(ANSWER_MS_MAX);
  equal(conversation.failure, "the server's answer stopped half-way");
});

test("Data of a long message is passed on in pieces of any size, the rest at the end", () => {
  for (const piece of [1, 7, 64, 1000]) {
    for (const cut of [0, 1]) {
      const message = utf8(`${"<".repeat(10)}${"d".repeat(500)}</tail>`);
      const events: Event[] = [{ status: 200, type: XML }];
      for (let at = 0; at < message.length; at += piece) {
        if (cut === 1) events.push("nothing");
        events.push(message.subarray(at, at + piece));
      }
      const { session, conversation, run } = converse([...events, "end"]);
      session.dataAt = 10;
      for (let i = 0; i < 2000 && session.got.length === 0; i++) run();
      equal(session.fed, "d".repeat(500), `${piece}`);
      deepEqual(session.got, [`${"<".repeat(10)}</tail>`]);
      ok(!conversation.overlong);
    }
  }
});

test("a long message that ends inside Data is handed over without an end", () => {
  const message = utf8(`${"<".repeat(10)}${"d".repeat(500)}`);
  const { session, run } = converse([{ status: 200, type: XML }, message, "end"]);
  session.dataAt = 10;
  run();
  equal(session.fed, "d".repeat(500));
  deepEqual(session.got, ["<".repeat(10)]);
});

test("a message with more than the buffer takes behind Data ends the session, and says so", () => {
  const message = utf8(`${"<".repeat(10)}${"d".repeat(500)}<${"t".repeat(100)}`);
  const { session, conversation, run } = converse([{ status: 200, type: XML }, message, "end"]);
  session.dataAt = 10;
  const { lengthens } = session;
  session.lengthens = (bytes) => {
    const long = lengthens.call(session, bytes);
    session.dataAt = 0;
    return long;
  };
  run();
  ok(conversation.overlong);
  deepEqual(session.got, []);
  ok(session.lostBecause?.startsWith("the server's message is longer than 64 bytes"));
});

test("a long message has LONG_MESSAGE_BYTES_MAX bytes, and not one more", () => {
  for (const more of [0, 1]) {
    const data = new Uint8Array(LONG_MESSAGE_BYTES_MAX - 10 - 1 + more).fill(0x64);
    const events: Event[] = [
      { status: 200, type: XML },
      utf8("<".repeat(10)),
      data,
      utf8("<"),
      "end",
    ];
    const { session, conversation, run } = converse(events);
    session.dataAt = 10;
    session.feed = () => {};
    for (let i = 0; i < 2000 && session.got.length === 0 && !conversation.done; i++) run();
    equal(session.got.length, 1 - more);
    equal(conversation.failure !== undefined, more === 1);
  }
});

test("every message asks for no content coding; an answer with one is named", () => {
  const { peer, session, run } = converse([...ANSWERED, ...ANSWERED]);
  session.messages = 2;
  run();
  for (const { headers } of peer.requests)
    ok(headers.some(([name, value]) => name === "Accept-Encoding" && value === "identity"));
  const coded = { status: 200, type: XML, headers: { "content-encoding": "GZip" } };
  const { conversation, ...zipped } = converse([coded]);
  zipped.run();
  equal(conversation.failure, "the server's answer is coded with gzip, which nobody asked for");
  for (const coding of ["", "Identity"]) {
    const plain = converse([
      { status: 200, type: XML, headers: { "content-encoding": coding } },
      utf8("<a/>"),
      "end",
    ]);
    plain.run();
    deepEqual(plain.session.got, ["<a/>"]);
  }
});

test("the header x-syncml-hmac has at most MAC_HEADER_BYTES_MAX bytes", () => {
  for (const letter of ["m", "é"]) {
    const most = letter.repeat(MAC_HEADER_BYTES_MAX / utf8(letter).length);
    for (const mac of [most, `${most}m`, ""]) {
      const head = { status: 200, type: XML, headers: { "x-syncml-hmac": mac } };
      const { session, run } = converse([head, utf8("<a/>"), "end"]);
      run();
      deepEqual([session.got, session.mac], [["<a/>"], mac === most ? most : undefined]);
    }
  }
});

test("307 and 308 redirect the same message within the account's origin (RFC 9110)", () => {
  for (const status of [307, 308]) {
    for (const location of ["/other?x", "http://SERVER:80/other?x", "//server/other?x"]) {
      const { peer, session, conversation, run } = converse([
        { status, headers: { location } },
        ...ANSWERED,
      ]);
      run();
      deepEqual(session.got, ["<a/>"], location);
      deepEqual(
        peer.requests.map(({ method, url }) => `${method} ${url.path}`),
        ["POST /dm", "POST /other?x"],
      );
      deepEqual(peer.requests[1]?.body, peer.requests[0]?.body);
      deepEqual(peer.requests[1]?.headers, peer.requests[0]?.headers);
      deepEqual([conversation.failure, peer.closed], [undefined, 2]);
    }
  }
});

test("a redirect off the origin, without address or without end is refused and named", () => {
  const cases = [
    ["http://elsewhere/dm", "HTTP 307 leads to elsewhere: not where the account's server is"],
    ["https://server/dm", "HTTP 307 leads to server: not where the account's server is"],
    ["http://server:81/dm", "HTTP 307 leads to server: not where the account's server is"],
    ["http://[/", "the address of HTTP 307 has a malformed IPv6 address"],
    [
      `/${"a".repeat(ADDRESS_BYTES_MAX - "http://server".length)}`,
      `the address of HTTP 307 is longer than ${ADDRESS_BYTES_MAX} bytes`,
    ],
  ] as const;
  for (const [location, why] of cases) {
    const { peer, conversation, run } = converse([{ status: 307, headers: { location } }]);
    run();
    deepEqual([peer.requests.length, conversation.failure], [1, why]);
  }
  for (const headers of [{}, { location: "" }]) {
    const bare = converse([{ status: 308, headers }]);
    bare.run();
    equal(bare.conversation.failure, "the server answered HTTP 308 without a Location");
  }
  const found = converse([{ status: 302, headers: { location: "/other" } }]);
  found.run();
  equal(found.conversation.failure, "the server answered HTTP 302");
  const hop: Event = { status: 307, headers: { location: "/dm" } };
  const hops = (count: number): Event[] => new Array<Event>(count).fill(hop);
  const most = converse([...hops(REDIRECTS_MAX), ...ANSWERED]);
  most.run();
  deepEqual(most.session.got, ["<a/>"]);
  const endless = converse([...hops(REDIRECTS_MAX + 1), ...ANSWERED]);
  endless.run();
  const followed = `the server redirects, and ${REDIRECTS_MAX} redirects were followed`;
  equal(endless.conversation.failure, followed);
});

test("Retry-After, as seconds or date, is kept for the next session (RFC 9110 §10.2.3)", () => {
  for (const headers of [
    { "retry-after": "120" },
    {
      date: "Sun, 06 Nov 1994 08:49:37 GMT",
      "retry-after": "Sun, 06 Nov 1994 08:51:37 GMT",
    },
  ]) {
    const { conversation, run } = converse([{ status: 503, headers }]);
    run();
    deepEqual(
      [conversation.failure, conversation.retryAfterMs],
      ["the server answered HTTP 503", 120_000],
    );
  }
});

test("credentials of HTTP and cookies, which are not supported, are named", () => {
  const asks = { "www-authenticate": "Basic realm=x", "set-cookie": "" };
  const { conversation, run } = converse([{ status: 401, headers: asks }]);
  run();
  const why = "the server answered HTTP 401: it wants credentials of HTTP, which are not supported";
  deepEqual([conversation.failure, conversation.cookies], [why, true]);
  const proxy = converse([{ status: 407 }]);
  proxy.run();
  equal(proxy.conversation.failure, why.replace("401", "407"));
  const plain = converse([...ANSWERED]);
  plain.run();
  equal(plain.conversation.cookies, false);
});
