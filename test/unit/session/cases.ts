/**
 * The tables of OMA-TS-DM-RepPro §4.1.6, which Status each command can be answered with, and a
 * case for each cell: commands of a server, over a real tree, and the answers of the device. A cell
 * without a case says why it has none.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import type { Answer } from "../../../src/user/question.ts";
import type { Command, Item } from "../../../src/syncml/command.ts";
import { GUEST, LOCKED } from "../tree/garden.ts";
import { command, item } from "./bench.ts";

export type Name =
  | "Add"
  | "Replace"
  | "Delete"
  | "Get"
  | "Copy"
  | "Exec"
  | "Alert"
  | "Atomic"
  | "Sequence";

/** Under what circumstances. */
export interface Setting {
  /** Who the server is: the OWNER of the garden unless said. */
  readonly server?: string;
  /** What a person says. Absent: there is nobody. */
  readonly answer?: Answer;
  /** The largest object that the device takes, and that the server takes. */
  readonly maxObjSize?: number;
  readonly serverMaxObjSize?: number;
  /** Bytes that the store holds. */
  readonly room?: number;
  /** The server has to prove itself, and has sent wrong credentials, or none. */
  readonly unproved?: 401 | 407;
}

export interface Case {
  readonly name: Name;
  readonly status: number;
  readonly commands: readonly Command[];
  /**
   * `213 Add 2, 424 Add 3`: Status, command, CmdRef; the first command has the number 2, those
   * inside another c0 and on.
   */
  readonly answers: string;
  readonly setting: Setting;
}

/** Rows of the tables. */
export const TABLES: { readonly [N in Name]: readonly number[] } = {
  Add: [200, 213, 215, 216, 516, 401, 407, 404, 405, 413, 414, 415, 418, 420, 424, 425, 500],
  Replace: [
    200, 213, 215, 216, 516, 401, 407, 403, 404, 405, 413, 414, 415, 418, 420, 424, 425, 500,
  ],
  Delete: [200, 215, 216, 516, 401, 407, 403, 404, 405, 414, 425],
  Get: [200, 215, 401, 407, 404, 405, 406, 413, 414, 415, 425, 500],
  Copy: [200, 215, 216, 516, 401, 407, 403, 404, 405, 406, 414, 415, 418, 420, 425, 500, 510],
  Exec: [200, 202, 215, 401, 407, 403, 404, 405, 406, 414, 420, 425, 500, 510],
  Alert: [200, 202, 214, 215, 216, 516, 304, 401, 407, 405, 406, 408, 412, 415, 416, 500],
  Atomic: [200, 215, 401, 407, 406, 500, 507, 517],
  Sequence: [200, 215, 401, 407, 500],
};

/** Cells that this device has no reason to answer with. */
export const WITHOUT: { readonly [cell: string]: string } = {
  "Get 415": "a Get has no format of its own: what it asks for and is not supported is 406",
  "Copy 406": "Copy is supported",
  "Copy 418": "a Copy onto a leaf that exists is taken as overwriting it",
  "Copy 510": "a store that fails is no failure of the command: the device restarts",
  "Alert 202": "no alert of a server is worked off later",
  "Alert 405": "an alert has no target that could forbid it",
  "Alert 415": "what a person is to be shown and is no text is 416",
  "Alert 500":
    "an alert is understood, and done or not done; inside Atomic it is answered as outside",
  "Atomic 406": "Atomic is supported",
  "Atomic 517":
    "an Atomic is answered with Status alone, and those are continued in the next message",
};

const LEAF = "./Garden/Leaves/new";
const LONG = `./Garden/${"n".repeat(65)}`;
const NOTHING = "./Garden/Nothing";
const NAME = "./Garden/Name";
const KEY = "./Garden/Key";
const BELL = "./Garden/Bell";
const PIPE = "./Garden/Pipe";
const GREEN = "./Garden/Leaves/leaf";

function container(name: "Atomic" | "Sequence", ...commands: readonly Command[]): Command {
  return {
    name,
    cmdID: "",
    commands: commands.map((one, index) => ({ ...one, cmdID: `c${index}` })),
  };
}

function asking(code: number, ...texts: readonly string[]): Command {
  const data = (text: string): Item => ({ data: utf8(text), binary: false, moreData: false });
  return { name: "Alert", cmdID: "", data: code, items: texts.map(data) };
}

const chunk = (uri: string, size: number): Item =>
  item(uri, "x", { moreData: true, meta: { size } });
const typed = (uri: string, meta: NonNullable<Item["meta"]>, data = "1"): Item =>
  item(uri, data, { meta });
