/**
 * Messages for fuzzing, built from a program of bytes: elements where a message has them, and now
 * and then elsewhere.
 */
import { base64 } from "../../../src/base/base64.ts";
import { find } from "../../../src/base/bytes.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { SYNCML, Tag } from "../../../src/syncml/vocabulary.ts";
import { putNumber, numberLength } from "../../../src/wbxml/number.ts";
import { joined } from "./choices.ts";

/** One step of a document: the same in both encodings. */
type Step =
  | { readonly kind: "open"; readonly tag: number }
  | { readonly kind: "close" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "shared"; readonly at: number }
  | { readonly kind: "entity"; readonly character: number }
  | { readonly kind: "opaque"; readonly bytes: Uint8Array }
  | { readonly kind: "raw"; readonly bytes: Uint8Array };

const ITEM = [Tag.Target, Tag.Source, Tag.Meta, Tag.Data, Tag.Data, Tag.MoreData];
const COMMAND = [Tag.Item, Tag.Item, Tag.Meta, Tag.Correlator, Tag.Cred];
const PUT = 0x1f;
const COMMANDS: readonly number[] = [
  Tag.Add,
  Tag.Replace,
  Tag.Get,
  Tag.Exec,
  Tag.Delete,
  Tag.Copy,
  Tag.Alert,
  Tag.Status,
  Tag.Results,
  Tag.Atomic,
  Tag.Sequence,
  Tag.Final,
  PUT,
];
const TREE = [0x224, 0x226, 0x22f, 0x236, 0x21c, 0x235, 0x206, 0x237, 0x22c];
/** What may stand in an element, by its tag. */
const CHILDREN = new Map<number, readonly number[]>([
  [Tag.SyncML, [Tag.SyncBody]],
  [Tag.SyncBody, COMMANDS],
  [Tag.Atomic, COMMANDS],
  [Tag.Sequence, COMMANDS],
  [Tag.Item, ITEM],
  [Tag.Target, [Tag.LocURI, Tag.LocName]],
  [Tag.Source, [Tag.LocURI, Tag.LocName]],
  [Tag.Cred, [Tag.Meta, Tag.Data]],
  [Tag.Chal, [Tag.Meta]],
  [
    Tag.Meta,
    [
      Tag.Format,
      Tag.Type,
      Tag.Size,
      Tag.Mark,
      Tag.NextNonce,
      Tag.MaxMsgSize,
      Tag.MaxObjSize,
      Tag.Version,
      Tag.MetInf,
    ],
  ],
  [Tag.Status, [Tag.TargetRef, Tag.SourceRef, Tag.Chal, Tag.Item]],
  [Tag.Results, [Tag.MsgRef, Tag.Meta, Tag.Item]],
  [Tag.Data, [0x220]],
  [0x220, TREE],
  [0x224, TREE],
  [0x22f, TREE],
  [0x21c, [0x20b, 0x225, 0x209]],
  [0x235, [0x221, 0x211]],
]);
const TEXTS = [
  "1",
  "0",
  "200",
  "1226",
  "4294967296",
  "-1",
  "x",
  "./A/B",
  "b64",
  "bin",
  "chr",
  "QUJD",
  "QUJ",
  "=",
  " ",
  "\r\n",
  "é",
  "\u{1f600}",
  "a&<>]]>b",
  "syncml:auth-md5",
  "application/vnd.syncml.dmtnds+xml",
  "1.2",
];
const NUMBERS: readonly number[] = [Tag.Size, Tag.MaxMsgSize, Tag.MaxObjSize];
const CMD_ID = [Tag.CmdID, "7"] as const;
/** What an element begins with, so that most documents are messages. */
const REQUIRED = new Map<number, readonly (readonly [number, string])[]>([
  ...COMMANDS.filter((tag) => tag !== Tag.Final).map((tag) => [tag, [CMD_ID]] as const),
  [Tag.Alert, [CMD_ID, [Tag.Data, "1226"]]],
  [Tag.Results, [CMD_ID, [Tag.CmdRef, "1"]]],
  [Tag.Status, [CMD_ID, [Tag.MsgRef, "1"], [Tag.CmdRef, "1"], [Tag.Cmd, "Get"], [Tag.Data, "200"]]],
]);
/** The string table: NULs between, none at its end. */
const TABLE = utf8("zero\0b64\0./A\0QUJD\0\u00e9\0last");
const HEADER: readonly (readonly [number, string])[] = [
  [Tag.VerDTD, "1.2"],
  [Tag.VerProto, "DM/1.2"],
  [Tag.SessionID, "1"],
  [Tag.MsgID, "1"],
  [Tag.Target, "t"],
  [Tag.Source, "s"],
];

/**
 * The steps that a program of bytes stands for. A document ends where the program does, with every
 * element closed.
 */
