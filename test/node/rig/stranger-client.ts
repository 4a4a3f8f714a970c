/**
 * A DM client by another hand: a device with a few nodes that lets a server update it, over plain
 * HTTP with basic authentication.
 */
import { type Element, list, message, parse, status, textAt } from "./strangerxml.ts";

export interface StrangerAccount {
  readonly server: string;
  readonly name: string;
  readonly password: string;
}

const OBJECT = "./FwUpdate/Main";
const DEVICE = "IMEI:493005100592800";
/** More messages than any session of a test has. */
const MESSAGES_MAX = 200;

export class StrangerClient {
  /** The package as it came, by Replace or from its URL. */
  received: Buffer | undefined;
  /** What the server's commands were answered. */
  readonly log: string[] = [];
  #account: StrangerAccount;
  #nodes = new Map([
    ["./DevInfo/DevId", DEVICE],
    ["./DevInfo/Man", "Stranger"],
    ["./DevInfo/Mod", "S1"],
    ["./DevInfo/DmV", "1.2"],
    ["./DevInfo/Lang", "en"],
    ["./DevDetail/FwV", "1.0"],
    [`${OBJECT}/State`, "10"],
  ]);
  #session = 0;
  #characters = "";
  #exec: { readonly node: string; readonly correlator: string } | undefined;

  constructor(account: StrangerAccount) {
    this.#account = account;
  }

  /** Sessions until the server has updated this device and has the report. */
  async update(): Promise<void> {
    await this.#run([]);
    const exec = this.#exec;
    if (exec === undefined) throw new Error(`no Exec: ${this.log.join(", ")}`);
    const url = this.#nodes.get(`${exec.node}/PkgURL`);
    if (url !== undefined) this.received = Buffer.from(await (await fetch(url)).arrayBuffer());
    this.#nodes.set(`${OBJECT}/State`, "100");
    this.#nodes.set("./DevDetail/FwV", "2.0");
    const type =
      `org.openmobilealliance.dm.firmwareupdate.` +
      `${exec.node.slice(OBJECT.length + 1).toLowerCase()}`;
    await this.#run([
      `<Alert><CmdID>90</CmdID><Data>1226</Data><Correlator>${exec.correlator}</Correlator><Item>
      <Source><LocURI>${OBJECT}</LocURI></Source><Meta><Type xmlns="syncml:metinf">${type}</Type>
      <Format xmlns="syncml:metinf">int</Format></Meta><Data>200</Data></Item></Alert>`,
    ]);
  }

  async #run(alerts: readonly string[]): Promise<void> {
    const session = `${++this.#session}`;
    const devInfo = [...this.#nodes]
      .filter(([uri]) => uri.startsWith("./DevInfo/"))
      .map(
        ([uri, value]) =>
          `<Item><Source><LocURI>${uri}</LocURI></Source><Data>${value}</Data></Item>`,
      )
      .join("");
    let commands = [
      "<Alert><CmdID>1</CmdID><Data>1201</Data></Alert>",
      ...alerts,
      `<Replace><CmdID>2</CmdID>${devInfo}</Replace>`,
    ];
    for (let count = 1; count < MESSAGES_MAX; count++) {
      const { server, name, password } = this.#account;
      const text = message(
        { session, message: count, target: server, source: DEVICE, name, password },
        commands,
      );
      const answer = await fetch(server, {
        method: "POST",
        headers: { "Content-Type": "application/vnd.syncml.dm+xml" },
        body: text,
      });
      const { header, body } = parse(await answer.text());
      const ref = textAt(header, "MsgID");
      for (const own of list(body, "Status"))
        if (textAt(own, "Data") >= "400") throw new Error(`refused: ${JSON.stringify(own)}`);
      const more = ["Get", "Add", "Replace", "Exec", "Alert"].flatMap((kind) =>
        list(body, kind).map((command) => ({ kind, command })),
      );
      if (more.length === 0) return;
      commands = [status(1, ref, "0", "SyncHdr", 200)];
      for (const { kind, command } of more)
        commands.push(...this.#do(kind, command, ref, commands.length));
    }
    throw new Error("a session without an end");
  }

  #do(kind: string, command: Element, ref: string, before: number): string[] {
    const cmdID = textAt(command, "CmdID");
    const item = list(command, "Item")[0] ?? {};
    const target = textAt(item, "Target", "LocURI");
    const answer = (code: number, ...more: readonly string[]): string[] => {
      this.log.push(`${kind} ${target} ${code}`);
      return [status(before + 1, ref, cmdID, kind, code), ...more];
    };
    switch (kind) {
      case "Get": {
        const value = this.#nodes.get(target);
        if (value === undefined) return answer(404);
        return answer(
          200,
          `<Results><CmdID>${before + 2}</CmdID><MsgRef>${ref}</MsgRef><CmdRef>${cmdID}</CmdRef>
          <Item><Source><LocURI>${target}</LocURI></Source><Data>${value}</Data></Item></Results>`,
        );
      }
      case "Add":
        return answer(418);
      case "Exec":
        this.#exec = { node: target, correlator: textAt(command, "Correlator") };
        return answer(202);
      case "Replace":
        return this.#replace(item, target, answer);
      default:
        return answer(200);
    }
  }

  #replace(item: Element, target: string, answer: (code: number) => string[]): string[] {
    if (!target.endsWith("/PkgData")) {
      this.#nodes.set(target, textAt(item, "Data"));
      return answer(200);
    }
    this.#characters += textAt(item, "Data");
    if (item["MoreData"] !== undefined) return answer(213);
    this.received = Buffer.from(this.#characters, "base64");
    return answer(200);
  }
}
