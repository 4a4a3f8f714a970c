/**
 * The DM server of the rig: a test instrument, not a product. A pure function of requests and its
 * own state, so that a simulation can call it in process; http.ts puts it on a socket.
 */
import { base64 } from "../../../src/base/base64.ts";
import { equal } from "../../../src/base/bytes.ts";
import { AlertCode } from "../../../src/syncml/alert.ts";
import type { Malformed, Message } from "../../../src/syncml/command.ts";
import { MAC_HEADER } from "../../../src/account/mac.ts";
import { Campaign } from "./campaign.ts";
import { type Codec, codecOf, decodeBody } from "./codec.ts";
import { type Credentials, Device } from "./device.ts";
import type { EventSink } from "./event.ts";
import { type Reply, type Request, textReply } from "./exchange.ts";
import { answerInstead, type Fault, faultAt, type Misbehaviour, spoilt } from "./fault.ts";
import type { ServerOptions, SessionOptions } from "./options.ts";
import type { Notice } from "../decode/pushwriter.ts";
import { Recent } from "./recent.ts";
import type { Operation } from "./scenario.ts";
import { ServerSession } from "./session.ts";

interface OpenSession {
  readonly session: ServerSession;
  msgID: string;
  request: Uint8Array;
  reply: Reply;
}

const NOBODY: Credentials = { type: "none", name: "", secret: "" };
const BYTES_MAX = 1_048_576;
/** Sessions that are remembered, with the last messages of both sides, and bytes of those. */
const SESSIONS_MAX = 512;
const SESSION_BYTES_MAX = 8 << 20;
/** Devices that are remembered. */
export const DEVICES_MAX = 256;

export class DmServer {
  readonly devices = new Map<string, Device>();
  readonly #options: ServerOptions;
  readonly #session: SessionOptions;
  readonly #emit: EventSink;
  readonly #sessions = new Recent<OpenSession>(SESSIONS_MAX, SESSION_BYTES_MAX);
  readonly #faults: Fault[];
  #requests = 0;
  #reports = 0;
  #last: Reply | undefined;

