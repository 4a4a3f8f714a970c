/**
 * A DM session (OMA-TS-DM-Protocol §2.3): packages 1 to 4 and on, without a network. `next` gives
 * the message to POST, `received` takes the answer, until `next` gives nothing.
 *
 * Invariants: one message is under way at a time; a message that is not well-formed, not of this
 * session or seen before has no effect; nothing is executed before the server has proved itself, if
 * that is demanded; the number of messages is bounded.
 */
import { assert } from "../base/assert.ts";
import { MESSAGE_REPEATS_MAX, SESSION_MESSAGES_MAX } from "../base/limits.ts";
import { frozen } from "../base/frozen.ts";
import type { Work } from "../base/work.ts";
import { md5 } from "../base/md5.ts";
import { AlertCode } from "../syncml/alert.ts";
import { decodeMessage } from "../syncml/decode.ts";
import {
  type Command,
  type Header,
  isBase64,
  type Malformed,
  type Message,
  type StatusCommand,
} from "../syncml/command.ts";
import { Status, succeeded } from "../syncml/status.ts";
import { GenericAlerts } from "./alerts.ts";
import { settle } from "./answers.ts";
import {
  ClientAuthentication,
  type MacProof,
  ServerAuthentication,
  type Judgement,
} from "./authentication.ts";
import type { Context } from "./commands.ts";
import { encodingOf, readerOf } from "./encoding.ts";
import { headerFault, headerOf, repeated } from "./synchdr.ts";
import { asksForAnswer, refuse } from "./incoming.ts";
import { LargeObject } from "./largeobject.ts";
import { LongMessage } from "./longmessage.ts";
import { type Composed, headerStatus, Outgoing } from "./outgoing.ts";
import { queuePackage1 } from "./package1.ts";
import type { Outcome, Post, SessionOptions, SessionPorts } from "./ports.ts";
import { Peer } from "./peer.ts";
import { Runner } from "./runner.ts";
import { summary } from "./summary.ts";

/**
 * What may stand before Data that is taken as it comes: nothing that acts on a package, for it is
 * executed when the message is whole, and so behind Data.
 */
const BEFORE_DATA: readonly Command["name"][] = frozen([
  "Status",
  "Results",
  "Alert",
  "Get",
  "Add",
  "Replace",
]);

export class Session {
  readonly #options: SessionOptions;
  readonly #ports: SessionPorts;
  readonly #client: ClientAuthentication;
  readonly #server: ServerAuthentication;
  readonly #alerts: GenericAlerts;
  readonly #outgoing: Outgoing;
  readonly #context: Context;
  readonly #peer: Peer;
  /** Executes the server's last message. */
  #runner: Runner | undefined;
  #messageID = 0;
  /** What the Status of the server's last SyncHdr says, until it is written. */
  #answer: { readonly header: Header; readonly verdict: Judgement } | undefined;
  /** The message that has been given out and not been answered. */
  #post: Post | undefined;
  /** MsgID of the server's last message, and what it has been charged. */
  #lastID = "";
  #cost = 0;
  /** The message that is coming in pieces, and which of its items its Data is of. */
  #long: LongMessage | undefined;
  #longAt = { command: 0, item: 0 };
  /** True while package 1 has not been sent whole: its SyncHdr says what the device can take. */
  #opening = true;
  /** True when the server has closed its package, so that ours may be closed (§2.1.2). */
  #closing = true;
  #proved = false;
  #authenticated = false;
  /** True when the server's last message closed its package and asked for nothing. */
  #idle = false;
  /** How often the message under way was asked for again. */
  #repeats = 0;
  /** Why the session is given up; Alert 1223 is still to be sent. */
  #aborting: Outcome | undefined;
  #outcome: Outcome | undefined;

  constructor(options: SessionOptions, ports: SessionPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#client = new ClientAuthentication(options.account.client, ports);
    this.#server = new ServerAuthentication(options.account.server, ports);
    this.#alerts = new GenericAlerts(ports);
    this.#peer = new Peer(options.account.url, options.outbound.length);
    this.#outgoing = new Outgoing(ports.budget);
    this.#context = {
      tree: ports.tree,
      server: options.account.serverID,
      outgoing: this.#outgoing,
      object: new LargeObject(),
      budget: ports.budget,
      encoding: options.encoding,
      msgRef: "",
      objectSizeMax: options.maxObjSize,
      serverObjectSizeMax: 0,
    };
    queuePackage1(options, this.#alerts, this.#outgoing);
  }

