/**
 * Carries one session over HTTP: posts its messages, collects each answer whole in the inbound
 * buffer, hands it over (OMA-TS-SyncML-HTTPBinding). A message that does not arrive whole is never
 * executed. Of one that is longer than the buffer Data of one Replace is handed over in pieces, as
 * it comes, and the rest at its end.
 *
 * The exchange of an answer stays open until the next message is posted, or for so long as a server
 * may be expected to wait for one: so its connection serves all messages. Where that has ended
 * meanwhile, the link sends the message once more, byte for byte, and the server may have seen it:
 * what it answers then is for the session to judge, as any other answer.
 */
import type { Exchange, Link } from "../../hal/hal.ts";
import { copy } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import {
  ANSWER_MS_MAX,
  ANSWER_TIMEOUT_MS,
  BODY_IDLE_TIMEOUT_MS,
  CONNECTION_IDLE_MS,
  LONG_MESSAGE_BYTES_MAX,
} from "../base/limits.ts";
import type { LongMessage } from "../session/longmessage.ts";
import type { Session } from "../session/session.ts";
import { MAC_HEADER } from "../account/mac.ts";

const CONTENT_TYPE = frozen({
  xml: "application/vnd.syncml.dm+xml",
  wbxml: "application/vnd.syncml.dm+wbxml",
});
/** What servers answer with: the name of OMA DM 1.2, and the one of SyncML that some still send. */
const ANSWER_TYPES: readonly string[] = frozen([
  "application/vnd.syncml.dm+xml",
  "application/vnd.syncml+xml",
  "application/vnd.syncml.dm+wbxml",
  "application/vnd.syncml+wbxml",
]);

/**
 * What the first request of a session says besides; answers are in the encoding of the question, so
 * no later one has to.
 */
const OPENING: readonly (readonly [string, string])[] = frozen([
  ["Accept", ANSWER_TYPES.join(", ")],
  ["Cache-Control", "no-store"],
]);

/** Characters of a media type that are shown. */
const TYPE_LENGTH_MAX = 64;
/** What is read of the head of an answer. */
const WANTS: readonly string[] = frozen(["content-type", MAC_HEADER]);

export class Conversation {
  readonly session: Session;
  /** Set when the conversation ended before the session did: what happened, for the log. */
  failure: string | undefined;
  done = false;
  /** Sees every message whole, as it is sent and as it came. */
  onMessage:
    | ((direction: "sent" | "received", bytes: Uint8Array, length: number) => void)
    | undefined;
  #link: Link;
  #inbound: Uint8Array;
  /** Of the message under way, or of the one before it. */
  #exchange: Exchange | undefined;
  #posted = false;
  /** Until when a connection that serves no message is kept. */
  #keptUntil = 0;
  #opening = true;
  /** True while the body of the answer is read: its head is gone by then. */
  #answered = false;
  /** Value of the header that proves the answer. */
  #mac: string | undefined;
  #length = 0;
  /** Bytes of the message that have been handed over in pieces, and the rest of them. */
  #handed = 0;
  #long: LongMessage | undefined;
  /** True when a message was too long for its kind: there may be others like it. */
  overlong = false;
  #deadline = 0;
  /** When the body must have ended. */
  #bodyDeadline = 0;

  constructor(link: Link, session: Session, inbound: Uint8Array) {
    this.#link = link;
    this.session = session;
    this.#inbound = inbound;
  }

