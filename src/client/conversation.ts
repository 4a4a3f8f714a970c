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
import type { Exchange, Link, LinkHead } from "../../hal/hal.ts";
import { copy } from "../base/bytes.ts";
import { after, isPending, type Pending, type Work } from "../base/work.ts";
import { codingOf } from "../base/coding.ts";
import { frozen } from "../base/frozen.ts";
import {
  ANSWER_MS_MAX,
  ANSWER_TIMEOUT_MS,
  BODY_IDLE_TIMEOUT_MS,
  CONNECTION_IDLE_MS,
  LONG_MESSAGE_BYTES_MAX,
  MAC_HEADER_BYTES_MAX,
  REDIRECTS_MAX,
} from "../base/limits.ts";
import { RETRY_HEADERS, retryAfterMs } from "../base/retryafter.ts";
import { resolveAddress, sameOrigin, type Url } from "../base/url.ts";
import { utf8 } from "../base/utf8.ts";
import type { Post } from "../session/ports.ts";
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

const NOTHING = new Uint8Array(0);
/** Characters of a media type that are shown. */
const TYPE_LENGTH_MAX = 64;
/** What is read of the head of an answer. */
const WANTS: readonly string[] = frozen([
  "content-encoding",
  "content-type",
  "location",
  "set-cookie",
  "www-authenticate",
  ...RETRY_HEADERS,
  MAC_HEADER,
]);

export class Conversation {
  readonly session: Session;
  /** Set when the conversation ended before the session did: what happened, for the log. */
  failure: string | undefined;
  /** How long the server wants to be left alone. */
  retryAfterMs = 0;
  /** The server has set a cookie, and does not get it back. */
  cookies = false;
  done = false;
  /** Sees every message whole, as it is sent and as it came. */
  onMessage:
    | ((direction: "sent" | "received", bytes: Uint8Array, length: number) => void)
    | undefined;
  #link: Link;
  #inbound: Uint8Array;
  /** Of the message under way, or of the one before it. */
  #exchange: Exchange | undefined;
  /** The message under way: sent again where a redirect leads. */
  #message: Post | undefined;
  #redirects = 0;
  #posted = false;
  /** Until when a connection that serves no message is kept. */
  #keptUntil = 0;
  #opening = true;
  /** True while the body of the answer is read: its head is gone by then. */
  #answered = false;
  /** True when all of the body has been read. */
  #isRead = false;
  /** Value of the header that proves the answer. */
  #mac: string | undefined;
  #length = 0;
  /** Bytes of the message that have been handed over in pieces, and the rest of them. */
  #handed = 0;
  #long: LongMessage | undefined;
  /** What is left of handing them over: nothing is read so long. */
  #pending: Pending<number> | undefined;
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
    if (this.#pending !== undefined) return this.#handOn(now, this.#pending.step());
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
    this.#message = message;
    this.#redirects = 0;
    this.#length = 0;
    this.#handed = 0;
    this.#long = undefined;
    this.#pending = undefined;
    return this.#send(now, message, message.url);
  }