  /** How it ended. Only after `next` gave undefined. */
  get outcome(): Outcome {
    assert(this.#outcome !== undefined, "the session is not over");
    return this.#outcome;
  }

  /**
   * The next message to POST, a view of `outbound`, the same again until it is answered; undefined
   * when the session is over.
   */
  next(): Post | undefined {
    if (this.#outcome !== undefined) return undefined;
    assert(!this.waiting, "what the server asked for is not over");
    if (this.#post === undefined) this.#proceed();
    return this.#post;
  }

  /**
   * True while a person has to answer a question of the server, or a command takes more steps: then
   * `resume`, and not `next`, goes on. What was given to `received` stays as it is so long.
   */
  get waiting(): boolean {
    return this.#runner?.waiting === true;
  }

  /**
   * Looks for the person's answer, or does a step of the command: when to call again, in ms of the
   * board's clock.
   */
  resume(now: number): number {
    const due = this.#runner?.resume(now) ?? now;
    this.#check();
    return due;
  }

  /**
   * Takes the body of the answer, bytes[0, length), and does what it says; `mac` is the value of
   * its header x-syncml-hmac. The buffer is rewritten, and kept while `waiting`. Late: no effect.
   */
  received(bytes: Uint8Array, length: number, mac?: string): void {
    if (this.#aborting !== undefined || this.#outcome !== undefined) {
      if (this.#aborting !== undefined && this.#post !== undefined) this.#end(this.#aborting);
      return;
    }
    assert(this.#post !== undefined, "no message is under way");
    // Before decoding, which rewrites the bytes.
    const proof = this.#server.everyMessage
      ? { header: mac, bodyDigest: md5(bytes.subarray(0, length)) }
      : undefined;
    const encoding = encodingOf(bytes, length);
    this.#forget();
    const { budget } = this.#ports;
    const { left } = budget;
    const message = decodeMessage(readerOf(encoding, bytes, length), budget);
    this.#cost = left - budget.left;
    this.#arrived(message);
    if ("problem" in message) {
      this.#malformed(message);
      return;
    }
    this.#ports.log(
      "debug",
      `received message ${message.header.msgID} (${length} bytes): ${summary(message.commands)}`,
    );
    const fault = headerFault(message.header, this.#options.sessionID, this.#options.deviceId);
    if (fault !== undefined) {
      this.#reject(message.header, fault, "a message that is not of this session");
    } else if (repeated(message.header.msgID, this.#lastID)) {
      this.#ports.log("warning", `message ${message.header.msgID} came again: answered as before`);
      this.#repeat();
    } else {
      // An answer is in the encoding of the question; results that wait are made for the one that
      // was in force.
      if (!this.#outgoing.waits("results")) this.#context.encoding = encoding;
      this.#take(message, proof);
    }
  }

  /**
   * The server's message fills the buffer and goes on. When all that is missing is the rest of Data
   * of a Replace: what to take of the bytes to come, which go to `feed`; `received` then gets the
   * rest. undefined: there is no room for such a message. Bytes of whoever has not proved himself,
   * and of a node that does not take them as they come, are dropped: the item is answered 413.
   */
  lengthens(bytes: Uint8Array, length: number): LongMessage | undefined {
    if (this.#server.everyMessage || this.#long !== undefined) return undefined;
    const encoding = encodingOf(bytes, length);
    const long = LongMessage.of(encoding, bytes, length);
    if (long === undefined) return undefined;
    if (this.#aborting === undefined && this.#outcome === undefined) {
      this.#forget();
      const { budget } = this.#ports;
      const { left } = budget;
      const message = decodeMessage(readerOf(encoding, long.head, long.head.length), budget);
      budget.release(left - budget.left);
      if ("problem" in message || !this.#begins(message, long)) return undefined;
    }
    this.#long = long;
    return long;
  }

  /**
   * Takes bytes of Data of the message that is on its way; they are rewritten, and stay until the
   * work is over. What comes of it is told to the server in its turn.
   */
  feed(bytes: Uint8Array): Work<number> {
    return this.#context.object.feed(bytes);
  }

  /** False when the head of a long message does not end in Data of a Replace. */
  #begins(message: Message, long: LongMessage): boolean {
    const { header, commands } = message;
    const command = commands[commands.length - 1];
    if (command?.name !== "Replace") return false;
    const last = command.items[command.items.length - 1];
    if (last?.data === undefined) return false;
    const item = { ...last, binary: long.opaque };
    this.#longAt = { command: commands.length - 1, item: command.items.length - 1 };
    const { object } = this.#context;
    const wanted =
      headerFault(header, this.#options.sessionID, this.#options.deviceId) === undefined &&
      !repeated(header.msgID, this.#lastID) &&
      this.#server.vouches(header.cred) &&
      this.#accepts(commands) &&
      commands.slice(0, -1).every(({ name }) => BEFORE_DATA.includes(name)) &&
      (long.opaque || isBase64(item, command.meta));
    if (wanted) object.early(item, command.meta, long.count, this.#context);
    else object.refuse(Status.tooLarge);
    return true;
  }

  /** Whether the server has accepted the device, before or with this message. */
  #accepts(commands: readonly Command[]): boolean {
    const status = commands.find(
      (command): command is StatusCommand => command.name === "Status" && command.cmd === "SyncHdr",
    );
    return status === undefined
      ? this.#client.accepted
      : status.msgRef === String(this.#messageID) && succeeded(status.data);
  }

  /**
   * Gives the session up: the next message says so (Alert 1223, §2.3.1), and is the last. Without
   * effect once it is over.
   */
  abort(detail: string): void {
    if (this.#outcome !== undefined || this.#aborting !== undefined) return;
    this.#abort({ kind: "aborted", detail });
  }

  /** The server cannot be reached any more: over at once. Without effect once it is over. */
  lost(detail: string): void {
    if (this.#outcome === undefined) this.#end(this.#aborting ?? { kind: "aborted", detail });
  }

  /** Finds the item of a long message that has been fed. */
  #arrived(message: Message | Malformed): void {
    const { command, item } = this.#longAt;
    const long = this.#long;
    this.#long = undefined;
    if (long === undefined || "problem" in message) return;
    const replace = message.commands[command];
    if (replace?.name === "Replace") this.#context.object.arrived(replace.items[item]);
  }

  #take(message: Message, proof: MacProof | undefined): void {
    const { header } = message;
    this.#lastID = header.msgID;
    this.#repeats = 0;
    this.#post = undefined;
    this.#context.msgRef = header.msgID;
    this.#closing ||= message.final;
    this.#peer.obey(header, this.#ports);
    if (header.maxObjSize !== undefined) this.#context.serverObjectSizeMax = header.maxObjSize;
    const verdict = this.#server.judge(header.cred, proof);
    if (this.#server.trusted && !this.#proved) {
      this.#proved = true;
      this.#ports.proved();
    }
    const challenged = this.#answers(message);
    if (this.#outcome !== undefined) return;
    if (
      message.commands.some(
        (command) => command.name === "Alert" && command.data === AlertCode.sessionAbort,
      )
    ) {
      this.#end({ kind: "aborted", detail: "the server aborted the session" });
      return;
    }
    const asks = message.commands.some(asksForAnswer);
    this.#idle = !asks && !challenged && message.final;
    if (challenged) this.#again();
    if (!this.#server.trusted) this.#distrust(message, verdict);
    else {
      this.#answer = { header, verdict };
      if (asks) this.#execute(message, challenged);
    }
    if (challenged && this.#aborting === undefined && this.#outcome === undefined)
      queuePackage1(this.#options, this.#alerts, this.#outgoing);
  }

  /** Answers the commands of a trusted server, unless the device has to prove itself first. */
  #execute(message: Message, challenged: boolean): void {
    if (!this.#open()) return;
    if (challenged) refuse(message.commands, Status.notExecuted, this.#context);
    else this.#runner = new Runner(message.commands, this.#context, this.#ports);
    this.#check();
  }

  /** Gives up when there is no memory for what the device has to answer. */
  #check(): void {
    if (this.#outgoing.exhausted)
      this.#abort({ kind: "protocol", detail: "no memory for so many answers" });
  }

  /**
   * Takes the Status commands of a message: true when the server challenges the device. May end the
   * session.
   */
  #answers(message: Message): boolean {
    let challenged = false;
    const rest = message.commands.filter((command) => command.name === "Status");
    for (const status of rest) {
      if (status.cmdRef !== "0" || status.cmd !== "SyncHdr") continue;
      if (status.msgRef !== String(this.#messageID)) {
        this.#ports.log(
          "warning",
          `a Status for message ${status.msgRef}, which is not the last: ignored`,
        );
        continue;
      }
      const answer = this.#client.answered(status.data, status.chal);
      challenged = answer === "again";
      if (answer !== "refused") continue;
      const credentials =
        status.data === Status.invalidCredentials || status.data === Status.missingCredentials;
      if (credentials && this.#server.trusted) this.#ports.refused();
      this.#end({
        kind: credentials ? "unauthenticated" : "protocol",
        detail: refusal(status, credentials),
      });
      return false;
    }
    if (this.#server.trusted && !challenged) this.#client.keepNonce();
    settle(rest, this.#server.trusted, this.#outgoing, this.#alerts, this.#ports);
    return challenged;
  }

  /** The commands of a message have been executed: perhaps the first since both sides are known. */
  #executed(): void {
    if (this.#authenticated || !this.#server.trusted || !this.#client.accepted) return;
    this.#authenticated = true;
    this.#ports.authenticated();
  }

  /**
   * The server has not proved itself: only Status answers, and a challenge, unless it has nothing
   * to say anyway (§2.4).
   */
  #distrust(message: Message, verdict: Judgement): void {
    if (this.#idle) {
      this.#end({ kind: "unauthenticated", detail: "the server did not prove itself" });
      return;
    }
    this.#answer = { header: message.header, verdict: this.#server.challenge(verdict) };
    if (!this.#open()) return;
    refuse(message.commands, verdict.status, this.#context);
    this.#check();
    if (this.#server.exhausted)
      this.#abort({ kind: "unauthenticated", detail: "the server does not prove itself" });
  }

  /**
   * The server wants credentials: package 1 begins again, in a new message (§2.4). Statuses of the
   * challenge go along.
   */
  #again(): void {
    this.#context.object.abort();
    this.#outgoing.restart();
    this.#opening = true;
    this.#closing = true;
  }

  /**
   * Composes the next message, or ends when the server has nothing to ask and the device nothing to
   * say (§2.3). Reports are asked for as late as here, so that what `authenticated` has set off
   * can still go with this package.
   */
  #proceed(): void {
    this.#context.object.lapse();
    if (this.#aborting === undefined) {
      if (this.#lastID !== "") this.#executed();
      if (this.#closing && this.#lastID !== "" && this.#server.trusted)
        this.#alerts.queue(this.#outgoing);
      if (this.#idle && this.#outgoing.empty) {
        if (this.#authenticated)
          this.#end({ kind: "completed", detail: `${this.#messageID} messages` });
        else this.#end({ kind: "unauthenticated", detail: "the server never accepted the device" });
        return;
      }
    }
    this.#post = this.#compose();
  }

  #malformed({ problem, offset, header, tooLarge }: Malformed): void {
    this.#ports.log("error", `received a malformed message, at byte ${offset}: ${problem}`);
    const detail = `malformed message: ${problem}`;
    if (header === undefined || header.sessionID !== this.#options.sessionID)
      this.#end({ kind: "protocol", detail });
    else this.#reject(header, tooLarge === true ? Status.tooLarge : Status.badRequest, detail);
  }

  /** Answers SyncHdr alone, and gives up. */
  #reject(header: Header, status: number, detail: string): void {
    this.#outgoing.clear();
    this.#answer = { header, verdict: { status } };
    this.#abort({ kind: "protocol", detail: `${detail} (${status})` });
  }

  #abort(outcome: Outcome): void {
    this.#release();
    this.#post = undefined;
    this.#aborting = outcome;
  }

  /**
   * What was made of the last message is gone, unless an answer to it waits; and what was made of
   * all, but for an object that is not whole, when none does.
   */
  #forget(): void {
    const { budget } = this.#ports;
    if (this.#outgoing.empty) budget.reset(this.#context.object.keeps);
    else if (!this.#outgoing.left) budget.release(this.#cost);
    this.#cost = 0;
  }

  /** Gives up what is under way. */
  #release(): void {
    this.#context.object.abort();
    this.#runner?.abort();
    this.#runner = undefined;
  }

  #end(outcome: Outcome): void {
    this.#release();
    this.#post = undefined;
    this.#outgoing.clear();
    this.#forget();
    this.#outcome = outcome;
    const level = outcome.kind === "completed" ? "info" : "warning";
    this.#ports.log(level, `session ${this.#options.sessionID} ${outcome.kind}: ${outcome.detail}`);
  }

  /** The message under way is to be sent again as it is, but not for ever. */
  #repeat(): void {
    this.#repeats++;
    if (this.#repeats > MESSAGE_REPEATS_MAX)
      this.#abort({ kind: "protocol", detail: "the server repeats itself" });
  }

  /**
   * Begins the next message, unless one is begun: SyncHdr, the Status of the server's, what waits.
   * False when that does not fit: the session is given up.
   */
  #open(): boolean {
    if (this.#outgoing.open) return true;
    if (this.#messageID >= SESSION_MESSAGES_MAX - 1)
      this.#aborting ??= { kind: "aborted", detail: "too many messages" };
    this.#messageID++;
    const header = headerOf(
      this.#options,
      this.#messageID,
      this.#opening,
      this.#client.credential(),
      this.#client.name,
    );
    const { encoding } = this.#context;
    const { outbound } = this.#options;
    const status = this.#headerStatus();
    this.#answer = undefined;
    const { messageBytesMax } = this.#peer;
    if (this.#outgoing.begin(encoding, outbound, messageBytesMax, header, status)) return true;
    this.#abortShort();
    this.#outgoing.begin(encoding, outbound, outbound.length, header, status);
    return false;
  }

  /** That of the server's SyncHdr: its challenge is made, and stored, as it is about to be sent. */
  #headerStatus(): StatusCommand | undefined {
    const answer = this.#answer;
    if (answer === undefined) return undefined;
    const { header, verdict } = answer;
    return headerStatus(header, verdict.status, verdict.chal?.());
  }

  /** Gives up: nothing fits in a message. The last one, which says so, may be too long for it. */
  #abortShort(): void {
    const detail = `MaxMsgSize ${this.#peer.messageBytesMax} is too small for a message`;
    this.#abort(this.#aborting ?? { kind: "protocol", detail });
  }

  #compose(): Post | undefined {
    this.#open();
    if (this.#aborting === undefined) {
      const composed = this.#outgoing.end(this.#closing);
      if (composed !== undefined) return this.#sending(composed);
      this.#abortShort();
    }
    const last = this.#outgoing.endAborted();
    if (last !== undefined) return this.#sending(last);
    if (this.#aborting !== undefined) this.#end(this.#aborting);
    return undefined;
  }

  #sending(composed: Composed): Post {
    if (composed.final) {
      this.#closing = false;
      this.#opening = false;
    }
    this.#ports.log(
      "debug",
      `sent message ${this.#messageID} (${composed.length} bytes): ${composed.summary}`,
    );
    const body = this.#options.outbound.subarray(0, composed.length);
    return {
      url: this.#peer.url,
      body,
      mac: this.#client.mac(body),
      encoding: this.#context.encoding,
    };
  }
}

/** What the Status of SyncHdr means, and what to do. */
function refusal(status: StatusCommand, credentials: boolean): string {
  const answer = `the server answered ${numberOf(status)} to SyncHdr`;
  if (!credentials) return answer;
  return `${answer}: it does not take the name, secret or kind of authentication of this account`;
}

/** The code of a Status, for a person. */
function numberOf({ data, fault }: StatusCommand): string {
  return fault === undefined ? String(data) : "no number";
}