  constructor(options: ServerOptions) {
    const bytesMax = options.bytesMax ?? BYTES_MAX;
    const space = options.space ?? new Uint8Array(bytesMax);
    this.#options = { ...options, space };
    this.#emit = options.emit ?? (() => undefined);
    this.#faults = [...(options.faults ?? [])];
    const { maxMsgSize, maxObjSize, respUri } = options;
    this.#session = {
      url: options.url,
      name: options.name ?? options.server?.name ?? "rig",
      respUri,
      maxMsgSize,
      maxObjSize,
      bytesMax,
      space,
      chunkBytes: options.chunkBytes ?? Infinity,
      unalignedChunks: options.unalignedChunks ?? false,
      everyMessage: options.everyMessage ?? false,
      alertStatus: options.alertStatus ?? 200,
      random:
        options.random ??
        ((bytes) => {
          crypto.getRandomValues(bytes);
        }),
    };
  }

  /**
   * Another server that goes on from here, with no session open: what a device that has lost its
   * power finds.
   */
  fork(options: Pick<ServerOptions, "emit" | "random">): DmServer {
    const fork = new DmServer({ ...this.#options, ...options });
    for (const [id, device] of this.devices) fork.devices.set(id, device.fork(fork.#emit));
    fork.#faults.splice(0, fork.#faults.length, ...this.#faults);
    fork.#requests = this.#requests;
    fork.#reports = this.#reports;
    fork.#last = this.#last;
    return fork;
  }

  /** What `fork` takes along, as values. The last reply counts where a fault may repeat it. */
  durable(): readonly unknown[] {
    const repeats = this.#faults.some(({ what }) => what === "duplicate");
    const last = repeats && this.#last !== undefined ? base64(this.#last.body) : "";
    const devices = [...this.devices.values()].map((device) => device.durable());
    return [devices, this.#faults, this.#requests, this.#reports, last];
  }

  /**
   * A push that asks a device for a session; one that was never seen, without `deviceId`, has no
   * nonce yet.
   */
  notification(deviceId?: string, notice: Partial<Notice> = {}): Uint8Array {
    const device =
      this.devices.get(deviceId ?? "") ??
      new Device("", NOBODY, this.#options.server ?? NOBODY, undefined);
    const sessionID = notice.sessionID ?? this.#sessionID();
    this.#emit({ kind: "server", text: "asks the device for a session", session: sessionID });
    return device.notification({ ...notice, sessionID });
  }

  #sessionID(): string {
    const bytes = new Uint8Array(2);
    this.#session.random(bytes);
    return (new DataView(bytes.buffer).getUint16(0) || 1).toString(16).toUpperCase();
  }

  /** The next requests meet this fault: the number of the first of them. */
  misbehave(fault: Misbehaviour, times = 1): number {
    const at = this.#requests + 1;
    this.#faults.unshift({ ...fault, at, times });
    return at;
  }

  /**
   * Every device that is known gets this command in its next package, when nothing else is under
   * way: how many there are.
   */
  order(operation: Operation): number {
    for (const { campaign } of this.devices.values()) campaign?.order(operation);
    return this.devices.size;
  }

  /**
   * Every device that is known goes through the scenario again, from its first step: how many
   * there are.
   */
  again(): number {
    for (const device of this.devices.values()) {
      const scenario = this.#options.scenario?.(device.id);
      if (scenario !== undefined) device.campaign = new Campaign(scenario, device.id, this.#emit);
    }
    return this.devices.size;
  }

  /** All sessions are forgotten, as their time-out would do. */
  forget(): void {
    this.#sessions.clear();
  }

  /** Answers one request. Never throws for what a device sends. */
  handle(request: Request): Reply {
    const fault = this.#faultFor(request);
    if (fault !== undefined)
      this.#emit({ kind: "fault", what: `${fault.what} at request ${this.#requests}` });
    const instead = answerInstead(fault);
    if (instead !== undefined) return instead;
    if (fault?.what === "duplicate" && this.#last !== undefined) return this.#last;
    if (fault?.what === "restart") this.forget();
    const reply = spoilt(this.#answer(request, fault), fault);
    if (reply.cutAt === undefined) this.#last = reply;
    return reply;
  }

  /** Counts the request: the fault that it meets, if any. */
  #faultFor(request: Request): Fault | undefined {
    const all = this.#faults.filter(({ on }) => on === undefined);
    const fault = faultAt(all, ++this.#requests);
    const ofReports = this.#faults.filter(({ on }) => on === "report");
    if (ofReports.length === 0 || !reports(request)) return fault;
    return faultAt(ofReports, ++this.#reports) ?? fault;
  }

  /** The outcomes of all devices, undefined for those that are not through. */
  get outcomes(): ReadonlyMap<string, Campaign["outcome"]> {
    return new Map([...this.devices].map(([id, device]) => [id, device.campaign?.outcome]));
  }

  #answer(request: Request, fault: Fault | undefined): Reply {
    if (request.method !== "POST")
      return textReply(405, "POST a SyncML message", [["allow", "POST"]]);
    const codec = codecOf(request.headers.get("content-type"));
    if (codec === undefined)
      return textReply(415, "neither application/vnd.syncml.dm+xml nor its kin");
    const message = decodeBody(codec, request.body);
    if ("problem" in message) return this.#malformed(message, codec, request.body);
    this.#trace("received", codec, message, request.body);
    const open = this.#open(message, request.body);
    if ("status" in open) return open;
    const body = open.session.handle(message, codec, fault, request);
    const mac = this.#device(message.header.source).mac(body, fault?.what === "wrongCredentials");
    this.#trace("sent", codec, undefined, body);
    open.msgID = message.header.msgID;
    open.request = Uint8Array.from(request.body);
    const headers: Reply["headers"] = [["content-type", codec.contentType]];
    open.reply = {
      status: 200,
      headers: mac === undefined ? headers : [...headers, [MAC_HEADER, mac]],
      body,
    };
    const { source, sessionID } = message.header;
    this.#sessions.set(keyOf(source, sessionID), open, open.request.length + body.length);
    return open.reply;
  }

  #malformed(malformed: Malformed, codec: Codec, body: Uint8Array): Reply {
    const text = malformedText(malformed);
    this.#trace("received", codec, malformed, body);
    this.#emit({ kind: "warning", text: `the device sent a message that is ${text}` });
    return textReply(400, text);
  }

  /** The session of a message; the reply of before when the device sends the same message again. */
  #open(message: Message, body: Uint8Array): OpenSession | Reply {
    const { source, sessionID, msgID } = message.header;
    const known = this.#sessions.get(keyOf(source, sessionID));
    if (known !== undefined && known.msgID === msgID && equal(known.request, body)) {
      this.#emit({ kind: "server", text: "the device repeats its message", session: sessionID });
      return this.#options.repeats === "judged" ? known : known.reply;
    }
    if (known !== undefined && !known.session.over && Number(msgID) > Number(known.msgID))
      return known;
    const device = this.#device(source);
    device.sessions++;
    this.#emit({
      kind: "began",
      session: sessionID,
      device: source,
      count: device.sessions,
    });
    return {
      session: new ServerSession(sessionID, device, this.#session, this.#emit),
      msgID,
      request: body,
      reply: textReply(500, "none"),
    };
  }

  #device(id: string): Device {
    const known = this.devices.get(id);
    if (known !== undefined) return known;
    const scenario = this.#options.scenario?.(id);
    const campaign = scenario === undefined ? undefined : new Campaign(scenario, id, this.#emit);
    const device = new Device(
      id,
      this.#options.client ?? NOBODY,
      this.#options.server ?? NOBODY,
      campaign,
    );
    this.#makeRoom();
    this.devices.set(id, device);
    return device;
  }

  /** One device less where there are too many: the oldest that has never proved itself, if any. */
  #makeRoom(): void {
    if (this.devices.size < DEVICES_MAX) return;
    const all = [...this.devices.values()];
    const gone = all.find((device) => !device.proved) ?? all[0];
    if (gone === undefined) return;
    this.devices.delete(gone.id);
    this.#emit({
      kind: "warning",
      text: `${DEVICES_MAX} devices are known: ${gone.id} is forgotten`,
    });
  }

  /** Emits a message, if messages are events; `message` is what it says, where that is known. */
  #trace(
    direction: "sent" | "received",
    codec: Codec,
    message: Message | Malformed | undefined,
    body: Uint8Array,
  ): void {
    if (this.#options.traced === false) return;
    const said = message ?? decodeBody(codec, body);
    const encoding = codec.binary ? "wbxml" : "xml";
    if ("problem" in said) {
      this.#emit({ kind: "message", direction, encoding, text: malformedText(said), body });
      return;
    }
    const { sessionID: session, msgID } = said.header;
    const text = summary(said);
    this.#emit({ kind: "message", direction, session, msgID, encoding, text, body });
  }
}

/** Whether a message tells how an operation ended: a generic alert that asks for nothing. */
function reports({ headers, body }: Request): boolean {
  const codec = codecOf(headers.get("content-type"));
  const message = codec === undefined ? undefined : decodeBody(codec, body);
  if (message === undefined || "problem" in message) return false;
  return message.commands.some(
    (command) =>
      command.name === "Alert" &&
      command.data === AlertCode.generic &&
      command.items.some(({ meta }) => meta?.type?.endsWith("request") !== true),
  );
}

function malformedText({ offset, problem }: Malformed): string {
  return `malformed at ${offset}: ${problem}`;
}

function keyOf(source: string, sessionID: string): string {
  return `${source} ${sessionID}`;
}

/** `7/2: Status 212, Get, Replace ./A+ final`, where + is MoreData. */
function summary({ header, commands, final }: Message): string {
  const parts = commands.map((command) => {
    if (command.name === "Status") return `Status ${command.cmd} ${command.data}`;
    if (command.name === "Alert") return `Alert ${command.data}`;
    const item = "items" in command ? command.items[0] : undefined;
    return (
      `${command.name} ${item?.target ?? item?.source ?? ""}` +
      `${item?.moreData === true ? "+" : ""}`
    ).trim();
  });
  return `${header.sessionID}/${header.msgID}: ${parts.join(", ")}${final ? " final" : ""}`;
}
