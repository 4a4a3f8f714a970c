/**
 * Messages from whoever answers in the server's place, made to exhaust the heap of a bare-metal
 * board: some 150 KB.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { MESSAGE_BYTES_MAX } from "../../../src/base/limits.ts";
import { DdfTag } from "../../../src/syncml/ddftag.ts";
import { SYNCML, Tag } from "../../../src/syncml/vocabulary.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";
import { type Device, within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { developmentKey, packageOf, VERSION_1 } from "../../rig/workshop.ts";
import { rigBoard, skip } from "./device.ts";
import { closeMessage, openMessage } from "./exchange/elements.ts";

const LIMIT_MS = 120_000;
/** What the header, and the end, of a bomb leave room for. */
const END_BYTES = 8;

type Filling = (writer: WbxmlWriter) => void;

/** As often as it fits, at most `most` times. */
function fill(writer: WbxmlWriter, most: number, one: () => void): void {
  for (let count = 0; count < most; count++) {
    const mark = writer.mark();
    one();
    if (!writer.full && writer.length <= MESSAGE_BYTES_MAX - END_BYTES) continue;
    writer.rewind(mark);
    return;
  }
}

function command(writer: WbxmlWriter, tag: number, inside: () => void): void {
  writer.open(tag);
  writer.leaf(Tag.CmdID, "1");
  inside();
  writer.close();
}

/** Short elements that are all kept, and long ones that are copied. */
const BOMBS: Readonly<Record<string, Filling>> = {
  "many items": (writer) => {
    fill(writer, 63, () => {
      command(writer, Tag.Add, () => {
        for (const _ of [1, 2]) {
          writer.open(Tag.Item);
          for (const end of [Tag.Target, Tag.Source]) {
            writer.open(end);
            writer.leaf(Tag.LocURI, "a");
            writer.close();
          }
          writer.open(Tag.Meta);
          writer.leaf(Tag.Format, "b");
          writer.leaf(Tag.Type, "c");
          writer.close();
          writer.leaf(Tag.Data, "d");
          writer.close();
        }
      });
    });
  },
  "many references": (writer) => {
    command(writer, Tag.Get, () => {
      fill(writer, Infinity, () => {
        writer.leaf(Tag.TargetRef, "");
      });
    });
  },
  "short names below long ones": (writer) => {
    command(writer, Tag.Add, () => {
      for (const tag of [Tag.Item, Tag.Data, DdfTag.MgmtTree, DdfTag.Node]) writer.open(tag);
      writer.leaf(DdfTag.NodeName, "a".repeat(250));
      fill(writer, 120, () => {
        writer.open(DdfTag.Node);
        writer.leaf(DdfTag.NodeName, "b");
        writer.close();
      });
      for (let depth = 0; depth < 4; depth++) writer.close();
    });
  },
  "a long nonce": (writer) => {
    writer.open(Tag.Status);
    for (const [tag, value] of [
      [Tag.MsgRef, "1"],
      [Tag.CmdRef, "0"],
      [Tag.Cmd, "SyncHdr"],
    ] as const)
      writer.leaf(tag, value);
    writer.open(Tag.Chal);
    writer.open(Tag.Meta);
    writer.leaf(Tag.Type, "syncml:auth-md5");
    writer.leaf(Tag.NextNonce, "A".repeat(16_000));
    writer.close();
    writer.close();
    writer.leaf(Tag.Data, "407");
    writer.close();
  },
};

function bomb(sessionID: string, device: string, filling: Filling): Buffer {
  const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  const writer = new WbxmlWriter(bytes, SYNCML);
  openMessage(writer, sessionID, 1, device, { text: 0, maxMsgSize: 0, maxObjSize: 0 });
  filling(writer);
  closeMessage(writer);
  assert.ok(!writer.full);
  return Buffer.from(bytes.subarray(0, writer.length));
}

const PLACE = "!";
/**
 * String table of a document (WBXML §5.7): its length in two bytes of seven bits, and one string.
 */
const TABLE = Buffer.concat([Buffer.from("t".repeat(4000)), Buffer.alloc(1)]);
const TABLE_HEADER = [2, 0xa4, 1, 0x6a, 0x80 | (TABLE.length >> 7), TABLE.length & 0x7f, ...TABLE];

