/**
 * A device for the server's tests: a few nodes, one way of doing things, and hooks to do it wrong.
 * Independent of src/session.
 */
import { fromBase64 } from "../../../../src/base/base64.ts";
import {
  type Command,
  content,
  type Cred,
  type Header,
  type Item,
  type Message,
  type StatusCommand,
} from "../../../../src/syncml/command.ts";
import { credential } from "../../../../src/account/credential.ts";
import { MessageWriter } from "../../../../src/syncml/encode.ts";
import { codecOf, decodeBody } from "../../../rig/server/codec.ts";
import type { Reply, Request } from "../../../rig/server/exchange.ts";

export const OBJECT = "./FwUpdate/Package1";
const TYPE = "application/vnd.syncml.dm+xml";

export interface ScriptedOptions {
  readonly handle: (request: Request) => Reply;
  readonly maxMsgSize?: number;
  /** Content type of its messages. */
  readonly type?: string;
  readonly secret?: string;
  /** Result code of an Exec; undefined: it stays under way. */
  readonly result?: number | undefined;
  readonly execStatus?: number;
}

interface Pending {
  readonly correlator: string | undefined;
  readonly way: string;
  readonly code: number;
}

export class ScriptedDevice {
  readonly nodes = new Map<string, string>([
    ["./DevDetail/FwV", "1.0"],
    ["./DevInfo/DevId", "dev"],
    [`${OBJECT}/State`, "10"],
  ]);
  readonly executed: string[] = [];
  data = Buffer.alloc(0);
  alerts: Pending[] = [];
  nonce = Buffer.from("first");
  /** Statuses that the server gave to this device's commands, by name. */
  readonly statuses: string[] = [];
  messages: Message[] = [];
  readonly #options: ScriptedOptions;
  #session = 0;
  #msgID = 0;
  #chunks: Buffer[] = [];
  #reports: Command[] = [];
  #cmdID = 0;

  constructor(options: ScriptedOptions) {
    this.#options = options;
  }

  /**
   * One whole session: true when it came to its end, false when an answer was missing or not
   * SyncML.
   */
  session(limit = 50): boolean {
    this.#session++;
    this.#msgID = 0;
    this.#chunks = [];
    let answer = this.#post(this.#package1(), this.#cred());
    for (let i = 0; i < limit; i++) {
      if (answer === undefined) return false;
      this.messages.push(answer);
      const syncHdr = answer.commands.find(
        (command): command is StatusCommand =>
          command.name === "Status" && command.cmd === "SyncHdr",
      );
      this.#note(answer);
      const nonce =
        syncHdr?.chal?.nextNonce === undefined ? undefined : fromBase64(syncHdr.chal.nextNonce);
      if (nonce !== undefined) this.nonce = Buffer.from(nonce);
      if (syncHdr !== undefined && (syncHdr.data === 401 || syncHdr.data === 407)) {
        if (i > 4) return false;
        answer = this.#post(this.#package1(), this.#cred());
        continue;
      }
      const reply = this.#execute(answer);
      const more = answer.commands.some((command) => command.name !== "Status");
      if (!more && answer.final) return true;
      answer = this.#post(reply, undefined, answer.final);
    }
    return false;
  }

  /** The restart after an update. */
  reboot(version: string): void {
    if (this.nodes.get(`${OBJECT}/State`) !== "60") return;
    this.nodes.set("./DevDetail/FwV", version);
    this.nodes.set(`${OBJECT}/State`, "100");
  }

