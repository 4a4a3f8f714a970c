/**
 * The message that is being written, and what waits for room: Status of SyncHdr, the Status of each
 * command with its Results behind it, then Alerts and the Replace of DevInfo (OMA-TS-DM-Protocol
 * §2.3, §4.1.6). What an answer holds is made when there is room for it, written and gone. Where
 * Results wait, the Status of other commands goes before them.
 */
import { type Budget, Cost } from "../base/budget.ts";
import { frozen } from "../base/frozen.ts";
import type { TokenWriter } from "../base/token.ts";
import { AlertCode } from "../syncml/alert.ts";
import { MessageWriter, type ResultsHead } from "../syncml/encode.ts";
import type {
  AlertCommand,
  Chal,
  Command,
  Header,
  Item,
  ObjectCommand,
  StatusCommand,
} from "../syncml/command.ts";
import { succeeded } from "../syncml/status.ts";
import { type Encoding, writerOf } from "./encoding.ts";
import { labelOf, Summary } from "./summary.ts";

/** `request`: Alerts and DevInfo. */
type Kind = "status" | "results" | "request";

/** Something to be sent, which may take more than one message. */
export interface Sending {
  readonly kind: Kind;
  /** Writes what fits: true when nothing of it is left. */
  write(draft: Draft): boolean;
  /** Gives up the large object that is under way in it. False when none is. */
  drop?(): boolean;
}

export interface Composed {
  readonly length: number;
  /** What the message says, for the log. */
  readonly summary: string;
  readonly final: boolean;
}

/** Something that was sent, and whose Status says more than that it came. */
interface Awaited {
  readonly msgRef: string;
  readonly cmdRef: string;
  /** Number of a generic alert; undefined: a part of a large object. */
  readonly alert: number | undefined;
}

/** How many are remembered: more than there are alerts; older ones are forgotten. */
const AWAITED_MAX = 8;
const NONE: readonly never[] = frozen([]);

export class Outgoing {
  readonly #budget: Budget;
  #draft: Draft | undefined;
  #waiting: Sending[] = [];
  readonly #awaited: Awaited[] = [];
  /** MsgID of the last message, and how many commands it had. */
  #last = 0;
  #count = 0;
  /** More waits than there is memory for: the session cannot go on. */
  exhausted = false;
  /** True when something that was sent since the message was begun has to wait. */
  left = false;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** True when nothing waits. */
  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** True while a message is being written. */
  get open(): boolean {
    return this.#draft !== undefined;
  }

