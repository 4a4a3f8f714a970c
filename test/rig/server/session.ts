/**
 * One DM session, server side (OMA-TS-DM-Protocol §8): takes a message of the device, gives the
 * next of the server.
 *
 * A package of the server is one message, but for a large object, which has a message a chunk. New
 * commands wait until the device has sent Final and every command before has its status.
 */
import type {
  AlertCommand,
  Command,
  Header,
  Message,
  ResultsCommand,
  StatusCommand,
} from "../../../src/syncml/command.ts";
import { AlertCode } from "../../../src/syncml/alert.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { MAC_HEADER } from "../../../src/account/mac.ts";
import type { Codec } from "./codec.ts";
import { Conduct } from "./conduct.ts";
import type { Device } from "./device.ts";
import type { EventSink } from "./event.ts";
import { readable, type Request } from "./exchange.ts";
import type { Misbehaviour } from "./fault.ts";
import { Incoming, Outgoing } from "./largeobject.ts";
import type { Operation } from "./scenario.ts";
import type { SessionOptions } from "./options.ts";

/** Challenges to one device in one session, in either direction. */
const CHALLENGES_MAX = 3;
/** By how much a chunk is made shorter until it fits its message. */
const CHUNK_STEP = 32;
/** Answers in a row that bring nothing, after which a session is given up. */
const IDLE_MAX = 4;

/** Room for a message that only ends a session, but for the names that the device has given. */
const ABORT_BYTES = 8192;
/** What a character may become when it is escaped. */
const ESCAPED_MAX = 6;
/** Values of DevInfo that are kept, and characters of each. */
const DEVINFO_MAX = 64;
const DEVINFO_CHARACTERS_MAX = 1024;

/** MsgID of a message that was never sent. */
const WRONG_MESSAGE = "77";

const DOMAIN_WORD = "Reversed-Domain-Name:";

/** The type of a generic alert, without the word that some clients put before it. */
function withoutDomainWord(type: string): string {
  const has = type.slice(0, DOMAIN_WORD.length).toLowerCase() === DOMAIN_WORD.toLowerCase();
  return has ? type.slice(DOMAIN_WORD.length).trimStart() : type;
}

interface Pending {
  readonly operation: Operation | undefined;
  /** Waits for 213 and not for the last status. */
  readonly chunk: boolean;
}

export class ServerSession {
  readonly id: string;
  /** Nothing more is expected of the device. */
  over = false;
  readonly #device: Device;
  readonly #options: SessionOptions;
  readonly #emit: EventSink;
  readonly #pending = new Map<string, Pending>();
  readonly #conduct = new Conduct();
  #incoming = new Incoming();
  #large: Outgoing | undefined;
  /** Commands of the package that have not been sent. */
  #rest: readonly Operation[] = [];
  #statuses: Command[] = [];
  /** What Status commands say that they answer. */
  #msgRef = "";
  #messages = 0;
  #commands = 0;
  #authenticated = false;
  #accepted: boolean;
  #rejections = 0;
  #idle = 0;
  #sentFinal = true;
  #peerMax: number | undefined;
  #peerObjectMax = Infinity;
  /** Why the session cannot go on: its last message says so. */
  #hopeless: string | undefined;

  constructor(id: string, device: Device, options: SessionOptions, emit: EventSink) {
    this.id = id;
    this.#device = device;
    this.#options = options;
    this.#emit = emit;
    this.#accepted = device.credentials(false) === undefined;
    device.campaign?.begin();
  }