const node = (uri: string): Command => command("Add", typed(uri, { format: "node" }, ""));
const copy = (source: string, target: string): Command =>
  command("Copy", { ...item(target), source });
const ring = (correlator: string): Command => ({ ...command("Exec", item(BELL)), correlator });
const QUESTION = asking(1101, "", "?");
const FAILS = command("Delete", item(NOTHING));
const TAKES_FOR_GOOD = command("Replace", typed(PIPE, { format: "b64" }, "AQID"));

/** One of each command, which alone would succeed. */
const GOOD: { readonly [N in Name]: Command } = {
  Add: command("Add", item(LEAF, "x")),
  Replace: command("Replace", item(NAME, "x")),
  Delete: command("Delete", item(GREEN)),
  Get: command("Get", item(NAME)),
  Copy: copy(NAME, LEAF),
  Exec: command("Exec", item(BELL)),
  Alert: asking(1222),
  Atomic: container("Atomic", command("Add", item(LEAF, "x"))),
  Sequence: container("Sequence", command("Add", item(LEAF, "x"))),
};
const UNDONE: readonly Name[] = ["Add", "Replace", "Delete", "Copy", "Alert"];
const NAMES = Object.keys(GOOD) as readonly Name[];

/** `Add 413`, what the server sends, and the answers. */
function of(
  cell: string,
  commands: readonly Command[],
  answers: string,
  setting: Setting = {},
): Case {
  const [name, status] = cell.split(" ") as [Name, string];
  return { name, status: Number(status), commands, answers, setting };
}

/**
 * Refused altogether: because the server is not who it says, or a person has cancelled the message
 * (OMA-TS-DM-Protocol §2.4, §2.5).
 */
function refused(name: Name): readonly Case[] {
  const inside = (status: number): string =>
    name === "Atomic" || name === "Sequence" ? `, ${status} Add c0` : "";
  return [
    ...([401, 407] as const).map((status) =>
      of(`${name} ${status}`, [GOOD[name]], `${status} ${name} 2${inside(status)}`, {
        unproved: status,
      }),
    ),
    of(`${name} 215`, [QUESTION, GOOD[name]], `214 Alert 2, 215 ${name} 3${inside(215)}`, {
      answer: { kind: "cancelled" },
    }),
  ];
}

/** Undone with the Atomic around it, or not to be undone any more (§4.1.6.3). */
function undone(name: Name): readonly Case[] {
  return [
    of(
      `${name} 216`,
      [container("Atomic", GOOD[name], FAILS)],
      `507 Atomic 2, 216 ${name} c0, 404 Delete c1`,
    ),
    of(
      `${name} 516`,
      [container("Atomic", GOOD[name], TAKES_FOR_GOOD, FAILS)],
      `507 Atomic 2, 516 ${name} c0, 516 Replace c1, 404 Delete c2`,
    ),
  ];
}

