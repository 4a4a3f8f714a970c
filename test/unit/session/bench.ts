/**
 * A session between a scripted server and a tree that only records: what the session tests stand
 * on.
 */
import type { GenericAlert } from "../../../src/syncml/alert.ts";
import { Budget } from "../../../src/base/budget.ts";
import { base64 } from "../../../src/base/base64.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { md5 } from "../../../src/base/md5.ts";
import type { SubtreeNode } from "../../../src/base/subtreenode.ts";
import { urlText } from "../../../src/base/url.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import type { Work } from "../../../src/base/work.ts";
import { readerOf, writerOf } from "../../../src/session/encoding.ts";
import type {
  ManagementTree,
  Outcome,
  SessionAccount,
  SessionOptions,
} from "../../../src/session/ports.ts";
import type { UserInterface } from "../../../src/user/question.ts";
import { Session } from "../../../src/session/session.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import type {
  Command,
  Header,
  Item,
  Message,
  ObjectCommand,
  StatusCommand,
} from "../../../src/syncml/command.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import type { Result } from "../../../src/tree/get.ts";
import type { Sink, StreamMeta } from "../../../src/tree/stream.ts";
import type { Value } from "../../../src/tree/value.ts";
import { ok } from "../../check.ts";
import { address } from "../base/address.ts";

export const NO_NONCE = new Uint8Array(0);
export const NONE = { type: "none", name: "", secret: "", nonce: NO_NONCE } as const;
export const SERVER_URL = "https://dm.example/dm";
export const DEVICE = "IMEI:493005100592800";

/** Records every call in `calls`; answers from `values`, and with `status` when a test sets it. */
export class FakeTree implements ManagementTree {
  readonly calls: string[] = [];
  readonly values = new Map<string, Value>();
  /** uri → the Status that every command on it gives. */
  readonly statuses = new Map<string, number>();
  /** Steps that each Replace, and each write of a sink, leaves. */
  steps = 0;
  /** The bytes that sinks have taken; committed objects are in `values`. */
  sunk: number[] = [];

  get(uri: string): ReturnType<ManagementTree["get"]> {
    this.calls.push(`get ${uri}`);
    const value = this.values.get(uri);
    let left = value === undefined ? [] : [{ uri, value }];
    const next = (): Result | undefined => {
      const [result] = left;
      left = [];
      return result;
    };
    return value === undefined ? { status: 404 } : { status: 200, next };
  }
  add(uri: string, value: Value | undefined): number {
    this.calls.push(`add ${uri} ${value === undefined ? "node" : value.format || "-"}`);
    return this.#status(uri);
  }
  replace(uri: string, value: Value, server: string): Work<number> {
    this.calls.push(
      `replace ${uri} ${value.format || "-"} ${value.type || "-"} ${value.data.length} ${server}`,
    );
    if (this.#status(uri) === 200) this.values.set(uri, { ...value, data: value.data.slice() });
    return this.#work(this.steps, this.#status(uri));
  }
  addSubtree(uri: string, nodes: readonly SubtreeNode[]): number {
    return this.#subtree("addSubtree", uri, nodes);
  }
  replaceSubtree(uri: string, nodes: readonly SubtreeNode[]): number {
    return this.#subtree("replaceSubtree", uri, nodes);
  }
  #subtree(call: string, uri: string, nodes: readonly SubtreeNode[]): number {
    this.calls.push(`${call} ${uri} ${nodes.map((node) => node.path).join()}`);
    return this.#status(uri);
  }
  obstacle(): string | undefined {
    return undefined;
  }
  remove(uri: string): number {
    this.calls.push(`remove ${uri}`);
    return this.#status(uri);
  }
  copy(from: string, to: string): number {
    this.calls.push(`copy ${from} ${to}`);
    return this.#status(to);
  }
  exec(uri: string, argument: { readonly correlator?: string }): number {
    this.calls.push(`exec ${uri} ${argument.correlator ?? "-"}`);
    return this.statuses.get(uri) ?? 202;
  }
  stream(command: "Add" | "Replace", uri: string, meta: StreamMeta): Sink | number {
    this.calls.push(`stream ${command} ${uri} ${meta.format || "-"} ${meta.size ?? "-"}`);
    const status = this.#status(uri);
    const sunk: number[] = [];
    this.sunk = sunk;
    if (status !== 200) return status;
    return {
      keeps: 0,
      write: (bytes: Uint8Array) => {
        for (const byte of bytes) sunk.push(byte);
        return this.#work(this.steps, this.statuses.get("write") ?? 200);
      },
      close: () => {
        this.calls.push(`close ${sunk.length}`);
        return this.statuses.get("close") ?? 200;
      },
      abort: () => {
        this.calls.push("abort");
      },
    };
  }
  begin(): void {
    this.calls.push("begin");
  }
  commit(): number {
    this.calls.push("commit");
    return this.statuses.get("commit") ?? 200;
  }
  rollback(): number {
    this.calls.push("rollback");
    return this.statuses.get("rollback") ?? 216;
  }

