/** The corpus on a device (test/corpus/row.ts): each situation has its right outcome. */
import { Budget } from "../../../src/base/budget.ts";
import { fromHex } from "../../../src/base/bytes.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { Token } from "../../../src/base/token.ts";
import { parseUrl, urlText } from "../../../src/base/url.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import type { AuthKind } from "../../../src/account/authkind.ts";
import { readDescriptor } from "../../../src/download/descriptor.ts";
import { encodingOf, readerOf } from "../../../src/session/encoding.ts";
import { content } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { corpusFile } from "../../corpus/files.ts";
import type { Input, Row } from "../../corpus/row.ts";
import { ROWS } from "../../corpus/table.ts";
import { equal, ok, test } from "../../check.ts";
import { Device, SERVER } from "../objects/device.ts";
import { Bench, DEVICE, NONE, SERVER_URL } from "../session/bench.ts";
import { downloaded, exchanged, filled } from "./wire.ts";

const GT = 0x3e;
/** What is read of an answer at once: no line of a head is whole in it. */
const PIECE_BYTES = 5;
const NOTHING = new Uint8Array(0);

function bytesOf({ file, text: inline, hex }: Input): Uint8Array {
  if (file !== undefined) return corpusFile(file);
  if (inline !== undefined) return utf8(inline);
  const bytes = fromHex((hex ?? "").split(" ").join(""));
  ok(bytes !== undefined);
  return bytes ?? new Uint8Array(0);
}

/** The text with another one between these two, the first time. */
function withBetween(whole: string, before: string, after: string, value: string): string {
  const from = whole.indexOf(before) + before.length;
  return whole.slice(0, from) + value + whole.slice(whole.indexOf(after, from));
}

/** The head of an answer, and its body, made one of this session. */
interface Raw {
  readonly head: string;
  readonly body: Uint8Array;
}

const HEAD_END = "\r\n\r\n";
const HEAD = `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.syncml.dm+xml\r\n`;
const FRAMED = `${HEAD}Content-Length: @LENGTH@${HEAD_END}@BODY@`;

/**
 * What is sent for an answer. A file has its own head, with the length of a body that was of
 * another session. A body that is no text is sent as it is, and what follows its last tag too.
 */
function rawOf(row: Row): Raw {
  const bytes = bytesOf(row);
  if (row.file === undefined) return { head: row.wire?.[0] ?? FRAMED, body: ofMessage(bytes) };
  let end = 0;
  while (text(bytes, end, end + HEAD_END.length) !== HEAD_END) end++;
  const head = text(bytes, 0, end + HEAD_END.length);
  const body = bytes.slice(head.length);
  if (head.includes("Content-Encoding")) return { head: `${head}@BODY@`, body };
  return {
    head: `${withBetween(head, "Length: ", "\r", "@LENGTH@")}@BODY@`,
    body: ofMessage(body),
  };
}

/** A message made one of this session. What follows its last tag may be no text. */
function ofMessage(bytes: Uint8Array): Uint8Array {
  const end = bytes.lastIndexOf(GT) + 1;
  const body = utf8(ofSession(text(bytes, 0, end), "1"));
  const whole = new Uint8Array(body.length + bytes.length - end);
  whole.set(body);
  whole.set(bytes.subarray(end), body.length);
  return whole;
}

/** The answers of a row, in turn. */
function answersOf(row: Row): readonly Uint8Array[] {
  const { head, body } = rawOf(row);
  return [head, ...(row.wire ?? []).slice(1)].map((template) => filled(template, body));
}

function ofSession(body: string, msgID: string): string {
  if (!body.includes("<SyncHdr>")) return body;
  const named = withBetween(body, "<SessionID>", "</SessionID>", "1");
  const numbered = withBetween(named, "<MsgID>", "</MsgID>", msgID);
  const target = withBetween(numbered, "<Target><LocURI>", "</LocURI>", DEVICE);
  return withBetween(target, "<Source><LocURI>", "</LocURI>", SERVER_URL);
}

/** The next answer: the last message with its SyncBody, and what it refers to, exchanged. */
function nextAnswer(first: string, body: string, msgID: string): string {
  const head = ofSession(first, msgID);
  const numbered = body.split("<MsgRef>1<").join(`<MsgRef>${msgID}<`);
  return withBetween(head, "<SyncBody>", "</SyncBody>", numbered);
}

function credentials(type: AuthKind) {
  return type === "none" ? NONE : { type, name: "n", secret: "s", nonce: utf8("nonce") };
}

/**
 * "200 Get 2; Results; start …": Status commands but that of SyncHdr, what the device sends
 * besides, and what the update engine was asked.
 */
