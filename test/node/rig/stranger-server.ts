/**
 * A DM server by another hand: one update by Download-and-update, basic authentication in both
 * directions, over plain HTTP.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { list, message, parse, status, textAt } from "./strangerxml.ts";

export interface StrangerOptions {
  readonly packageBytes: Uint8Array;
  readonly user: string;
  readonly password: string;
  readonly ownName: string;
  readonly ownPassword: string;
}

const OBJECT = "./FwUpdate/Main";
const WAY = `${OBJECT}/DownloadAndUpdate`;
const CORRELATOR = "strange & new";

/** Steps: the URL, the Exec, then nothing is asked until the report is there. */
const WAITING = 2;
const LOOKING = 3;

export class StrangerServer {
  /** What happened, a word or two each. */
  readonly log: string[] = [];
  /** The result code of the final alert, once it has come. */
  readonly result: Promise<string>;
  #server: Server;
  #options: StrangerOptions;
  #tell!: (code: string) => void;
  #step = 0;
  #messages = 0;
  #session = "";

  constructor(options: StrangerOptions) {
    this.#options = options;
    this.result = new Promise((resolve) => {
      this.#tell = resolve;
    });
    this.#server = createServer((request, response) => {
      this.#serve(request, response);
    });
  }

  /** The origin. */
  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "GET") {
      this.log.push("package fetched");
      response.end(this.#options.packageBytes);
      return;
    }
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      const answer = this.#answer(body, `http://${request.headers.host}`);
      response
        .writeHead(200, { "Content-Type": "application/vnd.syncml.dm+xml; charset=UTF-8" })
        .end(answer);
    });
  }

  #answer(body: string, origin: string): string {
    const { header, body: commands } = parse(body);
    const session = textAt(header, "SessionID");
    const ref = textAt(header, "MsgID");
    if (session !== this.#session) this.#messages = 0;
    this.#session = session;
    const { user, password, ownName, ownPassword } = this.#options;
    const parties = {
      session,
      message: ++this.#messages,
      target: textAt(header, "Source", "LocURI"),
      source: `${origin}/dm`,
      name: ownName,
      password: ownPassword,
    };
    const proved =
      textAt(header, "Cred", "Data") === Buffer.from(`${user}:${password}`).toString("base64");
    const pending = ["Alert", "Replace"].flatMap((name) =>
      list(commands, name).map((command) => ({ name, command })),
    );
    if (!proved) {
      this.log.push("challenge");
      const meta =
        `<Type xmlns="syncml:metinf">syncml:auth-basic</Type><Format ` +
        `xmlns="syncml:metinf">b64</Format>`;
      const chal = `<Chal><Meta>${meta}</Meta></Chal>`;
      return message(parties, [
        status(1, ref, "0", "SyncHdr", 401, chal),
        ...pending.map(({ name, command }, index) =>
          status(index + 2, ref, textAt(command, "CmdID"), name, 401),
        ),
      ]);
    }
    for (const alert of list(commands, "Alert"))
      if (textAt(alert, "Data") === "1226") this.#reported(alert);
    for (const answer of list(commands, "Status"))
      this.log.push(`${textAt(answer, "Cmd")} ${textAt(answer, "Data")}`);
    for (const item of list(commands, "Results").flatMap((results) => list(results, "Item"))) {
      this.log.push(`${textAt(item, "Source", "LocURI")} = ${textAt(item, "Data")}`);
    }
    const statuses = [
      status(1, ref, "0", "SyncHdr", 200),
      ...pending.map(({ name, command }, index) =>
        status(index + 2, ref, textAt(command, "CmdID"), name, 200),
      ),
    ];
    return message(parties, [...statuses, ...this.#next(statuses.length + 1, origin)]);
  }

  /**
   * The one command of the next package: the URL, the Exec, silence until the report has come, and
   * a last look.
   */
  #next(id: number, origin: string): string[] {
    const item = (target: string, data = ""): string =>
      `<Item><Target><LocURI>${target}</LocURI></Target>${data}</Item>`;
    const step = this.#step;
    if (step < WAITING || step === LOOKING) this.#step++;
    switch (step) {
      case 0:
        return [
          `<Replace><CmdID>${id}</CmdID>` +
            `${item(`${WAY}/PkgURL`, `<Data>${origin}/package</Data>`)}</Replace>`,
        ];
      case 1:
        return [
          `<Exec><CmdID>${id}</CmdID><Correlator>strange &amp; new</Correlator>${item(WAY)}</Exec>`,
        ];
      case LOOKING:
        return [
          `<Get><CmdID>${id}</CmdID>${item("./DevDetail/FwV")}${item(`${OBJECT}/State`)}</Get>`,
        ];
      default:
        return [];
    }
  }

  #reported(alert: Parameters<typeof textAt>[0]): void {
    const item = list(alert, "Item")[0] ?? {};
    const type = textAt(item, "Meta", "Type");
    const correlated = textAt(alert, "Correlator") === CORRELATOR ? "correlated" : "strange";
    this.log.push(`report ${type} ${textAt(item, "Source", "LocURI")} ${correlated}`);
    this.#step = LOOKING;
    this.#tell(textAt(item, "Data"));
  }
}