  #work(steps: number, status: number): Work<number> {
    if (steps === 0) return status;
    return {
      step: () => {
        this.calls.push("step");
        return this.#work(steps - 1, status);
      },
      abort: () => {
        this.calls.push("abort work");
      },
    };
  }

  #status(uri: string): number {
    return this.statuses.get(uri) ?? 200;
  }
}

export type BenchOptions = Partial<SessionOptions> &
  Partial<Pick<SessionAccount, "client" | "server">> & {
    readonly alerts?: GenericAlert[];
    readonly tree?: ManagementTree;
    readonly serverID?: string;
    readonly budget?: Budget;
  } & { readonly userInterface?: UserInterface };

export interface ReplyOptions {
  readonly final?: boolean;
  readonly header?: Partial<Header>;
  readonly wbxml?: boolean;
  /** The header that proves the message, from the digest of its body. */
  readonly mac?: (bodyDigest: Uint8Array) => string | undefined;
}

export class Bench {
  readonly tree = new FakeTree();
  readonly session: Session;
  /** What the session may keep. */
  readonly budget: Budget;
  readonly log: string[] = [];
  /** What was found about the server, in order: "proved", "refused". */
  readonly trust: string[] = [];
  /** What the ports were told, in order: "authenticated", "nonce client …", "alert 1". */
  readonly told: string[] = [];
  alerts: GenericAlert[] = [];
  readonly inbound = new Uint8Array(16384);
  readonly #sessionID: string;
  #messageID = 0;
  #random = 0;
  /** The last message of the device, and where it went. */
  last: Message = { header: header("0", "1", "", ""), commands: [], final: true };
  url = "";
  encoding = "";
  length = 0;
  /** The header x-syncml-hmac of the last message, and the digest of its body. */
  mac: string | undefined;
  bodyDigest: Uint8Array = NO_NONCE;

  constructor(options: BenchOptions = {}) {
    const {
      client = NONE,
      server = NONE,
      alerts = [],
      tree = this.tree,
      serverID = "srv",
      userInterface,
      budget = new Budget(PEER_BYTES_MAX),
      ...rest
    } = options;
    this.budget = budget;
    this.#sessionID = rest.sessionID ?? "1";
    this.alerts = alerts;
    const account = { serverID, url: address(SERVER_URL), client, server };
    this.session = new Session(
      {
        account,
        deviceId: DEVICE,
        devInfo: [
          { uri: "./DevInfo/DevId", value: DEVICE },
          { uri: "./DevInfo/Man", value: "Maker" },
        ],
        sessionID: "1",
        alert: 1201,
        maxMsgSize: 16384,
        maxObjSize: 1_000_000,
        outbound: new Uint8Array(16384),
        encoding: "xml",
        ...rest,
      },
      {
        tree,
        budget: this.budget,
        userInterface,
        random: (bytes) => {
          for (let i = 0; i < bytes.length; i++) bytes[i] = ++this.#random;
        },
        log: (level, text) => {
          this.log.push(`${level}: ${text}`);
        },
        alerts: () => this.alerts,
        acknowledged: (id) => {
          this.told.push(`alert ${id}`);
        },
        proved: () => {
          this.trust.push("proved");
        },
        refused: () => {
          this.trust.push("refused");
        },
        authenticated: () => {
          this.told.push("authenticated");
        },
        storeNonce: (direction, nonce) => {
          this.told.push(`nonce ${direction} ${base64(nonce)}`);
        },
      },
    );
  }

  /** The device's next message, decoded. */
  next(): Message {
    const post = this.session.next();
    ok(post !== undefined, "the session is over");
    const body = post.body.slice();
    this.url = urlText(post.url);
    this.length = body.length;
    this.mac = post.mac;
    this.bodyDigest = md5(body);
    this.encoding = post.encoding;
    const message = decodeMessage(readerOf(post.encoding, body, body.length), new Budget(Infinity));
    ok(!("problem" in message), "problem" in message ? message.problem : "");
    this.last = message;
    return message;
  }

