/** The rig's server and clients that are in the wrong: it says so, and it outlives all of them. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { decodeBody, codecOf } from "../../../rig/server/codec.ts";
import { DEVICES_MAX, DmServer } from "../../../rig/server/dm-server.ts";
import type { ServerEvent } from "../../../rig/server/event.ts";
import type { Reply } from "../../../rig/server/exchange.ts";
import { guarded } from "../../../rig/server/guard.ts";
import type { ServerOptions } from "../../../rig/server/options.ts";
import { Recent } from "../../../rig/server/recent.ts";
import { scenarioOf } from "../../../rig/server/scenario.ts";
import type { Message } from "../../../../src/syncml/command.ts";
import { DM, Target } from "../../threats/target.ts";
import { OBJECT, ScriptedDevice } from "./scripted.ts";

const TYPE = "application/vnd.syncml.dm+xml";
const DEVINFO = ["DevId", "Man", "Mod", "DmV", "Lang"]
  .map((leaf) => `<Item><Source><LocURI>./DevInfo/${leaf}</LocURI></Source><Data>x</Data></Item>`)
  .join("");
const PACKAGE_1 =
  `<Alert><CmdID>1</CmdID><Data>1201</Data></Alert><Replace><CmdID>2</CmdID>` +
  `${DEVINFO}</Replace>`;

interface Words {
  readonly source?: string;
  readonly session?: string;
  readonly msgID?: string;
  readonly verDTD?: string;
  readonly verProto?: string;
  /** In Meta of SyncHdr. */
  readonly sizes?: string;
  readonly final?: boolean;
}

function message(body: string, words: Words = {}): string {
  const { source = "dev", session = "1", msgID = "1", verDTD = "1.2", verProto = "DM/1.2" } = words;
  const meta = words.sizes === undefined ? "" : `<Meta>${words.sizes}</Meta>`;
  const final = words.final === false ? "" : "<Final/>";
  return (
    `<SyncML><SyncHdr><VerDTD>${verDTD}</VerDTD><VerProto>${verProto}</VerProto><SessionID>` +
    `${session}</SessionID>` +
    `<MsgID>${msgID}</MsgID><Target><LocURI>${DM}</LocURI></Target><Source><LocURI>` +
    `${source}</LocURI></Source>${meta}</SyncHdr>` +
    `<SyncBody>${body}${final}</SyncBody></SyncML>`
  );
}

class Listener {
  readonly warnings: string[] = [];
  readonly server: DmServer;

  constructor(options: Partial<ServerOptions> = {}) {
    this.server = new DmServer({
      url: DM,
      ...options,
      scenario: () =>
        scenarioOf("replace", { object: OBJECT, data: new Uint8Array(5000), url: `${DM}/p` }),
      emit: (event: ServerEvent) => {
        if (event.kind === "warning") this.warnings.push(event.text);
      },
    });
  }

  post(body: string): Reply {
    const headers = new Map([["content-type", TYPE]]);
    return this.server.handle({ method: "POST", url: "/dm", headers, body: Buffer.from(body) });
  }

  /** The answer, which is a message. */
  answer(body: string): Message {
    const codec = codecOf(TYPE);
    ok(codec !== undefined);
    const reply = this.post(body);
    strictEqual(reply.status, 200);
    const decoded = decodeBody(codec, reply.body);
    if ("problem" in decoded) throw new Error(decoded.problem);
    return decoded;
  }
}

function alerts(answer: Message): readonly number[] {
  return answer.commands.flatMap((one) => (one.name === "Alert" ? [one.data] : []));
}

test("every MaxMsgSize gets a message of that size, or Alert 1223 and the end", () => {
  let ended = 0;
  for (const size of [0, 1, 200, 500, 600, 700, 800, 900, 1000, 1100, 1200, 4_000_000_000]) {
    const it = new Listener();
    const sizes = `<MaxMsgSize xmlns="syncml:metinf">${size}</MaxMsgSize>`;
    const answer = it.answer(message(PACKAGE_1, { sizes }));
    if (!alerts(answer).includes(1223)) continue;
    ended++;
    ok(
      it.warnings.some((text) => text.includes(`MaxMsgSize of ${size} bytes`)),
      `${size}`,
    );
    strictEqual(alerts(it.answer(message(PACKAGE_1, { session: "2" }))).length, 0);
  }
  ok(ended >= 4 && ended < 12, `${ended}`);
});