  #send(now: number, message: Post, url: Url): number {
    this.#answered = this.#isRead = false;
    this.#deadline = now + ANSWER_TIMEOUT_MS;
    const before = this.#exchange;
    const exchange = this.#try(() =>
      this.#link.request({
        method: "POST",
        url,
        body: message.body,
        wants: WANTS,
        headers: [
          ["Content-Type", CONTENT_TYPE[message.encoding]],
          ["Accept-Encoding", "identity"],
          ...(this.#opening ? OPENING : []),
          ...(message.mac === undefined ? [] : ([[MAC_HEADER, message.mac]] as const)),
        ],
      }),
    );
    before?.close();
    this.#exchange = exchange;
    this.#posted = exchange !== undefined;
    return now;
  }

  #readHead(now: number, exchange: Exchange): number {
    const head = this.#try(() => exchange.head());
    if (head === undefined) return this.done ? now : this.#deadline;
    this.cookies ||= head.headers.has("set-cookie");
    if (head.status === 307 || head.status === 308) return this.#redirect(now, head);
    if (head.status !== 200) return this.#refused(head);
    const coding = codingOf(head.headers);
    if (coding !== undefined)
      return this.#fail(`the server's answer is coded with ${coding}, which nobody asked for`);
    const type = head.headers.get("content-type") ?? CONTENT_TYPE.xml;
    if (!ANSWER_TYPES.some((accepted) => type.toLowerCase().startsWith(accepted)))
      return this.#fail(
        `the server answered with the media type ${type.slice(0, TYPE_LENGTH_MAX)}`,
      );
    this.#opening = false;
    this.#answered = true;
    const mac = head.headers.get(MAC_HEADER) ?? "";
    const fits = mac !== "" && utf8(mac).length <= MAC_HEADER_BYTES_MAX;
    this.#mac = fits ? mac : undefined;
    this.#bodyDeadline = now + ANSWER_MS_MAX;
    this.#deadline = now + BODY_IDLE_TIMEOUT_MS;
    return now;
  }

  #refused({ status, headers }: LinkHead): number {
    this.retryAfterMs = retryAfterMs(headers);
    const asks = status === 407 || headers.has("www-authenticate");
    const more = asks ? ": it wants credentials of HTTP, which are not supported" : "";
    return this.#fail(`the server answered HTTP ${status}${more}`);
  }

  /**
   * The message goes out again, as it is, where the server says (RFC 9110 §15.4.8, §15.4.9):
   * within the account's origin, since it holds credentials.
   */
  #redirect(now: number, { status, headers }: LinkHead): number {
    const message = this.#message;
    const location = headers.get("location") ?? "";
    if (message === undefined || location === "")
      return this.#fail(`the server answered HTTP ${status} without a Location`);
    const url = resolveAddress(message.url, location);
    if (typeof url === "string") return this.#fail(`the address of HTTP ${status} ${url}`);
    if (!sameOrigin(url, message.url))
      return this.#fail(`HTTP ${status} leads to ${url.host}: not where the account's server is`);
    if (++this.#redirects > REDIRECTS_MAX)
      return this.#fail(`the server redirects, and ${REDIRECTS_MAX} redirects were followed`);
    return this.#send(now, message, url);
  }

  #readBody(now: number, exchange: Exchange): number {
    if (this.#isRead) return this.#deliver(now);
    while (this.#length < this.#inbound.length) {
      const count = this.#try(() => exchange.read(this.#inbound.subarray(this.#length)));
      if (count === undefined) return now;
      if (count === 0) return this.#deadline;
      if (count < 0) return this.#deliver(now);
      this.#length += count;
      this.#deadline = Math.min(now + BODY_IDLE_TIMEOUT_MS, this.#bodyDeadline);
    }
    const long = this.#long;
    return long?.over === false ? this.#handOver(now, long) : this.#readPastEnd(now, exchange);
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
    return this.#handOver(now, long, long.from, next);
  }

  /** True when the message, all of it, is longer than any may be: then the conversation is over. */
  #tooLong(): boolean {
    if (this.#handed + this.#length <= LONG_MESSAGE_BYTES_MAX) return false;
    this.#fail(`the server's message is longer than ${LONG_MESSAGE_BYTES_MAX} bytes`);
    return true;
  }

  /**
   * Hands over what is in the buffer of Data, from `from` on, and keeps what follows it, and `next`
   * behind that.
   */
  #handOver(now: number, long: LongMessage, from = long.kept, next = NOTHING): number {
    if (this.#tooLong()) return now;
    const bytes = this.#inbound.subarray(from, this.#length);
    const count = long.take(bytes);
    const fed = after(this.session.feed(bytes.subarray(0, count)), (status) => {
      copy(this.#inbound, long.kept, bytes, count, bytes.length);
      this.#length = long.kept + bytes.length - count;
      copy(this.#inbound, this.#length, next, 0, next.length);
      this.#length += next.length;
      this.#handed += count;
      return status;
    });
    return this.#handOn(now, fed);
  }

  /** The server is given its time when the bytes are worked off. */
  #handOn(now: number, work: Work<number>): number {
    this.#pending = isPending(work) ? work : undefined;
    this.#bodyDeadline = now + ANSWER_MS_MAX;
    this.#deadline = now + BODY_IDLE_TIMEOUT_MS;
    return now;
  }

  #deliver(now: number): number {
    this.#isRead = true;
    if (this.#tooLong()) return now;
    const long = this.#long;
    if (long?.over === false && this.#length > long.kept) return this.#handOver(now, long);
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