  /** What a message says of the commands sent before; acknowledged alerts are forgotten. */
  #note(message: Message): void {
    for (const command of message.commands) {
      if (command.name !== "Status") continue;
      this.statuses.push(`${command.cmd} ${command.data}`);
      const sent = this.#reports.find(
        (report) => report.cmdID === command.cmdRef && command.msgRef === `${this.#msgID}`,
      );
      if (sent?.name === "Alert" && sent.data === 1226 && command.data < 400) this.alerts.shift();
    }
  }

  #package1(): Command[] {
    const item = (source: string, data: string): Item => ({
      source,
      data: Buffer.from(data),
      binary: false,
      moreData: false,
    });
    return [
      { name: "Alert", cmdID: "1", data: 1201, items: [] },
      ...this.alerts.map(
        ({ correlator, way, code }, index): Command => ({
          name: "Alert",
          cmdID: `${10 + index}`,
          data: 1226,
          ...(correlator === undefined ? {} : { correlator }),
          items: [
            {
              ...item(OBJECT, `${code}`),
              meta: { type: `org.openmobilealliance.dm.firmwareupdate.${way}`, format: "int" },
            },
          ],
        }),
      ),
      {
        name: "Replace",
        cmdID: "2",
        items: [item("./DevInfo/DevId", "dev"), item("./DevInfo/Man", "Works")],
      },
    ];
  }

  #cred(): Cred | undefined {
    return this.#options.secret === undefined
      ? undefined
      : credential("md5", "user", this.#options.secret, this.nonce);
  }

  #post(commands: readonly Command[], cred: Cred | undefined, final = true): Message | undefined {
    const header: Header = {
      verDTD: "1.2",
      verProto: "DM/1.2",
      sessionID: `${this.#session}`,
      msgID: `${++this.#msgID}`,
      target: "http://s",
      source: "dev",
      maxMsgSize: this.#options.maxMsgSize ?? 4000,
      ...(cred === undefined ? {} : { cred }),
    };
    const codec = codecOf(this.#options.type ?? TYPE);
    if (codec === undefined) throw new Error("no codec");
    const buffer = new Uint8Array(20000);
    const writer = codec.writer(buffer);
    const out = new MessageWriter(writer);
    out.begin(header);
    for (const command of commands) out.command(command);
    out.end(final);
    this.#reports = [...commands];
    const headers = new Map([["content-type", this.#options.type ?? TYPE]]);
    const reply = this.#options.handle({
      method: "POST",
      url: "/dm",
      headers,
      body: buffer.slice(0, writer.length),
    });
    if (reply.status !== 200 || reply.cutAt !== undefined) return undefined;
    const message = decodeBody(codec, reply.body);
    return "problem" in message ? undefined : message;
  }

  #execute(message: Message): Command[] {
    const reply: Command[] = [];
    this.#cmdID = 0;
    this.#answer(reply, message, "0", "SyncHdr", 212);
    for (const command of message.commands) {
      if (command.name === "Status" || command.name === "Results" || command.name === "Unknown")
        continue;
      if (command.name === "Alert" || !("items" in command)) {
        this.#answer(reply, message, command.cmdID, command.name, 200);
        continue;
      }
      const results: Command[] = [];
      const status = command.items
        .map((item) => this.#one(command, item, results, message))
        .find((code) => code >= 300 || code === 213);
      this.#answer(
        reply,
        message,
        command.cmdID,
        command.name,
        status ?? (command.name === "Exec" ? this.#exec(command) : 200),
      );
      reply.push(...results);
    }
    if (!message.final)
      reply.push({ name: "Alert", cmdID: `${++this.#cmdID}`, data: 1222, items: [] });
    return reply;
  }

  #one(command: Command, item: Item, results: Command[], message: Message): number {
    const uri = item.target ?? "";
    if (command.name === "Get") {
      const value = this.nodes.get(uri);
      if (value === undefined) return 404;
      const found: Item = { source: uri, data: Buffer.from(value), binary: false, moreData: false };
      results.push({
        name: "Results",
        cmdID: `${++this.#cmdID}`,
        msgRef: message.header.msgID,
        cmdRef: command.cmdID,
        items: [found],
      });
    } else if (command.name === "Add") {
      if (uri === OBJECT) return 418;
    } else if (command.name === "Replace") {
      if (uri.endsWith("/PkgData")) {
        this.#chunks.push(Buffer.from(item.data ?? []));
        if (item.moreData) return 213;
        const whole = content(
          { data: Buffer.concat(this.#chunks), binary: item.binary, moreData: false },
          command.meta,
        );
        this.#chunks = [];
        if (whole === undefined) return 424;
        this.data = Buffer.from(whole);
        this.nodes.set(`${OBJECT}/State`, "50");
      } else this.nodes.set(uri, Buffer.from(item.data ?? []).toString());
    }
    return 200;
  }

  #exec(
    command: Extract<Command, { name: "Add" | "Replace" | "Delete" | "Get" | "Copy" | "Exec" }>,
  ): number {
    const status = this.#options.execStatus ?? 202;
    const way = (command.items[0]?.target ?? "").slice(OBJECT.length + 1).toLowerCase();
    this.executed.push(way);
    if (status >= 300) return status;
    this.nodes.set(`${OBJECT}/State`, way === "download" ? "50" : "60");
    const { result } = this.#options;
    if (result !== undefined)
      this.alerts.push({ correlator: command.correlator, way, code: result });
    return status;
  }

  #answer(reply: Command[], message: Message, cmdRef: string, cmd: string, data: number): void {
    const msgRef = message.header.msgID;
    reply.push({
      name: "Status",
      cmdID: `${++this.#cmdID}`,
      msgRef,
      cmdRef,
      cmd,
      data,
      targetRefs: [],
      sourceRefs: [],
      items: [],
    });
  }
}