const PUTS: readonly Case[] = [
  of("Add 200", [GOOD.Add], "200 Add 2"),
  of("Replace 200", [GOOD.Replace], "200 Replace 2"),
  of("Add 213", [command("Add", chunk(LEAF, 2))], "213 Add 2"),
  of("Replace 213", [command("Replace", chunk(NAME, 2))], "213 Replace 2"),
  of(
    "Replace 403",
    [command("Replace", typed(PIPE, { format: "bin", type: LOCKED }, "AQID"))],
    "403 Replace 2",
  ),
  of("Add 404", [command("Add", item(NOTHING, "x"))], "404 Add 2"),
  of("Replace 404", [command("Replace", item(LEAF, "x"))], "404 Replace 2"),
  of("Add 405", [command("Add", item("./Garden/Name/below", "x"))], "405 Add 2"),
  of("Replace 405", [command("Replace", item(BELL, "x"))], "405 Replace 2"),
  of("Replace 405", [command("Replace", item("./Garden?prop=Type", "x"))], "405 Replace 2"),
  of("Replace 405", [command("Replace", item("./Garden?prop=Name", "x"))], "405 Replace 2"),
  of("Add 413", [command("Add", chunk(LEAF, 5000))], "413 Add 2"),
  of("Add 413", [command("Add", item(LEAF, "xx"))], "413 Add 2", { maxObjSize: 1 }),
  of("Replace 413", [command("Replace", chunk(NAME, 5000))], "413 Replace 2"),
  of("Add 414", [command("Add", item(LONG, "x"))], "414 Add 2"),
  of("Replace 414", [command("Replace", item(LONG, "x"))], "414 Replace 2"),
  of("Add 415", [command("Add", typed(LEAF, { format: "int" }))], "415 Add 2"),
  of("Replace 415", [command("Replace", typed(NAME, { format: "int" }))], "415 Replace 2"),
  of("Replace 415", [command("Replace", typed(NAME, { format: "b64" }, "/w=="))], "415 Replace 2"),
  of("Add 418", [command("Add", item(GREEN, "x"))], "418 Add 2"),
  of(
    "Replace 418",
    [node("./Garden/Beds/other"), command("Replace", item("./Garden/Beds/other?prop=Name", "bed"))],
    "200 Add 2, 418 Replace 3",
  ),
  of("Add 420", [GOOD.Add], "420 Add 2", { room: 1 }),
  of("Replace 420", [command("Replace", item(NAME, "x".repeat(99)))], "420 Replace 2", { room: 1 }),
  of(
    "Add 424",
    [command("Add", chunk(LEAF, 2)), command("Add", item(LEAF, "xx"))],
    "213 Add 2, 424 Add 3",
  ),
  of(
    "Replace 424",
    [command("Replace", chunk(NAME, 3)), command("Replace", item(NAME, "x"))],
    "213 Replace 2, 424 Replace 3",
  ),
  of("Add 425", [GOOD.Add], "425 Add 2", { server: GUEST }),
  of("Replace 425", [GOOD.Replace], "425 Replace 2", { server: GUEST }),
  of(
    "Add 500",
    [container("Sequence", command("Add", chunk(LEAF, 2)))],
    "200 Sequence 2, 500 Add c0",
  ),
  of("Replace 500", [command("Replace", item("./Garden?prop=ACL", "Get"))], "500 Replace 2"),
];

const DELETES: readonly Case[] = [
  of("Delete 200", [GOOD.Delete], "200 Delete 2"),
  of(
    "Delete 403",
    [node(`./Garden/Beds/${LOCKED}`), command("Delete", item(`./Garden/Beds/${LOCKED}`))],
    "200 Add 2, 403 Delete 3",
  ),
  of("Delete 404", [command("Delete", item(LEAF))], "404 Delete 2"),
  of(
    "Delete 405",
    [command("Delete", item("./Garden")), command("Delete", item("."))],
    "405 Delete 2, 405 Delete 3",
  ),
  of("Delete 414", [command("Delete", item(LONG))], "414 Delete 2"),
  of("Delete 425", [GOOD.Delete], "425 Delete 2", { server: GUEST }),
];

const GETS: readonly Case[] = [
  ...[
    NAME,
    "./Garden",
    "./Garden?list=Struct",
    "./Garden?list=StructData",
    "./Garden?list=TNDS",
    "./Garden?prop=ACL",
  ].map((uri) => of("Get 200", [command("Get", item(uri))], "200 Get 2")),
  of("Get 404", [command("Get", item(NOTHING))], "404 Get 2"),
  of("Get 405", [command("Get", item(KEY))], "405 Get 2"),
  ...["./Garden?list=Other", "./Garden/Name?prop=TStamp", "./Garden?list=TNDS+TStamp"].map((uri) =>
    of("Get 406", [command("Get", item(uri))], "406 Get 2"),
  ),
  of("Get 413", [GOOD.Get], "413 Get 2", { serverMaxObjSize: 3 }),
  of("Get 414", [command("Get", item(LONG))], "414 Get 2"),
  of("Get 425", [command("Get", item("./Garden/Weather"))], "425 Get 2", { server: GUEST }),
  of("Get 500", [container("Atomic", GOOD.Get)], "507 Atomic 2, 500 Get c0"),
];

const COPIES: readonly Case[] = [
  of("Copy 200", [GOOD.Copy], "200 Copy 2"),
  of("Copy 403", [copy("./Garden", LEAF)], "403 Copy 2"),
  of("Copy 404", [copy(NOTHING, LEAF)], "404 Copy 2"),
  of("Copy 405", [copy(KEY, LEAF)], "405 Copy 2"),
  of("Copy 414", [copy(NAME, LONG)], "414 Copy 2"),
  of("Copy 415", [copy("./Garden/Beds/bed/Size", LEAF)], "415 Copy 2"),
  of("Copy 420", [GOOD.Copy], "420 Copy 2", { room: 1 }),
  of("Copy 425", [GOOD.Copy], "425 Copy 2", { server: GUEST }),
  of(
    "Copy 500",
    [container("Sequence", command("Copy", { ...chunk(LEAF, 2), source: NAME }))],
    "200 Sequence 2, 500 Copy c0",
  ),
];