function answered(row: Row): string {
  const device = new Device();
  const client = credentials(row.auth ?? "none");
  const bench = new Bench({ tree: device.tree, serverID: SERVER, client });
  bench.next();
  let first = "";
  const failure = exchanged(answersOf(row), PIECE_BYTES, (bytes, length) => {
    first = text(bytes, 0, bytes.subarray(0, length).lastIndexOf(GT) + 1);
    bench.session.received(bytes, length);
  });
  if (failure !== undefined) return `the end: ${failure}`;
  const bodies = row.more ?? [];
  for (let index = 0; index < bodies.length; index++) {
    bench.next();
    bench.replyText(nextAnswer(first, `${SYNCHDR}${bodies[index]}`, `${index + 2}`));
  }
  if (bench.session.next() === undefined) return `the end: ${bench.session.outcome.kind}`;
  const { header } = bench.next();
  if (row.auth !== undefined) {
    ok(bench.others() === "Alert 1201, Replace", bench.others());
    return `again with ${bench.mac === undefined ? (header.cred?.type ?? "nothing") : "a mac"}`;
  }
  const statuses = bench.statuses();
  if (bench.others() === "Alert 1223" && statuses.startsWith("200")) {
    bench.reply([bench.header(200)]);
    equal(bench.outcome(), "protocol");
    ok(bench.logged("is too small for a message"));
    return "Alert 1223, with a sentence";
  }
  const parts = statuses.startsWith("200 SyncHdr, ")
    ? [statuses.slice("200 SyncHdr, ".length), bench.others()]
    : [`${statuses} alone`, bench.others()];
  const calls = device.engine.calls.map(called);
  return [...parts, ...(calls.length > 0 ? [calls.join(", ")] : [])].join("; ");
}

/** What the engine was asked; an address in the spelling that a download makes of it. */
function called(call: string): string {
  if (!call.startsWith("start ")) return call;
  const end = call.lastIndexOf(" ");
  const url = parseUrl(call.slice("start ".length, end));
  return typeof url === "string" ? url : `start ${urlText(url)}${call.slice(end)}`;
}

const SYNCHDR =
  "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>" +
  "200</Data></Status>";

/** The commands of a message, with how much a Replace carries; or the root, or why not. */
function read(row: Row): string {
  const bytes = bytesOf(row);
  const encoding = encodingOf(bytes, bytes.length);
  const tokens = readerOf(encoding, bytes.slice(), bytes.length);
  const first = tokens.next();
  const root = first === Token.open ? tokens.name() : "";
  if (root === "MgmtTree") {
    let kind: number = first;
    while (kind !== Token.end && kind !== Token.error) kind = tokens.next();
    return kind === Token.end ? root : tokens.problem;
  }
  const result = decodeMessage(readerOf(encoding, bytes, bytes.length), new Budget(PEER_BYTES_MAX));
  if ("problem" in result) return result.problem;
  const names = result.commands.map((command) => {
    const [item] = command.name === "Replace" ? command.items : [];
    return item === undefined ? command.name : `${command.name} ${content(item)?.length}`;
  });
  return names.length === 0 ? "nothing" : names.join(" ");
}

const BASE = { scheme: "http", host: "dd.example", port: 80, path: "/x/dd" } as const;

function described(row: Row): string {
  const bytes = bytesOf(row);
  const rules = { allowHttp: true, allowPrivate: true };
  const reading = readDescriptor(bytes, bytes.length, BASE, rules, ["application/octet-stream"]);
  return "fault" in reading ? reading.fault : `${reading.url} ${reading.size}`;
}

/** What a download comes to, however the network splits what is sent. */
function fetched(row: Row): string {
  const own = row.file === undefined ? [] : [ofFile(row, bytesOf(row))];
  const answers = [...own, ...(row.wire ?? [])].map((raw) => filled(raw, NOTHING));
  const longest = Math.max(...answers.map(({ length }) => length));
  const outcomes = [Math.max(PIECE_BYTES, longest >> 8), longest].map((size) =>
    downloaded(row, answers, size),
  );
  const [first = "", second] = outcomes;
  return first === second ? first : `${first}, or ${second}`;
}

/** The text of a file in which what was of its own run is replaced, and what follows it. */
function ofFile({ values = [], body = "" }: Row, bytes: Uint8Array): string {
  const raw = text(bytes, 0, bytes.length);
  return values.reduce((all, [old, now]) => all.split(old).join(now), raw) + body;
}

const WAYS = {
  answer: answered,
  download: fetched,
  document: read,
  descriptor: described,
} as const;

for (const kind of ["answer", "download", "document", "descriptor"] as const) {
  test(`${kind}: what others send has its right outcome, situation by situation`, () => {
    const wrong: string[] = [];
    for (const row of ROWS.filter((each) => each.kind === kind)) {
      const outcome = WAYS[kind](row);
      if (outcome !== row.outcome)
        wrong.push(`${row.what} (${row.section}): ${outcome}, not ${row.outcome}`);
    }
    equal(wrong.join("\n"), "");
  });
}

test("the corpus has three hundred situations, each with its section", () => {
  ok(ROWS.length > 300, `${ROWS.length}`);
  ok(ROWS.every(({ section }) => section !== ""));
});
