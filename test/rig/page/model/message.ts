/**
 * A message of OMA DM for people: as sentences, as XML, and as bytes. What breaks off, or is no
 * message, is shown as far as it can be read.
 */
import { decode, type Problem } from "../../decode/decode.ts";
import { Budget } from "../../../../src/base/budget.ts";
import { utf8 } from "../../../../src/base/utf8.ts";
import { readerOf } from "../../../../src/session/encoding.ts";
import { AlertCode } from "../../../../src/syncml/alert.ts";
import type { Command, Item, Message, Meta } from "../../../../src/syncml/command.ts";
import { decodeMessage } from "../../../../src/syncml/decode.ts";

/** One command, or what is said of one. */
export interface Sentence {
  readonly verb: string;
  /** Of a Status or an Alert. */
  readonly code: number | undefined;
  /** What it is about: a node, or the kind of an alert. */
  readonly what: string;
  readonly value: string;
  readonly format: string;
  readonly correlator: string;
}

/** Where to look up what a Status answers: the commands of another message of the session. */
export type Lookup = (msgRef: string, cmdRef: string) => string | undefined;

export interface Readable {
  readonly bytes: Uint8Array;
  readonly xml: string;
  readonly problems: readonly Problem[];
  /** Undefined where it is no message of OMA DM. */
  readonly message: Message | undefined;
}

const ALERTS: ReadonlyMap<number, string> = new Map([
  [AlertCode.display, "shows a text"],
  [AlertCode.confirm, "asks yes or no"],
  [AlertCode.textInput, "asks for a text"],
  [AlertCode.singleChoice, "asks for one of a list"],
  [AlertCode.multipleChoice, "asks for some of a list"],
  [AlertCode.serverInitiated, "the server asked for this session"],
  [AlertCode.clientInitiated, "the device began this session"],
  [AlertCode.nextMessage, "go on with the next message"],
  [AlertCode.sessionAbort, "the session is aborted"],
  [AlertCode.clientEvent, "an event of the client"],
  [AlertCode.noEndOfData, "the end of a large object is missing"],
]);
const VALUE_MAX = 400;
const TEXT = new TextDecoder();

/** Returns the bytes of a body. */
function bytesOf(body: string): Uint8Array {
  const text = atob(body);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Reads the body of a `dm` event. */
export function readMessage(body: string): Readable {
  const bytes = bytesOf(body);
  const { xml, problems } = decode(bytes, { lenient: true });
  const whole = utf8(xml);
  const read = decodeMessage(readerOf("xml", whole, whole.length), new Budget(Infinity));
  return { bytes, xml, problems, message: "problem" in read ? undefined : read };
}

/** Returns what each command of a message says. Containers come before what they hold. */
export function sentencesOf(message: Message, lookup: Lookup): readonly Sentence[] {
  const queue = [...message.commands];
  const sentences: Sentence[] = [];
  for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
    sentences.push(...sentencesOfOne(command, lookup));
    if (command.name === "Atomic" || command.name === "Sequence")
      queue.unshift(...command.commands);
  }
  return sentences;
}

function sentence(verb: string, what: string, more: Partial<Sentence> = {}): Sentence {
  return { verb, code: undefined, what, value: "", format: "", correlator: "", ...more };
}

function sentencesOfOne(command: Command, lookup: Lookup): readonly Sentence[] {
  switch (command.name) {
    case "Status": {
      const about =
        command.targetRefs[0] ??
        command.sourceRefs[0] ??
        lookup(command.msgRef, command.cmdRef) ??
        "";
      const what = command.cmd === "SyncHdr" ? "SyncHdr" : `${command.cmd} ${about}`.trim();
      return [sentence("Status", what, { code: command.data })];
    }
    case "Alert": {
      const { data: code, correlator = "", items } = command;
      const said = ALERTS.get(code);
      if (said !== undefined)
        return [sentence("Alert", said, { code, value: textOf(items.at(-1)) })];
      return items.map((item) =>
        sentence("Alert", (item.meta?.type ?? "generic alert").replace(/^Reversed[^:]*: */i, ""), {
          code,
          value: `${item.source ?? ""} ${textOf(item)}`.trim(),
          correlator,
        }),
      );
    }
    case "Atomic":
    case "Sequence":
      return [sentence(command.name, `${command.commands.length} commands`)];
    case "Unknown":
      return [sentence(command.element, "which OMA DM does not have")];
    case "Results":
      return command.items.map((item) =>
        sentence("Results", item.source ?? command.sourceRef ?? command.targetRef ?? "", {
          value: textOf(item),
          format: formatOf(item, command.meta),
        }),
      );
    default:
      return command.items.map((item) =>
        sentence(command.name, item.target ?? item.source ?? "", {
          value: textOf(item),
          format: formatOf(item, command.meta),
          correlator: command.correlator ?? "",
        }),
      );
  }
}

function formatOf(item: Item, meta: Meta | undefined): string {
  return item.meta?.format ?? meta?.format ?? "";
}

function textOf(item: Item | undefined): string {
  if (item?.data === undefined) return "";
  const text = TEXT.decode(item.data);
  if (text.length <= VALUE_MAX) return text;
  return `${text.slice(0, VALUE_MAX)}… (${text.length} characters)`;
}

/** Returns what the command `cmdRef` of a message is about: its first node. */
export function targetOf(message: Message, cmdRef: string): string | undefined {
  const queue = [...message.commands];
  for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
    if (command.name === "Atomic" || command.name === "Sequence") queue.push(...command.commands);
    if (command.cmdID !== cmdRef || !("items" in command)) continue;
    const [item] = command.items;
    return item?.target ?? item?.source ?? undefined;
  }
  return undefined;
}

const MORE = 300;

/**
 * Returns in a few words what a message is for: its commands, counted by name; statuses only when
 * there is nothing else, or when they say no.
 */
export function gistOf(sentences: readonly Sentence[]): readonly (readonly [string, string])[] {
  const told = new Map<string, string[]>();
  const codes = { all: new Set<number>(), bad: new Set<number>() };
  for (const { verb, code, what } of sentences) {
    if (verb === "Status") {
      codes.all.add(code ?? 0);
      if ((code ?? 0) >= MORE) codes.bad.add(code ?? 0);
      continue;
    }
    const said = told.get(verb) ?? [];
    said.push(code === undefined ? what.replace(/^\.\//, "") : `${code}`);
    told.set(verb, said);
  }
  const gist = [...told].map(([verb, all]): readonly [string, string] => [
    verb,
    all.length > 1 ? `×${all.length}` : (all[0] ?? ""),
  ]);
  const statuses = told.size === 0 ? codes.all : codes.bad;
  if (statuses.size > 0) gist.unshift(["Status", [...statuses].join(", ")]);
  return gist;
}

const ROW = 16;

/** Returns a dump: offset, digits and characters, 16 bytes a line. */
export function dumpOf(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = [...bytes.subarray(at, at + ROW)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const left = digits.slice(0, ROW / 2).join(" ");
    const right = digits.slice(ROW / 2).join(" ");
    const shown = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·"));
    rows.push(
      `${at.toString(16).padStart(4, "0")}  ${left.padEnd(23)}  ${right.padEnd(23)}  ` +
        `${shown.join("")}`,
    );
  }
  return rows.join("\n");
}