const EXECS: readonly Case[] = [
  of("Exec 202", [GOOD.Exec], "202 Exec 2"),
  of("Exec 404", [command("Exec", item(NOTHING))], "404 Exec 2"),
  of("Exec 405", [command("Exec", item(NAME))], "405 Exec 2"),
  of("Exec 414", [command("Exec", item(LONG))], "414 Exec 2"),
  of("Exec 425", [GOOD.Exec], "425 Exec 2", { server: GUEST }),
  of("Exec 500", [container("Atomic", GOOD.Exec)], "507 Atomic 2, 500 Exec c0"),
  // What the node itself answers.
  ...[200, 403, 406, 420, 510].map((status) =>
    of(`Exec ${status}`, [ring(String(status))], `${status} Exec 2`),
  ),
];

const PEOPLE: readonly Case[] = [1100, 1101, 1102, 1103, 1104].flatMap((code) => {
  const alert = code > 1102 ? asking(code, "", "?", "one", "two") : asking(code, "", "?");
  const agreed: Answer =
    code === 1100
      ? { kind: "shown" }
      : code === 1101
        ? { kind: "yes" }
        : code === 1102
          ? { kind: "text", text: "x" }
          : { kind: "chosen", numbers: [2] };
  return [
    of("Alert 200", [alert], "200 Alert 2", { answer: agreed }),
    of("Alert 406", [alert], "406 Alert 2"),
    of("Alert 214", [alert], "214 Alert 2", { answer: { kind: "cancelled" } }),
    of("Alert 408", [alert], "408 Alert 2", { answer: { kind: "timeout" } }),
    of("Alert 416", [alert], "416 Alert 2", { answer: { kind: "unable" } }),
    of("Alert 412", [asking(code, "")], "412 Alert 2", { answer: agreed }),
  ];
});

const ALERTS: readonly Case[] = [
  ...PEOPLE,
  of("Alert 304", [QUESTION], "304 Alert 2", { answer: { kind: "no" } }),
  of("Alert 200", [asking(1222)], "200 Alert 2"),
  of("Alert 200", [asking(1225)], "200 Alert 2"),
  // What only a device may send.
  ...[1200, 1201, 1224, 1226].map((code) => of("Alert 406", [asking(code)], "406 Alert 2")),
];

const INSIDE = [GOOD.Add, GOOD.Replace, GOOD.Copy, GOOD.Delete, QUESTION];
const CONTAINERS: readonly Case[] = [
  of(
    "Atomic 200",
    [container("Atomic", ...INSIDE)],
    "200 Atomic 2, 200 Add c0, 200 Replace c1, 200 Copy c2, 200 Delete c3, 200 Alert c4",
    { answer: { kind: "yes" } },
  ),
  of(
    "Atomic 507",
    [container("Atomic", FAILS, ...INSIDE)],
    "507 Atomic 2, 404 Delete c0, 215 Add c1, 215 Replace c2, 215 Copy c3, 215 Delete c4, 215 " +
      "Alert c5",
  ),
  of(
    "Atomic 500",
    [container("Atomic", { ...container("Atomic", GOOD.Add), cmdID: "i" })],
    "507 Atomic 2, 500 Atomic c0, 215 Add c0",
  ),
  of(
    "Sequence 200",
    [container("Sequence", GOOD.Add, FAILS, GOOD.Get)],
    "200 Sequence 2, 200 Add c0, 404 Delete c1, 200 Get c2",
  ),
  of(
    "Sequence 200",
    [
      container(
        "Sequence",
        QUESTION,
        GOOD.Add,
        GOOD.Get,
        GOOD.Exec,
        GOOD.Delete,
        GOOD.Copy,
        GOOD.Replace,
        GOOD.Alert,
      ),
    ],
    "200 Sequence 2, 304 Alert c0, 215 Add c1, 215 Get c2, 215 Exec c3, 215 Delete c4, 215 Copy " +
      "c5, 215 Replace c6, 215 Alert c7",
    { answer: { kind: "no" } },
  ),
  of(
    "Sequence 500",
    [container("Atomic", container("Sequence", GOOD.Add))],
    "507 Atomic 2, 500 Sequence c0, 215 Add c0",
  ),
];

export const CASES: readonly Case[] = [
  ...PUTS,
  ...DELETES,
  ...GETS,
  ...COPIES,
  ...EXECS,
  ...ALERTS,
  ...CONTAINERS,
  ...NAMES.flatMap(refused),
  ...UNDONE.flatMap(undone),
];
