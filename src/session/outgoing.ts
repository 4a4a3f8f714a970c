/**
 * What waits to be sent, and the message that is made of it: Status of SyncHdr, other Status,
 * Results, then Alerts and the Replace of DevInfo (OMA-TS-DM-Protocol §2.3, §4.1.6). What does not
 * fit waits for the next message.
 */
import type { TokenWriter } from "../base/token.ts";
import { AlertCode } from "../syncml/alert.ts";
import { MessageWriter } from "../syncml/encode.ts";
import type {
  AlertCommand,
  Chal,
  Command,
  Header,
  ObjectCommand,
  StatusCommand,
} from "../syncml/command.ts";
import { succeeded } from "../syncml/status.ts";
import { type CommandSink, ResultsQueue } from "./results.ts";
import { summary } from "./trace.ts";

/** Something that wants a Status; `alert` is the number of a generic alert. */
interface Request {
  readonly command: AlertCommand | ObjectCommand;
  readonly alert: number | undefined;
}
/** What a Status from the server answers. */
export interface Sent {
  readonly name: string;
  readonly alert: number | undefined;
}
export interface Composed {
  readonly length: number;
  /** What the message says, for the log. */
  readonly summary: string;
  readonly final: boolean;
}

/** Room that Alert 1223 must find after the Status commands of a last message. */
const ABORT_BYTES = 160;
/** Commands whose Status is still awaited; older ones are forgotten. */
const AWAITED_MAX = 64;

export class Outgoing {
  readonly results = new ResultsQueue();
  #header: { readonly status: StatusCommand; readonly chal: (() => Chal) | undefined } | undefined;
  #statuses: StatusCommand[] = [];
  #requests: Request[] = [];
  readonly #awaited = new Map<string, Sent>();

  get empty(): boolean {
    return this.#statuses.length === 0 && this.#requests.length === 0 && this.results.empty;
  }

  /**
   * The Status of a message's SyncHdr; the next message begins with it. `chal` is called once that
   * is written. It names both ends where they matter, beside a challenge or an error: each message
   * of a large object would (OMA-TS-DM-Protocol §2.6.1.3).
   */
  header(header: Header, status: number, chal: (() => Chal) | undefined): void {
    const named = chal !== undefined || !succeeded(status);
    this.#header = {
      status: {
        name: "Status",
        cmdID: "",
        msgRef: header.msgID,
        cmdRef: "0",
        cmd: "SyncHdr",
        targetRefs: named ? [header.target] : [],
        sourceRefs: named ? [header.source] : [],
        data: status,
        items: [],
      },
      chal,
    };
  }

  status(status: StatusCommand): void {
    this.#statuses.push(status);
  }

  request(command: AlertCommand | ObjectCommand, alert?: number): void {
    this.#requests.push({ command, alert });
  }

  /** Drops everything but Status: package 1 begins again. */
  restart(): void {
    this.#requests = [];
    this.results.clear();
  }

  /** Drops everything that waits. */
  clear(): void {
    this.#statuses = [];
    this.restart();
  }

  /** What the server's Status answers, once; undefined when nothing that was sent is meant. */
  answered(msgRef: string, cmdRef: string): Sent | undefined {
    const key = `${msgRef} ${cmdRef}`;
    const sent = this.#awaited.get(key);
    this.#awaited.delete(key);
    return sent;
  }

  /**
   * Writes a message. `closing`: the server has closed its package, so ours may end; while it may
   * not, a message with nothing to say asks for the next one (Alert 1222, §2.1). undefined when the
   * buffer is too small for anything.
   */
  compose(tokens: TokenWriter, header: Header, closing: boolean): Composed | undefined {
    const message = new Numbered(tokens, header, this.#awaited);
    if (!message.begin()) return undefined;
    if (!this.#writeHeader(message)) return undefined;
    const statuses = this.#writeStatuses(message, 0);
    const before = message.count;
    let drained = this.#statuses.length === 0 && this.results.write(message, statuses <= 1);
    if (drained) {
      this.#writeRequests(message);
      drained = this.#requests.length === 0;
    }
    if (!drained && statuses <= 1 && message.count === before) return undefined;
    if (drained && !closing && message.count === before)
      message.command(alert(AlertCode.nextMessage));
    this.#header = undefined;
    return message.end(drained && closing);
  }

  /**
   * Writes the last message of a session that is given up: what Status fits, and Alert 1223
   * (§2.3.1).
   */
  composeAbort(tokens: TokenWriter, header: Header): Composed | undefined {
    const message = new Numbered(tokens, header, this.#awaited);
    if (!message.begin()) return undefined;
    this.#writeHeader(message);
    this.#writeStatuses(message, ABORT_BYTES);
    if (!message.command(alert(AlertCode.sessionAbort))) return undefined;
    return message.end(true);
  }

  #writeHeader(message: Numbered): boolean {
    const header = this.#header;
    return header === undefined || message.command({ ...header.status, chal: header.chal?.() });
  }

  #writeStatuses(message: Numbered, reserve: number): number {
    let written = 0;
    for (const status of this.#statuses) {
      if (message.room < reserve || !message.command(status)) break;
      written++;
    }
    this.#statuses = this.#statuses.slice(written);
    return written;
  }

  #writeRequests(message: Numbered): void {
    while (this.#requests.length > 0) {
      const [request] = this.#requests;
      if (request === undefined) return;
      if (message.command(request.command, request.alert)) {
        this.#requests.shift();
        continue;
      }
      // A Replace of many items goes in parts rather than never.
      if (request.command.name === "Alert" || request.command.items.length < 2) return;
      const { command } = request;
      this.#requests.splice(
        0,
        1,
        ...command.items.map((item) => ({
          command: { ...command, items: [item] },
          alert: undefined,
        })),
      );
    }
  }
}

/** One message: numbers its commands from 1, and remembers those that want a Status. */
class Numbered implements CommandSink {
  readonly #tokens: TokenWriter;
  readonly #writer: MessageWriter;
  readonly #header: Header;
  readonly #awaited: Map<string, Sent>;
  readonly #commands: Command[] = [];

  constructor(tokens: TokenWriter, header: Header, awaited: Map<string, Sent>) {
    this.#tokens = tokens;
    this.#writer = new MessageWriter(tokens);
    this.#header = header;
    this.#awaited = awaited;
  }

  get count(): number {
    return this.#commands.length;
  }

  get room(): number {
    return this.#writer.room;
  }

  begin(): boolean {
    return this.#writer.begin(this.#header);
  }

  command(command: Command, alert?: number): boolean {
    const cmdID = String(this.#commands.length + 1);
    if (!this.#writer.command(command, cmdID)) return false;
    this.#commands.push(command);
    if (command.name !== "Status") {
      if (this.#awaited.size >= AWAITED_MAX)
        for (const key of this.#awaited.keys()) {
          this.#awaited.delete(key);
          break;
        }
      this.#awaited.set(`${this.#header.msgID} ${cmdID}`, { name: command.name, alert });
    }
    return true;
  }

  end(final: boolean): Composed {
    this.#writer.end(final);
    return { length: this.#tokens.length, summary: summary(this.#commands), final };
  }
}

/** An Alert without items. */
export function alert(data: number): AlertCommand {
  return { name: "Alert", cmdID: "", data, items: [] };
}

/** The Status of a command of message `msgRef`. */
export function statusOf(
  msgRef: string,
  command: { readonly cmdID: string; readonly name: string },
  data: number,
  targetRefs: readonly string[] = [],
  sourceRefs: readonly string[] = [],
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
    items: [],
  };
}