/** Two Status whose references are those 4 kB, each in two bytes. */
function tableStatus(sessionID: string, device: string): Buffer {
  const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  const writer = new WbxmlWriter(bytes, SYNCML, TABLE_HEADER);
  openMessage(writer, sessionID, 1, device, { text: 0, maxMsgSize: 0, maxObjSize: 0 });
  for (const _ of [1, 2])
    command(writer, Tag.Status, () => {
      writer.leaf(Tag.MsgRef, PLACE);
      writer.leaf(Tag.CmdRef, PLACE);
      writer.leaf(Tag.Cmd, "Get");
      writer.leaf(Tag.Data, "200");
    });
  closeMessage(writer);
  const inline = Buffer.from([0x03, ...Buffer.from(PLACE), 0]).toString("latin1");
  const parts = Buffer.from(bytes.subarray(0, writer.length)).toString("latin1").split(inline);
  assert.equal(parts.length, 5);
  return Buffer.from(parts.join("\x83\0"), "latin1");
}

/** What answers a message of a device: whole answers, with their heads. */
type Answer = (message: string, number: number) => Buffer;

function answer(type: string, body: Uint8Array | string, headers = ""): Buffer {
  const content = Buffer.from(body);
  const head =
    `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.syncml.dm+${type}\r\n` +
    `Content-Length: ${content.length}\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
}

/** The text between two tags of a device's message. */
function between(message: string, before: string, after: string): string {
  const from = message.indexOf(before) + before.length;
  return message.slice(from, message.indexOf(after, from));
}

function xml(message: string, body: string, header: { readonly msgID?: string } = {}): string {
  const session = between(message, "<SessionID>", "<");
  const device = between(message, "<Source><LocURI>", "<");
  const number = between(message, "<MsgID>", "<");
  return (
    `<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>` +
    `<SessionID>${session}</SessionID><MsgID>${header.msgID ?? number}</MsgID>` +
    `<Target><LocURI>${device}</LocURI></Target><Source><LocURI>x</LocURI></Source></SyncHdr>` +
    `<SyncBody><Status><CmdID>1</CmdID><MsgRef>${number}</MsgRef><CmdRef>0</CmdRef>` +
    `<Cmd>SyncHdr</Cmd><Data>212</Data></Status>${body}<Final/></SyncBody></SyncML>`
  );
}

/** 3.9 kB of headers that nobody reads. */
const NAMES = Array.from({ length: 650 }, (_, index) => `${index.toString(36)}a:\r\n`).join("");
const ITEM =
  "<Item><Target><LocURI>a</LocURI></Target><Source><LocURI>b</LocURI></Source>" +
  "<Meta><Format>b</Format><Type>c</Type></Meta><Data>d</Data></Item>";

function add(items: string): string {
  return `<Add><CmdID>2</CmdID>${items}</Add>`;
}

function get(uri: string): string {
  return `<Get><CmdID>2</CmdID><Item><Target><LocURI>${uri}</LocURI></Target></Item></Get>`;
}

/** What whoever answers in the server's place sends, again and again. */
const STRANGERS: Readonly<Record<string, Answer>> = {
  ...Object.fromEntries(
    Object.entries(BOMBS).map(([what, filling]): [string, Answer] => [
      what,
      (message) => {
        const session = between(message, "<SessionID>", "<");
        const device = between(message, "<Source><LocURI>", "<");
        return answer("wbxml", bomb(session, device, filling));
      },
    ]),
  ),
  "a Status with references of 4 kB": (message) =>
    answer(
      "xml",
      xml(
        message,
        `<Status><CmdID>2</CmdID><MsgRef>${"m".repeat(4090)}</MsgRef>` +
          `<CmdRef>${"c".repeat(4090)}</CmdRef><Cmd>Get</Cmd><Data>200</Data></Status>`,
      ),
    ),
  "a Status with references to a string table of 4 kB": (message) => {
    const session = between(message, "<SessionID>", "<");
    const device = between(message, "<Source><LocURI>", "<");
    return answer("wbxml", tableStatus(session, device));
  },
  "short header names and a hundred items": (message) =>
    answer("xml", xml(message, add(ITEM.repeat(100))), NAMES),
  "short header names and four long URIs": (message) => {
    const item = `<Item><Target><LocURI>${"u".repeat(3700)}</LocURI></Target></Item>`;
    return answer("xml", xml(message, add(item.repeat(4))), NAMES);
  },
};

/** What a server sends that is trusted, and malicious. */
const TRUSTED: Readonly<Record<string, string>> = {
  "sixty trees": get("./DevInfo?list=TNDS").repeat(60),
  "sixty lists of all nodes": get(".?list=Struct").repeat(60),
  "thirty-one lists with values": (get("./DevInfo/DevId") + get(".?list=StructData")).repeat(31),
  "a question of 15 kB":
    "<Alert><CmdID>2</CmdID><Data>1100</Data><Item><Data>MAXDT=1</Data></Item>" +
    `<Item><Data>${"t".repeat(15_000)}</Data></Item></Alert>`,
  "packages without end": Array.from({ length: 30 }, (_, index) =>
    ["", "/PkgName", "/PkgVersion", "/Download/PkgURL"]
      .map((node) =>
        add(
          `<Item><Target><LocURI>./FwUpdate/${"o".repeat(40)}${index}${node}</LocURI></Target>` +
            `</Item>`,
        ),
      )
      .join(""),
  ).join("|"),
};

/** Where a device finds that server, until the test is over. */
async function listen(context: TestContext, listening: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    listening.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    listening.close();
  });
  return `http://10.0.2.2:${(listening.address() as AddressInfo).port}`;
}