  /**
   * The next message of the server. `request` is how the device's came; `fault` is what goes wrong
   * with the answer.
   */
  handle(
    message: Message,
    codec: Codec,
    fault: Misbehaviour | undefined,
    request: Request,
  ): Uint8Array {
    const { header } = message;
    this.#statuses = [];
    this.#commands = 0;
    this.#msgRef = fault?.what === "wrongMsgRef" ? WRONG_MESSAGE : header.msgID;
    this.#peerMax = header.maxMsgSize ?? this.#peerMax;
    this.#peerObjectMax = header.maxObjSize ?? this.#peerObjectMax;
    for (const text of this.#conduct.judge(message, `${this.#messages}`))
      this.#emit({ kind: "warning", text: `${this.#device.id}: ${text}` });
    const status = this.#authenticate(header, request, fault?.what === "staleNonce");
    const good = status < 300;
    if (good) {
      this.#ownCredentials(message);
      for (const command of message.commands) this.#command(command, message);
    } else {
      for (const command of message.commands) {
        if (command.name !== "Status" && command.name !== "Results")
          this.#status(header, command.cmdID, command.name, status);
      }
    }
    return this.#compose(message, codec, good, fault?.what === "wrongCredentials");
  }

  /** Status of SyncHdr, with a challenge when the device has to prove itself (again). */
  #authenticate(header: Header, request: Request, stale: boolean): number {
    const fresh = new Uint8Array(16);
    this.#options.random(fresh);
    const everyMessage = this.#options.everyMessage || this.#device.everyMessage;
    if (this.#authenticated && !stale && !everyMessage) {
      this.#status(header, "0", "SyncHdr", 212);
      return 212;
    }
    const checked = this.#device.check(header, request.headers.get(MAC_HEADER), request.body);
    const status = stale && checked === 212 ? 401 : checked;
    if (status !== 212) {
      this.#emit({ kind: "authenticated", status, session: this.id });
      this.#rejections++;
      if (this.#authenticated) this.#again();
      this.#authenticated = false;
      this.#status(header, "0", "SyncHdr", status, this.#device.challenge(fresh));
      if (this.#rejections >= CHALLENGES_MAX) this.over = true;
      return status;
    }
    if (!this.#authenticated) this.#emit({ kind: "authenticated", status: 212, session: this.id });
    this.#authenticated = true;
    this.#device.proved = true;
    const accepted = everyMessage ? 200 : 212;
    this.#status(header, "0", "SyncHdr", accepted, this.#device.challenge(fresh));
    return accepted;
  }

  /**
   * What the device says of the server's credentials. After a refusal everything sent so far has to
   * be sent again.
   */
  #ownCredentials(message: Message): void {
    const answer = message.commands.find(
      (command): command is StatusCommand => command.name === "Status" && command.cmd === "SyncHdr",
    );
    if (answer === undefined) return;
    if (answer.chal !== undefined) this.#device.challenged(answer.chal);
    if (answer.data === 212) this.#accepted = true;
    if (answer.data !== 401 && answer.data !== 407) return;
    this.#emit({
      kind: "server",
      text: `the device does not accept the server: ${answer.data}`,
      session: this.id,
    });
    this.#accepted = false;
    this.#again();
    if (++this.#rejections >= CHALLENGES_MAX) this.over = true;
  }

  /** Everything that has no answer yet has to be sent again. */
  #again(): void {
    this.#pending.clear();
    this.#rest = [];
    this.#conduct.forget();
    this.#large = undefined;
    this.#sentFinal = true;
    this.#device.campaign?.begin();
  }