export function stepsOf(program: Uint8Array): readonly Step[] {
  const steps: Step[] = [...header()];
  const open = [Tag.SyncML, Tag.SyncBody] as number[];
  for (let i = 0; i + 1 < program.length; i += 2) {
    const what = program[i] ?? 0;
    const which = program[i + 1] ?? 0;
    const inside = open[open.length - 1] ?? 0;
    const children = CHILDREN.get(inside) ?? (COMMANDS.includes(inside) ? COMMAND : undefined);
    if (what < 140 && children !== undefined) descend(children[which % children.length] ?? 0);
    else if (NUMBERS.includes(inside))
      steps.push({ kind: "text", text: what < 250 ? String(which) : "x" }, ...ascend());
    else if (what < 143) descend(((which >> 6) << 8) | (which & 0x3f));
    else if (what < 200)
      steps.push({ kind: "text", text: TEXTS[which % TEXTS.length] ?? "" }, ...ascend());
    else if (what < 210) steps.push({ kind: "shared", at: which % TABLE.length });
    else if (what < 220)
      steps.push({
        kind: "entity",
        character: which < 240 ? 0x20 + which * 13 : which * which * 17,
      });
    else if (what < 228)
      steps.push({ kind: "opaque", bytes: program.subarray(i, i + (which % 40)) });
    else if (what < 254) steps.push(...ascend());
    else steps.push({ kind: "raw", bytes: program.subarray(i, i + 1 + (which % 5)) });
  }
  while (open.length > 0) steps.push(...ascend());
  return steps;

  function descend(tag: number): void {
    if (tag === Tag.SyncBody) return;
    open.push(tag);
    steps.push({ kind: "open", tag });
    for (const [child, text] of REQUIRED.get(tag) ?? []) {
      steps.push({ kind: "open", tag: child }, { kind: "text", text }, { kind: "close" });
    }
  }
  function ascend(): Step[] {
    return open.pop() === undefined ? [] : [{ kind: "close" }];
  }
}

function header(): Step[] {
  const close: Step = { kind: "close" };
  const steps: Step[] = [
    { kind: "open", tag: Tag.SyncML },
    { kind: "open", tag: Tag.SyncHdr },
  ];
  for (const [tag, text] of HEADER) {
    const location = tag === Tag.Target || tag === Tag.Source;
    steps.push({ kind: "open", tag });
    if (location) steps.push({ kind: "open", tag: Tag.LocURI });
    steps.push({ kind: "text", text }, close);
    if (location) steps.push(close);
  }
  return [...steps, close, { kind: "open", tag: Tag.SyncBody }];
}

export function xmlOf(steps: readonly Step[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const names: string[] = [];
  const put = (text: string): void => {
    parts.push(utf8(text));
  };
  for (const step of steps) {
    switch (step.kind) {
      case "open": {
        const page = SYNCML.pages[step.tag >> 8];
        const name = page?.names[step.tag & 0xff] ?? "v:unknown";
        names.push(name);
        put(step.tag >> 8 === 0 ? `<${name}>` : `<${name} xmlns="${page?.namespace ?? ""}">`);
        break;
      }
      case "close":
        put(`</${names.pop() ?? ""}>`);
        break;
      case "text":
        put(step.text.split("&").join("&amp;").split("<").join("&lt;").split("]]>").join("]]&gt;"));
        break;
      case "shared":
        put("<![CDATA[");
        parts.push(shared(step.at));
        put("]]>");
        break;
      case "entity":
        put(`&#${step.character};`);
        break;
      case "opaque":
        put(base64(step.bytes));
        break;
      case "raw":
        parts.push(step.bytes);
        break;
    }
  }
  return joined(...parts);
}

/** What a reference into the table stands for. */
function shared(at: number): Uint8Array {
  const end = find(TABLE, at, 0);
  return TABLE.subarray(at, end < 0 ? TABLE.length : end);
}

export function wbxmlOf(steps: readonly Step[], version: number): Uint8Array {
  const bytes: number[] = [1 + (version % 3), 0xa4, 1, 0x6a, TABLE.length, ...TABLE];
  const put = (value: number): void => {
    const target = new Uint8Array(numberLength(value));
    putNumber(target, 0, value);
    bytes.push(...target);
  };
  let page = 0;
  for (const step of steps) {
    switch (step.kind) {
      case "open":
        if (step.tag >> 8 !== page) bytes.push(0, (page = step.tag >> 8));
        bytes.push((step.tag & 0x3f) | 0x40);
        break;
      case "close":
        bytes.push(1);
        break;
      case "text":
        bytes.push(3, ...utf8(step.text), 0);
        break;
      case "shared":
        bytes.push(0x83);
        put(step.at);
        break;
      case "entity":
        bytes.push(2);
        put(step.character);
        break;
      case "opaque":
        bytes.push(0xc3);
        put(step.bytes.length);
        bytes.push(...step.bytes);
        break;
      case "raw":
        bytes.push(...step.bytes);
        break;
    }
  }
  return Uint8Array.from(bytes);
}