  /** Answers the last message with these commands, numbered from 1. */
  reply(commands: readonly Command[], options: ReplyOptions = {}): void {
    const length = this.compose(commands, options);
    this.session.received(
      this.inbound,
      length,
      options.mac?.(md5(this.inbound.subarray(0, length))),
    );
  }

  /** Writes the server's next message over `inbound`: its length. */
  compose(commands: readonly Command[], options: ReplyOptions = {}): number {
    const head = {
      ...header(String(++this.#messageID), this.#sessionID, DEVICE, SERVER_URL),
      ...options.header,
    };
    this.#messageID = Number(head.msgID);
    const tokens = writerOf(options.wbxml === true ? "wbxml" : "xml", this.inbound);
    const writer = new MessageWriter(tokens);
    ok(writer.begin(head));
    commands.forEach((command, index) => {
      ok(
        writer.command({ ...command, cmdID: String(index + 1) }),
        "the server's message is too large",
      );
    });
    writer.end(options.final ?? true);
    return tokens.length;
  }

  /** Answers with literal bytes. */
  replyText(text: string): void {
    const bytes = utf8(text);
    this.inbound.set(bytes);
    this.session.received(this.inbound, bytes.length);
  }

  /** The Status of the server for the last message's SyncHdr. */
  header(data: number, chal?: StatusCommand["chal"]): StatusCommand {
    const status = { ...this.status("0", "SyncHdr", data) };
    return chal === undefined ? status : { ...status, chal };
  }

  /** The Status of the server for a command of the last message. */
  status(cmdRef: string, cmd: string, data: number): StatusCommand {
    const { msgID } = this.last.header;
    return {
      name: "Status",
      cmdID: "",
      msgRef: msgID,
      cmdRef,
      cmd,
      targetRefs: [],
      sourceRefs: [],
      data,
      items: [],
    };
  }

  /**
   * "200 SyncHdr, 404 Get 2": the Status commands of the last message, with CmdRef from the second
   * on.
   */
  statuses(): string {
    return this.last.commands
      .filter((command) => command.name === "Status")
      .map(({ data, cmd, cmdRef }) =>
        cmdRef === "0" ? `${data} ${cmd}` : `${data} ${cmd} ${cmdRef}`,
      )
      .join(", ");
  }

  /** "Alert 1201, Replace": the other commands of the last message. */
  others(): string {
    return this.last.commands
      .filter((command) => command.name !== "Status")
      .map((command) => (command.name === "Alert" ? `Alert ${command.data}` : command.name))
      .join(", ");
  }

  outcome(): Outcome["kind"] {
    ok(this.session.next() === undefined, "the session is not over");
    return this.session.outcome.kind;
  }

  /** True when a line of the log has these words. */
  logged(words: string): boolean {
    return this.log.some((line) => line.includes(words));
  }
}

/** The text of a message with this SyncBody, as a server might write it. */
export function messageText(body: string): string {
  return (
    `<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>` +
    `<SessionID>1</SessionID>` +
    `<MsgID>1</MsgID><Target><LocURI>${DEVICE}</LocURI></Target><Source><LocURI>` +
    `${SERVER_URL}</LocURI></Source></SyncHdr>` +
    `<SyncBody>${body}</SyncBody></SyncML>`
  );
}

function header(msgID: string, sessionID: string, target: string, source: string): Header {
  return { verDTD: "1.2", verProto: "DM/1.2", sessionID, msgID, target, source };
}

export function item(target: string, data?: Uint8Array | string, more: Partial<Item> = {}): Item {
  const bytes = typeof data === "string" ? utf8(data) : data;
  return {
    target,
    binary: false,
    moreData: false,
    ...(bytes === undefined ? {} : { data: bytes }),
    ...more,
  };
}

export function command(
  name: "Add" | "Replace" | "Delete" | "Get" | "Copy" | "Exec",
  ...items: readonly Item[]
): ObjectCommand {
  return { name, cmdID: "", items };
}

export function alert(data: number): Command {
  return { name: "Alert", cmdID: "", data, items: [] };
}

export function textOf(item: Item | undefined): string {
  return item?.data === undefined ? "" : text(item.data, 0, item.data.length);
}