/** The address of somebody who answers each message with that. */
async function server(context: TestContext, respond: Answer): Promise<string> {
  let number = 0;
  const listening = createServer((socket) => {
    let message = "";
    socket.on("error", () => undefined);
    socket.on("data", (part) => {
      message += part.toString("latin1");
      if (message.includes("</SyncML>")) socket.end(respond(message, number++));
    });
  });
  return `${await listen(context, listening)}/dm`;
}

/** A device that knows that server, or, `trusted`, one that need not prove itself. */
function start(
  context: TestContext,
  address: string,
  trusted: boolean,
  once: boolean,
): { readonly device: Device; readonly log: EventLog } {
  const directory = mkdtempSync(join(tmpdir(), "xs-fumo-bomb-"));
  const log = new EventLog("qemu");
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  rigBoard.manufacture(directory, packageOf(rigBoard, VERSION_1, 0), developmentKey());
  const auth = trusted ? "none" : "md5";
  rigBoard.provision(directory, {
    account: {
      serverId: "rig",
      address,
      encoding: "xml",
      auth,
      name: "device",
      secret: "device-secret",
      serverAuth: auth,
      serverName: "rig",
      serverSecret: "server-secret",
    },
    keys: [],
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
    sessionAtBoot: true,
    pollSeconds: 0,
    request: "none",
    answers: ["yes"],
    once,
  });
  return { device: rigBoard.start(directory, log, false), log };
}

/** What a device says that its heap has not sufficed. */
const EXHAUSTED = /panic|out of memory|uncaught/;

/** A session of a device with that server: the serial lines. */
async function session(
  context: TestContext,
  address: string,
  trusted: boolean,
): Promise<{ readonly lines: readonly string[]; readonly log: EventLog }> {
  const { device, log } = start(context, address, trusted, true);
  const status = await within(LIMIT_MS, "the session", device.ended).finally(() => device.kill());
  const lines = log.all("serial").map(({ line }) => line);
  assert.equal(status, 0, lines.join("\n"));
  assert.deepEqual(
    lines.filter((line) => EXHAUSTED.test(line)),
    [],
  );
  assert.equal(log.all("session").length, 1);
  return { lines, log };
}

for (const [what, respond] of Object.entries(STRANGERS)) {
  test(`a message of ${what}, of a server that has proved nothing, does not exhaust the heap`, {
    skip,
  }, async (context) => {
    await session(context, await server(context, respond), false);
  });
}

for (const [what, commands] of Object.entries(TRUSTED)) {
  test(`${what}, asked by a trusted server, do not exhaust the heap, and are answered to the end`, {
    skip,
  }, async (context) => {
    const parts = commands.split("|");
    let next = 0;
    const respond: Answer = (message) => {
      const done = message.includes("<Final/>");
      const more = "<Alert><CmdID>2</CmdID><Data>1222</Data></Alert>";
      return answer("xml", xml(message, done ? (parts[next++] ?? "") : more));
    };
    const { log } = await session(context, await server(context, respond), true);
    assert.equal(log.last("session")?.outcome, "completed");
    assert.equal(next, parts.length + 1);
  });
}