  #command(command: Command, message: Message): void {
    const { header } = message;
    switch (command.name) {
      case "Status":
        this.#answered(command);
        break;
      case "Results":
        this.#results(command, header);
        break;
      case "Alert":
        this.#status(header, command.cmdID, "Alert", this.#alert(command));
        break;
      case "Replace":
        for (const { source, data } of command.items) this.#devInfo(source, data);
        this.#status(header, command.cmdID, "Replace", 200);
        break;
      default:
        this.#status(
          header,
          command.cmdID,
          command.name === "Unknown" ? command.element : command.name,
          406,
        );
    }
  }

  #devInfo(uri: string | undefined, data: Uint8Array | undefined): void {
    const { devInfo } = this.#device;
    if (uri === undefined || (devInfo.size >= DEVINFO_MAX && !devInfo.has(uri))) return;
    devInfo.set(uri, readable(data).slice(0, DEVINFO_CHARACTERS_MAX));
  }

  #answered(status: StatusCommand): void {
    const key = `${status.msgRef} ${status.cmdRef}`;
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    this.#pending.delete(key);
    if (pending.operation === undefined) return;
    if (pending.chunk && status.data === 213) return;
    if (pending.chunk) this.#large = undefined;
    this.#device.campaign?.answered(pending.operation, status.data);
  }

  #results(results: ResultsCommand, header: Header): void {
    let more = false;
    for (const item of results.items) {
      const value = this.#incoming.take(item, results.meta);
      const uri = item.source ?? results.sourceRef ?? results.targetRef ?? "";
      if (value === undefined) more = true;
      else if (typeof value === "string")
        this.#emit({ kind: "warning", text: `Results for ${uri}: ${value}` });
      else {
        const format = item.meta?.format ?? results.meta?.format ?? "chr";
        this.#device.campaign?.value(uri, readable(value), format);
      }
    }
    if (more) this.#status(header, results.cmdID, "Results", 213);
  }

  #alert(alert: AlertCommand): number {
    if (alert.data === AlertCode.sessionAbort) {
      this.#emit({ kind: "warning", text: "the device aborts the session" });
      this.over = true;
    }
    if (alert.data === AlertCode.serverInitiated)
      this.#emit({ kind: "server", text: "the device was asked for it", session: this.id });
    if (alert.data === AlertCode.noEndOfData) this.#large = undefined;
    if (alert.data !== AlertCode.generic) return 200;
    for (const { meta, source, data } of alert.items) {
      const generic = {
        type: withoutDomainWord(meta?.type ?? ""),
        source: source ?? "",
        correlator: alert.correlator,
        data: readable(data).trim(),
      };
      const { type, correlator } = generic;
      const mark = meta?.mark;
      this.#emit({
        kind: "alert",
        type,
        source: generic.source,
        data: generic.data,
        ...(correlator === undefined ? {} : { correlator }),
        ...(mark === undefined ? {} : { mark }),
      });
      if (this.#device.campaign?.alert(generic) === true) {
        this.#pending.clear();
        this.#large = undefined;
        this.#rest = [];
      }
    }
    return this.#options.alertStatus;
  }

  #status(
    header: Header,
    cmdRef: string,
    cmd: string,
    data: number,
    chal?: StatusCommand["chal"],
  ): void {
    this.#statuses.push({
      name: "Status",
      cmdID: `${++this.#commands}`,
      msgRef: this.#msgRef,
      cmdRef,
      cmd,
      data,
      items: [],
      targetRefs: chal === undefined ? [] : [header.target],
      sourceRefs: chal === undefined ? [] : [header.source],
      ...(chal === undefined ? {} : { chal }),
    });
  }

  #compose(message: Message, codec: Codec, good: boolean, credWrong: boolean): Uint8Array {
    this.#messages++;
    const header = this.#header(message.header, credWrong);
    const bytesMax = Math.min(this.#peerMax ?? Infinity, this.#options.bytesMax);
    const made = this.#made(bytesMax, codec, header, (out) =>
      this.#body(out, message, codec, good),
    );
    if (made !== undefined) return made;
    this.#emit({
      kind: "warning",
      text:
        `${this.#device.id}: its MaxMsgSize of ${bytesMax} bytes has no room for ` +
        `${this.#hopeless}: the session ends`,
    });
    return this.#aborted(header, codec, header.target.length + header.sessionID.length);
  }

  /** A message that fits; undefined when the session is hopeless. */
  #made(
    bytesMax: number,
    codec: Codec,
    header: Header,
    body: (out: MessageWriter) => boolean,
  ): Uint8Array | undefined {
    const buffer = this.#options.space.subarray(0, bytesMax);
    const writer = codec.writer(buffer);
    const out = new MessageWriter(writer);
    if (!out.begin(header)) {
      this.#hopeless = "a header";
      return undefined;
    }
    for (const status of this.#statuses) {
      if (!out.command(status))
        this.#emit({ kind: "warning", text: "a status does not fit the message" });
    }
    const final = body(out);
    if (this.#hopeless !== undefined) return undefined;
    out.end(final);
    return buffer.slice(0, writer.length);
  }

  /**
   * The last message of a session that cannot go on: Alert 1223 (OMA-TS-DM-Protocol §2.3.1.2). It
   * is longer than the device takes, for nothing shorter says anything.
   */
  #aborted(header: Header, codec: Codec, names: number): Uint8Array {
    this.over = true;
    this.#pending.clear();
    this.#large = undefined;
    const buffer = new Uint8Array(ABORT_BYTES + ESCAPED_MAX * names);
    const writer = codec.writer(buffer);
    const out = new MessageWriter(writer);
    out.begin(header);
    const [first] = this.#statuses;
    if (first !== undefined) out.command(first);
    const cmdID = `${++this.#commands}`;
    out.command({ name: "Alert", cmdID, data: AlertCode.sessionAbort, items: [] });
    out.end(true);
    return buffer.slice(0, writer.length);
  }

  /** Writes a command, and remembers that it wants a Status: false when it does not fit. */
  #put(out: MessageWriter, command: Command): boolean {
    if (!out.command(command)) return false;
    this.#conduct.sent(`${this.#messages}`, command);
    return true;
  }

  #header(to: Header, credWrong: boolean): Header {
    const { url, name, respUri, maxMsgSize, maxObjSize } = this.#options;
    const cred = this.#accepted ? undefined : this.#device.credentials(credWrong);
    return {
      verDTD: "1.2",
      verProto: "DM/1.2",
      sessionID: to.sessionID,
      msgID: `${this.#messages}`,
      target: to.source,
      source: url,
      sourceName: cred === undefined ? undefined : name,
      ...(cred === undefined ? {} : { cred }),
      ...(respUri === undefined ? {} : { respURI: respUri }),
      ...(maxMsgSize === undefined ? {} : { maxMsgSize }),
      ...(maxObjSize === undefined ? {} : { maxObjSize }),
    };
  }

  /** The commands after the statuses: true when the package ends with this message. */
  #body(out: MessageWriter, message: Message, codec: Codec, good: boolean): boolean {
    if (!good || this.over) return (this.#sentFinal = true);
    if (this.#sentFinal && !message.final) return this.#ask(out);
    if (this.#large !== undefined && this.#pending.size === 0)
      return (this.#sentFinal = this.#chunk(out, codec));
    if (this.#rest.length > 0 && this.#pending.size === 0)
      return (this.#sentFinal = this.#commandsIn(out, this.#rest, codec));
    if (this.#pending.size > 0) {
      if (!message.final) return this.#ask(out);
      for (const { operation } of this.#pending.values())
        if (operation !== undefined) this.#device.campaign?.answered(operation, 0);
      this.#pending.clear();
    }
    this.#device.campaign?.complete();
    const { operations, within } = this.#device.campaign?.next() ?? { operations: [] };
    this.#idle = 0;
    return (this.#sentFinal = this.#package(out, operations, within, codec));
  }

  /** Alert 1222: the device has more to say, and says it in the next message. */
  #ask(out: MessageWriter): boolean {
    const data = ++this.#idle > IDLE_MAX ? AlertCode.sessionAbort : AlertCode.nextMessage;
    if (data === AlertCode.sessionAbort) this.over = true;
    this.#put(out, { name: "Alert", cmdID: `${++this.#commands}`, data, items: [] });
    return this.over;
  }

  #package(
    out: MessageWriter,
    operations: readonly Operation[],
    within: "Sequence" | "Atomic" | undefined,
    codec: Codec,
  ): boolean {
    const container =
      within === undefined ? undefined : { name: within, cmdID: `${++this.#commands}` };
    if (container === undefined) return this.#commandsIn(out, operations, codec);
    const commands = operations.map((operation) => {
      const value = new Outgoing(operation, codec.binary);
      const cmdID = `${++this.#commands}`;
      this.#expect(cmdID, { operation, chunk: false });
      return value.command(cmdID, value.size);
    });
    if (!this.#put(out, { ...container, commands })) this.#hopeless = `the ${container.name}`;
    this.#expect(container.cmdID, { operation: undefined, chunk: false });
    return true;
  }

  /** As many of a package's commands as the message holds: true when those are all. */
  #commandsIn(out: MessageWriter, operations: readonly Operation[], codec: Codec): boolean {
    this.#rest = [];
    for (const [index, operation] of operations.entries()) {
      const value = new Outgoing(operation, codec.binary);
      const cmdID = `${++this.#commands}`;
      if (
        value.size > this.#options.chunkBytes ||
        !this.#put(out, value.command(cmdID, value.size))
      ) {
        this.#rest = operations.slice(index);
        return index === 0 && this.#begins(value, out, codec);
      }
      this.#expect(cmdID, { operation, chunk: false });
    }
    return true;
  }

  /** The first command of a message does not fit: its first chunk, if it is a large object. */
  #begins(value: Outgoing, out: MessageWriter, codec: Codec): boolean {
    this.#rest = this.#rest.slice(1);
    if (value.size === 0) this.#hopeless = "a command";
    if (value.size > this.#peerObjectMax)
      this.#emit({ kind: "warning", text: "the object is past the device's MaxObjSize" });
    this.#large = value;
    return this.#chunk(out, codec);
  }

  /** The next chunk of the large object: true when it is the last. */
  #chunk(out: MessageWriter, codec: Codec): boolean {
    const value = this.#large;
    if (value === undefined) return true;
    const cmdID = `${++this.#commands}`;
    const left = value.size - value.sent;
    const most = Math.min(left, this.#options.chunkBytes, value.countIn(out, cmdID));
    let count =
      most < left && !this.#options.unalignedChunks && !codec.binary ? most - (most % 4) : most;
    // Text grows by what has to be escaped.
    while (count > 0 && !this.#put(out, value.command(cmdID, count))) count -= CHUNK_STEP;
    if (count <= 0) {
      this.#hopeless = "a chunk of a large object";
      return true;
    }
    value.sent += count;
    const last = value.sent >= value.size;
    this.#emit({ kind: "progress", bytes: value.sent, total: value.size });
    this.#expect(cmdID, { operation: value.operation, chunk: !last });
    if (last) this.#large = undefined;
    return last && this.#rest.length === 0;
  }

  #expect(cmdID: string, pending: Pending): void {
    this.#pending.set(`${this.#messages} ${cmdID}`, pending);
  }
}