test("a large object whose chunks do not fit ends only its session, and comes in another", () => {
  const it = new Listener();
  const device = (maxMsgSize: number): ScriptedDevice =>
    new ScriptedDevice({ handle: (request) => it.server.handle(request), result: 200, maxMsgSize });
  for (const maxMsgSize of [620, 700, 800]) device(maxMsgSize).session();
  ok(it.warnings.some((text) => text.includes("has no room for")));
  const last = device(4000);
  for (let count = 0; count < 6; count++) {
    last.session();
    last.reboot("2.0");
  }
  strictEqual(it.server.devices.get("dev")?.campaign?.outcome?.ok, true);
});

test("a package whose commands do not fit in one message goes in several, in one session", () => {
  const it = new Listener();
  const device = new ScriptedDevice({
    handle: (request) => it.server.handle(request),
    maxMsgSize: 900,
    result: 200,
  });
  device.session();
  const asking = device.messages
    .map(({ commands }) =>
      commands.flatMap((one) => (one.name === "Get" ? [one.items[0]?.target ?? ""] : [])),
    )
    .filter((uris) => uris.length > 0);
  const [first = []] = asking;
  ok(first.length > 0 && first.length < 5, `${first.length} in the first message`);
  deepStrictEqual(asking.flat().slice(0, 5), [
    "./DevInfo/DevId",
    "./DevInfo/Man",
    "./DevInfo/Mod",
    "./DevDetail/FwV",
    `${OBJECT}/State`,
  ]);
  ok(device.messages.some(({ final }) => !final));
});

const STATUS = "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef>";
const SYNCHDR = `${STATUS}<CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>200</Data></Status>`;

/** What is said of a first message, and of one that follows a good one. */
const FIRST: readonly (readonly [what: string, message: string, warning: string])[] = [
  ["DM/1.1", message(PACKAGE_1, { verProto: "DM/1.1" }), "VerProto is DM/1.1, not DM/1.2"],
  ["DTD 1.1", message(PACKAGE_1, { verDTD: "1.1" }), "VerDTD is 1.1, not 1.2"],
  ["MsgID 7", message(PACKAGE_1, { msgID: "7" }), "the first MsgID of a session is 7, not 1"],
  [
    "no alert",
    message(`<Replace><CmdID>2</CmdID>${DEVINFO}</Replace>`),
    "package 1 has neither Alert 1200 nor 1201",
  ],
  [
    "no DevInfo",
    message("<Alert><CmdID>1</CmdID><Data>1201</Data></Alert>"),
    "package 1 lacks DevInfo: DevId, Man, Mod, DmV, Lang",
  ],
  [
    "twice",
    message(`${PACKAGE_1}<Alert><CmdID>2</CmdID><Data>1226</Data></Alert>`),
    "CmdID 2 twice in a message",
  ],
  [
    "CmdID 0",
    message(`${PACKAGE_1}<Alert><CmdID>0</CmdID><Data>1226</Data></Alert>`),
    "Alert has CmdID 0, which is that of SyncHdr",
  ],
  ["Get", message(`${PACKAGE_1}<Get><CmdID>3</CmdID></Get>`), "a client sends no Get"],
];
const NEXT: readonly (readonly [what: string, body: string, warning: string])[] = [
  ["no Status", "", "a message does not begin with the Status of SyncHdr, CmdRef 0"],
  ["Get alone", SYNCHDR, "no Status for Get (message 1, command 4)"],
  [
    "unknown",
    `${SYNCHDR}${STATUS.replace("<CmdID>1", "<CmdID>2")}<CmdRef>77</CmdRef><Cmd>Get</Cmd><Data>` +
      `200</Data></Status>`,
    "a Status for what was not sent: Get (message 1, command 77)",
  ],
  [
    "another command",
    `${SYNCHDR}${STATUS.replace("<CmdID>1", "<CmdID>2")}<CmdRef>4</CmdRef><Cmd>Exec</Cmd><Data>` +
      `200</Data></Status>`,
    "a Status says Exec for Get (message 1, command 4)",
  ],
  [
    "no number",
    `${SYNCHDR}${STATUS.replace("<CmdID>1", "<CmdID>2")}<CmdRef>4</CmdRef><Cmd>Get</Cmd></Status>`,
    "the Status of Get 4 has no number",
  ],
];

test("what a client does wrong in its first message is a warning, and it is answered", () => {
  const good = new Listener();
  good.answer(message(PACKAGE_1));
  deepStrictEqual(good.warnings, []);
  for (const [what, body, warning] of FIRST) {
    const it = new Listener();
    it.answer(body);
    deepStrictEqual(it.warnings, [`dev: ${warning}`], what);
  }
});

