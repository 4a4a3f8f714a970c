/** A session over HTTP: whole messages or none. */
import type { Exchange, Link, LinkHead, LinkRequest } from "../../../hal/hal.ts";
import {
  ANSWER_MS_MAX,
  ANSWER_TIMEOUT_MS,
  BODY_IDLE_TIMEOUT_MS,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Conversation } from "../../../src/client/conversation.ts";
import type { Post } from "../../../src/session/ports.ts";
import type { Session } from "../../../src/session/session.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { address } from "../base/address.ts";

class Failure extends Error {
  override name = "LinkError";
  readonly kind = "broken";
}

/** What the peer does, in order: a head, body bytes, nothing yet, the end, or a failure. */
type Event = { status: number; type?: string } | Uint8Array | "nothing" | "end" | "broken";

class Peer implements Link {
  readonly requests: LinkRequest[] = [];
  closed = 0;
  #events: Event[];

  constructor(events: Event[]) {
    this.#events = events;
  }

  request(request: LinkRequest): Exchange {
    this.requests.push(request);
    return {
      head: () => {
        const event = this.#next();
        if (event === "nothing" || event === undefined) return undefined;
        if (event === "broken") throw new Failure("gone");
        if (typeof event === "string" || event instanceof Uint8Array)
          throw new Error("the script is out of step");
        const head: LinkHead = {
          status: event.status,
          headers: new Map(event.type === undefined ? [] : [["content-type", event.type]]),
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
        this.closed++;
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
  encoding: Post["encoding"] = "xml";
  messages = 1;

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

  received(bytes: Uint8Array, length: number): void {
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[i] ?? 0);
    this.got.push(text);
  }

  lost(detail: string): void {
    this.lostBecause = detail;
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