  /**
   * Begins a message with its SyncHdr, the Status of the server's, and what has waited. False when
   * not so much fits.
   */
  begin(
    encoding: Encoding,
    buffer: Uint8Array,
    bytesMax: number,
    header: Header,
    status: StatusCommand | undefined,
  ): boolean {
    const draft = new Draft(encoding, buffer, bytesMax, header, this.#awaited);
    if (!draft.begin(status)) return false;
    this.#draft = draft;
    this.left = false;
    this.#flush("status", draft);
    return true;
  }

  /**
   * Writes it behind what waits of its kind; what does not fit, and requests, wait for the end of
   * the message.
   */
  send(sending: Sending): void {
    const { kind } = sending;
    const draft = this.#draft;
    const now = draft !== undefined && kind !== "request" && !this.waits(kind);
    if (now && sending.write(draft)) return;
    this.left = true;
    if (this.#budget.charge(Cost.answer)) this.#waiting.push(sending);
    else this.exhausted = true;
  }

  /** Writes it now and whole, or not at all: false. */
  sendNow(sending: Sending): boolean {
    const draft = this.#draft;
    if (draft === undefined || this.waits("status") || this.waits("results")) return false;
    const mark = draft.mark();
    if (sending.write(draft)) return true;
    sending.drop?.();
    draft.rewind(mark);
    return false;
  }

  request(command: AlertCommand | ObjectCommand, alert?: number): void {
    this.send(new Request(command, alert));
  }

  /** Drops everything that waits but Status: package 1 begins again. */
  restart(): void {
    this.#waiting = this.#waiting.filter(({ kind }) => kind === "status");
  }

  /** Drops everything that waits, and the message. */
  clear(): void {
    this.#waiting = [];
    this.#draft = undefined;
  }

  /** The server does not want the rest of the large object that is under way. False: none is. */
  drop(): boolean {
    return this.#waiting.find(({ kind }) => kind === "results")?.drop?.() === true;
  }

  /**
   * Takes a Status of the server. What it answers: the number of a generic alert, a part of a large
   * object, something else that was sent, or nothing.
   */
  answered(msgRef: string, cmdRef: string): number | "part" | "other" | undefined {
    const index = this.#awaited.findIndex((one) => one.msgRef === msgRef && one.cmdRef === cmdRef);
    const awaited = this.#awaited[index];
    if (awaited !== undefined) {
      this.#awaited.splice(index, 1);
      return awaited.alert ?? "part";
    }
    const message = Number(msgRef);
    const count = message === this.#last ? this.#count : Infinity;
    return message > 0 && message <= this.#last && Number(cmdRef) > 0 && Number(cmdRef) <= count
      ? "other"
      : undefined;
  }

  /**
   * Ends the message, with what fits of what waits. `closing`: the server has closed its package,
   * so ours may end; while it may not, a message with nothing to say asks for the next one (Alert
   * 1222, §2.1). undefined when the buffer is too small for anything.
   */
  end(closing: boolean): Composed | undefined {
    const draft = this.#draft;
    if (draft === undefined) return undefined;
    const drained =
      this.#flush("status", draft) &&
      this.#flush("results", draft) &&
      this.#flush("request", draft);
    if (!drained && draft.fresh) return undefined;
    if (drained && !closing && draft.onlyStatus) draft.command(alert(AlertCode.nextMessage));
    return this.#ended(draft, drained && closing);
  }

  /**
   * Ends the last message of a session that is given up, with Alert 1223 (§2.3.1). Where the
   * server takes less than that, the message is longer: it says why there are no more. undefined
   * when the buffer is too small for it.
   */
  endAborted(): Composed | undefined {
    const draft = this.#draft;
    const abort = alert(AlertCode.sessionAbort);
    this.#waiting = [];
    if (draft === undefined) return undefined;
    if (draft.command(abort)) return this.#ended(draft, true);
    draft.rewindToHead();
    if (draft.command(abort)) return this.#ended(draft, true);
    const longer = draft.longer();
    return longer?.command(abort) === true ? this.#ended(longer, true) : undefined;
  }

  #ended(draft: Draft, final: boolean): Composed {
    this.#draft = undefined;
    this.#last = draft.messageID;
    this.#count = draft.count;
    return draft.end(final);
  }

  /** True when something of that kind waits. */
  waits(kind: Kind): boolean {
    return this.#waiting.some((sending) => sending.kind === kind);
  }

  /** Writes what waits of a kind, as much as fits: true when nothing of it is left. */
  #flush(kind: Kind, draft: Draft): boolean {
    for (let index = 0; ; ) {
      const sending = this.#waiting[index];
      if (sending === undefined) return true;
      if (sending.kind !== kind) index++;
      else if (!sending.write(draft)) return false;
      else {
        this.#waiting.splice(index, 1);
        this.#budget.release(Cost.answer);
      }
    }
  }
}

/** A state of a message to come back to. */
interface Mark {
  readonly writer: number;
  readonly count: number;
  readonly others: number;
  readonly summary: Summary;
}

/** One message: numbers its commands from 1, and remembers those whose Status matters. */
export class Draft {
  readonly #encoding: Encoding;
  readonly #buffer: Uint8Array;
  readonly #tokens: TokenWriter;
  readonly #writer: MessageWriter;
  readonly #header: Header;
  readonly #awaited: Awaited[];
  #summary = new Summary();
  #count = 0;
  /** Commands that are no Status. */
  #others = 0;
  /** The Status of SyncHdr, and where the message ends that has no more than that. */
  #status: StatusCommand | undefined;
  #headEnd = 0;

  constructor(
    encoding: Encoding,
    buffer: Uint8Array,
    bytesMax: number,
    header: Header,
    awaited: Awaited[],
  ) {
    this.#encoding = encoding;
    this.#buffer = buffer;
    this.#tokens = writerOf(encoding, buffer.subarray(0, bytesMax));
    this.#writer = new MessageWriter(this.#tokens);
    this.#header = header;
    this.#awaited = awaited;
  }