test("what a client does wrong later is a warning, and it is answered", () => {
  for (const [what, body, warning] of NEXT) {
    const it = new Listener();
    it.answer(message(PACKAGE_1));
    it.answer(message(body, { msgID: "2" }));
    ok(it.warnings.includes(`dev: ${warning}`), `${what}: ${it.warnings.join("; ")}`);
  }
  const it = new Listener();
  it.answer(message(PACKAGE_1));
  it.answer(message(SYNCHDR, { msgID: "5" }));
  ok(it.warnings.includes("dev: MsgID is 5 where 2 comes next"), it.warnings.join("; "));
});

test("a message with two SyncHdr or SyncBody is refused, with a warning", () => {
  const twice = new Listener();
  const head = /<SyncHdr>.*<\/SyncHdr>/.exec(message(PACKAGE_1))?.[0] ?? "";
  strictEqual(twice.post(message(PACKAGE_1).replace(head, head + head)).status, 400);
  ok(twice.warnings[0]?.includes("more than one SyncHdr"), twice.warnings.join("; "));
});

test("nothing is wrong with what the client of this project says", () => {
  const it = new Listener({
    client: { type: "md5", name: "device", secret: "device-secret" },
    server: { type: "md5", name: "rig", secret: "server-secret" },
  });
  const target = new Target((request, origin) =>
    origin.includes("dm.example") ? it.server.handle(request) : undefined,
  );
  target.run();
  deepStrictEqual(
    it.warnings.filter((text) => text.startsWith("target: ")),
    [],
  );
  ok((it.server.devices.get("target")?.campaign?.states.length ?? 0) > 0);
});

test("Add is sent only where a Get of the object was answered 404", () => {
  for (const [there, adds] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const it = new Listener();
    const device = new ScriptedDevice({
      handle: (request) => it.server.handle(request),
      result: 200,
    });
    if (!there) device.nodes.delete(`${OBJECT}/State`);
    device.session();
    const added = device.messages
      .flatMap(({ commands }) => commands)
      .filter(({ name }) => name === "Add");
    strictEqual(added.length, adds);
  }
});

test("old sessions and devices are forgotten, those first that never proved themselves", () => {
  const it = new Listener();
  for (let count = 0; count < 3 * DEVICES_MAX; count++)
    it.answer(message(PACKAGE_1, { source: `dev-${count}`, session: `${count}` }));
  strictEqual(it.server.devices.size, DEVICES_MAX);
  const client = { type: "md5", name: "user", secret: "pw" } as const;
  const server = new DmServer({ url: DM, client });
  const device = new ScriptedDevice({
    handle: (request) => server.handle(request),
    secret: "pw",
    result: 200,
  });
  device.session();
  const body = (count: number): Buffer => Buffer.from(message(PACKAGE_1, { source: `x${count}` }));
  const headers = new Map([["content-type", TYPE]]);
  for (let count = 0; count < 2 * DEVICES_MAX; count++)
    server.handle({ method: "POST", url: "/", headers, body: body(count) });
  ok(server.devices.has("dev"));
  strictEqual(server.devices.size, DEVICES_MAX);
});

test("what is used least recently is forgotten first, by number and by bytes", () => {
  const recent = new Recent<number>(3, 100);
  for (let index = 0; index < 3; index++) recent.set(`${index}`, index, 10);
  strictEqual(recent.get("0"), 0);
  recent.set("3", 3, 10);
  deepStrictEqual([recent.get("0"), recent.get("1"), recent.get("3")], [0, undefined, 3]);
  recent.set("4", 4, 200);
  deepStrictEqual([recent.size, recent.get("4")], [1, 4]);
  recent.set("4", 5, 10);
  recent.set("5", 6, 90);
  strictEqual(recent.size, 2);
});

test("a request that a server cannot handle is 500 with a warning; the next one works", () => {
  const warnings: string[] = [];
  let broken = true;
  const handle = guarded(
    () => {
      if (broken) throw new TypeError("out of order");
      return { status: 204, headers: [], body: new Uint8Array(0) };
    },
    (event) => {
      if (event.kind === "warning") warnings.push(event.text);
    },
  );
  const request = { method: "POST", url: "/dm", headers: new Map(), body: new Uint8Array(0) };
  strictEqual(handle(request).status, 500);
  ok(warnings[0]?.includes("POST /dm: TypeError: out of order"), warnings[0]);
  broken = false;
  strictEqual(handle(request).status, 204);
});