  /**
   * Goes on as far as it can without waiting: when to call again, in ms of the board's clock; the
   * link may wake the caller earlier.
   */
  step(now: number): number {
    const exchange = this.#exchange;
    if (!this.#posted && now >= this.#keptUntil) this.#release();
    if (this.session.waiting) return this.#resume(now);
    if (!this.#posted || exchange === undefined) return this.#post(now);
    if (now >= this.#deadline)
      return this.#fail(
        this.#answered ? "the server's answer stopped half-way" : "the server does not answer",
      );
    if (!this.#answered) return this.#readHead(now, exchange);
    return this.#readBody(now, exchange);
  }

  /** Ends the conversation for a reason of the device's own. */
  abandon(reason: string): void {
    this.#fail(reason);
  }

  close(): void {
    this.#release();
    this.done = true;
  }

  /** Closes the connection. */
  #release(): void {
    this.#exchange?.close();
    this.#exchange = undefined;
  }

  /** Looks for the answer of a person, who may take longer than a server keeps a connection. */
  #resume(now: number): number {
    const due = this.session.resume(now);
    return this.#exchange === undefined ? due : Math.min(due, this.#keptUntil);
  }

  #post(now: number): number {
    const message = this.session.next();
    if (message === undefined) {
      this.close();
      return now;
    }
    this.onMessage?.("sent", message.body, message.body.length);
    const type = CONTENT_TYPE[message.encoding];
    this.#answered = false;
    this.#length = 0;
    this.#handed = 0;
    this.#long = undefined;
    this.#deadline = now + ANSWER_TIMEOUT_MS;
    const before = this.#exchange;
    const exchange = this.#try(() =>
      this.#link.request({
        method: "POST",
        url: message.url,
        body: message.body,
        wants: WANTS,
        headers: [
          ["Content-Type", type],
          ...(this.#opening ? OPENING : []),
          ...(message.mac === undefined ? [] : ([[MAC_HEADER, message.mac]] as const)),
        ],
      }),
    );
    before?.close();
    this.#exchange = exchange;
    this.#posted = exchange !== undefined;
    this.#opening = false;
    return now;
  }

  #readHead(now: number, exchange: Exchange): number {
    const head = this.#try(() => exchange.head());
    if (head === undefined) return this.done ? now : this.#deadline;
    if (head.status !== 200) return this.#fail(`the server answered HTTP ${head.status}`);
    const type = head.headers.get("content-type") ?? CONTENT_TYPE.xml;
    if (!ANSWER_TYPES.some((accepted) => type.toLowerCase().startsWith(accepted)))
      return this.#fail(
        `the server answered with the media type ${type.slice(0, TYPE_LENGTH_MAX)}`,
      );
    this.#answered = true;
    this.#mac = head.headers.get(MAC_HEADER);
    this.#bodyDeadline = now + ANSWER_MS_MAX;
    this.#deadline = now + BODY_IDLE_TIMEOUT_MS;
    return now;
  }

  #readBody(now: number, exchange: Exchange): number {
    while (this.#length < this.#inbound.length) {
      const count = this.#try(() => exchange.read(this.#inbound.subarray(this.#length)));
      if (count === undefined) return now;
      if (count === 0) return this.#deadline;
      if (count < 0) return this.#deliver(now);
      this.#length += count;
      this.#deadline = Math.min(now + BODY_IDLE_TIMEOUT_MS, this.#bodyDeadline);
    }
    return this.#long?.over === false ? this.#handOver(now) : this.#readPastEnd(now, exchange);
  }

  /**
   * The buffer is full: the message is allowed to end here, or to go on in Data that is handed over
   * piece by piece.
   */
  #readPastEnd(now: number, exchange: Exchange): number {
    const next = new Uint8Array(1);
    const count = this.#try(() => exchange.read(next));
    if (count === undefined) return now;
    if (count === 0) return this.#deadline;
    if (count < 0) return this.#deliver(now);
    const long = this.session.lengthens(this.#inbound, this.#length);
    if (long === undefined) {
      this.overlong = true;
      return this.#fail(
        `the server's message is longer than ${this.#inbound.length} bytes: ` +
          "within MaxMsgSize only PkgData may be",
      );
    }
    this.#long = long;
    this.#handed = long.from - long.kept;
    this.#handOver(now, long.from);
    this.#inbound[this.#length++] = next[0] ?? 0;
    return now;
  }

  /** True when the message, all of it, is longer than any may be: then the conversation is over. */
  #tooLong(): boolean {
    if (this.#handed + this.#length <= LONG_MESSAGE_BYTES_MAX) return false;
    this.#fail(`the server's message is longer than ${LONG_MESSAGE_BYTES_MAX} bytes`);
    return true;
  }

  /** Hands over what is in the buffer of Data, from `from` on, and keeps what follows it. */
  #handOver(now: number, from = this.#long?.kept ?? 0): number {
    const long = this.#long;
    if (long === undefined || this.#tooLong()) return now;
    const bytes = this.#inbound.subarray(from, this.#length);
    const count = long.take(bytes);
    this.session.feed(bytes.subarray(0, count));
    copy(this.#inbound, long.kept, bytes, count, bytes.length);
    this.#length = long.kept + bytes.length - count;
    this.#handed += count;
    this.#bodyDeadline = now + ANSWER_MS_MAX;
    return now;
  }

  #deliver(now: number): number {
    if (this.#tooLong()) return now;
    if (this.#long?.over === false) this.#handOver(now);
    this.#posted = false;
    this.#keptUntil = now + CONNECTION_IDLE_MS;
    this.onMessage?.("received", this.#inbound, this.#length);
    this.session.received(this.#inbound, this.#length, this.#mac);
    return now;
  }

  /** What the link gives, or undefined when it fails: then the conversation is over. */
  #try<T>(ask: () => T): T | undefined {
    try {
      return ask();
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : "the link failed");
      return undefined;
    }
  }

  /** The session is told, so that a large object under way is released. */
  #fail(reason: string): number {
    this.failure = reason;
    this.close();
    this.session.lost(reason);
    return 0;
  }
}