/** Paths to which a host redirects, each about as long as a URL may be; the last is too long. */
const PATHS = ["p", "/", "../", "a/", "{"].map((piece) => piece.repeat(4050 / piece.length));

/** What starts the download of the package at that address. */
function download(url: string): string {
  const target = (node: string): string =>
    `<Target><LocURI>./FwUpdate/Main/Download${node}</LocURI></Target>`;
  return (
    `<Replace><CmdID>2</CmdID><Item>${target("/PkgURL")}<Data>${url}</Data></Item></Replace>` +
    `<Exec><CmdID>3</CmdID><Item>${target("")}</Item></Exec>`
  );
}

/** The serial lines of a download that fails, from a host that answers so, request by request. */
async function failing(
  context: TestContext,
  respond: (origin: string, count: number) => string,
): Promise<readonly string[]> {
  let origin = "";
  let count = 0;
  const dm = await server(context, (message, number) =>
    answer("xml", xml(message, number === 0 ? download(`${origin}/p`) : "")),
  );
  const host = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.end(respond(origin, count++));
    });
  });
  origin = await listen(context, host);
  const { device, log } = start(context, dm, true, false);
  const failed = new Promise<void>((resolve) => {
    log.view((event) => {
      if (event.kind === "state" && event.state === 20) resolve();
    });
  });
  await within(LIMIT_MS, "the end of the download", failed).finally(() => device.kill());
  const lines = log.all("serial").map(({ line }) => line);
  assert.ok(!lines.some((line) => EXHAUSTED.test(line)), lines.join("\n"));
  return lines;
}

function redirect(location: string): string {
  return `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
}

test("redirects to paths of 4 kB, of segments or of what is escaped, do not exhaust the heap", {
  skip,
}, async (context) => {
  let got = 0;
  const lines = await failing(context, (origin) => redirect(`${origin}/${PATHS[got++] ?? ""}`));
  assert.ok(
    lines.some((line) => line.includes("update failed: badURL")),
    lines.join("\n"),
  );
  assert.equal(got, PATHS.length);
});

test("a descriptor whose URLs have 4 kB each, behind such a redirect, does not exhaust the heap", {
  skip,
}, async (context) => {
  const url = (letter: string): string => `/${letter.repeat(4000)}`;
  const descriptor =
    `<media><nextURL>${url("n")}</nextURL><objectURI>${url("o")}</objectURI>` +
    `<size>100000</size><type>application/octet-stream</type></media>`;
  const heads = [
    (origin: string) => redirect(`${origin}${url("p")}`),
    () =>
      `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oma.dd+xml\r\n` +
      `Content-Length: ${descriptor.length}\r\n\r\n${descriptor}`,
    () => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
  ];
  let got = 0;
  const lines = await failing(context, (origin) => heads[got++]?.(origin) ?? "");
  assert.ok(
    lines.some((line) => line.includes("HTTP 404")),
    lines.join("\n"),
  );
  assert.equal(got, heads.length);
});

test("what servers write cannot look like a line of the device, nor fill the log", {
  skip,
}, async (context) => {
  const forged = "1\n[   9.999] I update: State 100 Update Successful";
  const status =
    `<Status><CmdID>2</CmdID><MsgRef>${forged}</MsgRef><CmdRef>${"9".repeat(64)}</CmdRef>` +
    `<Cmd>Get</Cmd><Data>200</Data></Status>${get("./DevInfo/Man")}`;
  const respond: Answer = (message, number) =>
    answer("xml", xml(message, status, number === 0 ? {} : { msgID: forged }));
  const { lines, log } = await session(context, await server(context, respond), true);
  const shown = lines.filter((line) => line.includes("\\u000a[   9.999] I update: State 100"));
  assert.equal(shown.length, 2, lines.join("\n"));
  assert.deepEqual(
    log.all("state").map(({ state }) => state),
    [10],
  );
  for (const line of lines) assert.ok(Buffer.byteLength(line) <= 200, line);
});