  get messageID(): number {
    return Number(this.#header.msgID);
  }

  /** Commands so far. */
  get count(): number {
    return this.#count;
  }

  /** Bytes left for commands. */
  get room(): number {
    return this.#writer.room;
  }

  /** The part of the buffer that nothing is in yet, past the longest message too. */
  get scratch(): Uint8Array {
    return this.#buffer.subarray(this.#tokens.length);
  }

  get onlyStatus(): boolean {
    return this.#others === 0;
  }

  /** True while a message has as much room as it can have for what belongs to one Status. */
  get fresh(): boolean {
    return this.onlyStatus && this.#count <= (this.#status === undefined ? 1 : 2);
  }

  /** Opens the message. False when that does not fit. */
  begin(status: StatusCommand | undefined): boolean {
    if (!this.#writer.begin(this.#header)) return false;
    if (status !== undefined && !this.command(status)) return false;
    this.#status = status;
    this.#headEnd = this.#writer.mark();
    return true;
  }

  /** The same message with its head alone, and all of the buffer for it. */
  longer(): Draft | undefined {
    const buffer = this.#buffer;
    const draft = new Draft(this.#encoding, buffer, buffer.length, this.#header, this.#awaited);
    return draft.begin(this.#status) ? draft : undefined;
  }

  /**
   * Appends a command. False, and nothing is written, when it does not fit. `alertNumber`: that of
   * a generic alert.
   */
  command(command: Command, alertNumber?: number): boolean {
    const cmdID = String(this.#count + 1);
    if (!this.#writer.command(command, cmdID)) return false;
    this.#count++;
    if (command.name !== "Status") this.#others++;
    this.#summary.add(labelOf(command));
    if (alertNumber !== undefined) this.#remember(cmdID, alertNumber);
    return true;
  }

  /**
   * Begins Results with an item; others may follow. False, and nothing is written, when that does
   * not fit. `part`: the Status says whether the rest is wanted.
   */
  openResults(head: ResultsHead, item: Item, part: boolean): boolean {
    const cmdID = String(this.#count + 1);
    if (!this.#writer.openResults(head, cmdID, item)) return false;
    this.#count++;
    this.#others++;
    this.#summary.add("Results");
    if (part) this.#remember(cmdID, undefined);
    return true;
  }

  /** Appends an item to the Results. False when it does not fit. */
  item(item: Item): boolean {
    return this.#writer.item(item);
  }

  closeResults(): void {
    this.#writer.closeResults();
  }

  mark(): Mark {
    return {
      writer: this.#writer.mark(),
      count: this.#count,
      others: this.#others,
      summary: this.#summary.copy(),
    };
  }

  rewind(mark: Mark): void {
    this.#writer.rewind(mark.writer);
    this.#count = mark.count;
    this.#others = mark.others;
    this.#summary = mark.summary;
  }

  /** Takes back everything behind the Status of SyncHdr. */
  rewindToHead(): void {
    this.#writer.rewind(this.#headEnd);
    this.#count = this.#status === undefined ? 0 : 1;
    this.#others = 0;
    this.#summary = new Summary();
    if (this.#status !== undefined) this.#summary.add(labelOf(this.#status));
  }

  end(final: boolean): Composed {
    this.#writer.end(final);
    return { length: this.#tokens.length, summary: this.#summary.text, final };
  }

  #remember(cmdRef: string, alertNumber: number | undefined): void {
    if (this.#awaited.length === AWAITED_MAX) this.#awaited.shift();
    this.#awaited.push({ msgRef: this.#header.msgID, cmdRef, alert: alertNumber });
  }
}

/** An Alert or a Replace of DevInfo. */
class Request implements Sending {
  readonly #command: AlertCommand | ObjectCommand;
  readonly #alert: number | undefined;
  /** Items that have been sent. */
  #sent = 0;

  constructor(command: AlertCommand | ObjectCommand, alertNumber: number | undefined) {
    this.#command = command;
    this.#alert = alertNumber;
  }

  get kind(): "request" {
    return "request";
  }

  /** A Replace of many items goes in parts rather than never. */
  write(draft: Draft): boolean {
    const command = this.#command;
    if (this.#sent === 0 && draft.command(command, this.#alert)) return true;
    if (command.name === "Alert" || command.items.length < 2) return false;
    for (
      let item = command.items[this.#sent];
      item !== undefined;
      item = command.items[this.#sent]
    ) {
      if (!draft.command({ ...command, items: [item] })) return false;
      this.#sent++;
    }
    return true;
  }
}

/** An Alert without items. */
export function alert(data: number): AlertCommand {
  return { name: "Alert", cmdID: "", data, items: NONE };
}

/** The Status of a command of message `msgRef`. */
export function statusOf(
  msgRef: string,
  command: { readonly cmdID: string; readonly name: string },
  data: number,
  targetRefs: readonly string[] = NONE,
  sourceRefs: readonly string[] = NONE,
  items: readonly Item[] = NONE,
): StatusCommand {
  return {
    name: "Status",
    cmdID: "",
    msgRef,
    cmdRef: command.cmdID,
    cmd: command.name,
    targetRefs,
    sourceRefs,
    data,
    items,
  };
}

/**
 * The Status of a message's SyncHdr. It names both ends where they matter, beside a challenge or an
 * error: each message of a large object would (OMA-TS-DM-Protocol §2.6.1.3).
 */
export function headerStatus(
  header: Header,
  status: number,
  chal: Chal | undefined,
): StatusCommand {
  const named = chal !== undefined || !succeeded(status);
  const command = { cmdID: "0", name: "SyncHdr" };
  const both = named ? [[header.target], [header.source]] : [];
  return { ...statusOf(header.msgID, command, status, ...both), chal };
}
