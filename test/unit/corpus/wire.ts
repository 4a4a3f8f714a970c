/**
 * Answers as they come over the wire, byte for byte: what a downloader and a session make of them.
 * Each connection has one answer, and ends behind it.
 */
import { HttpLink } from "../../../hal/common/http/http.ts";
import { MESSAGE_BYTES_MAX } from "../../../src/base/limits.ts";
import { urlText } from "../../../src/base/url.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Conversation } from "../../../src/client/conversation.ts";
import { Downloader } from "../../../src/download/downloader.ts";
import type { DownloadReason, DownloadSink } from "../../../src/download/port.ts";
import type { Post } from "../../../src/session/ports.ts";
import type { Session } from "../../../src/session/session.ts";
import { REASONS } from "../../../src/update/reason.ts";
import { PACKAGE_BYTES, type Row } from "../../corpus/row.ts";
import { address } from "../base/address.ts";
import { content } from "../download/scripted.ts";
import { ScriptedSocket } from "../hal/scriptedsocket.ts";

const URL = "http://h/a/p";
const STEPS_MAX = 20_000;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A raw answer with its places filled (row.ts). */
export function filled(template: string, body: Uint8Array): Uint8Array {
  const parts = template.split("@").map((part, index) => {
    if (index % 2 === 0) return utf8(part);
    if (part === "AT") return utf8("@");
    if (part === "BODY") return body;
    if (part === "LENGTH") return utf8(`${body.length}`);
    if (part === "HEX") return utf8(body.length.toString(16));
    const [from = "", to = ""] = part.split("-");
    return content(Number(from), Number(to));
  });
  return joined(parts);
}

/** Splits into pieces, as a network does. */
function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) all.push(bytes.slice(at, at + size));
  return all;
}

/** A link whose peer sends these answers, the last of them again and again. */
function linkTo(answers: readonly Uint8Array[], size: number): HttpLink {
  let count = 0;
  const connect = (): ScriptedSocket => {
    const bytes = answers[Math.min(count++, answers.length - 1)] ?? new Uint8Array(0);
    return new ScriptedSocket(pieces(bytes, size));
  };
  return new HttpLink(connect, connect);
}

/** "/a/p ×8" for eight requests in a row that are the same. */
function counted(requests: readonly string[]): string {
  const runs: { request: string; times: number }[] = [];
  for (const request of requests) {
    const last = runs.at(-1);
    if (last?.request === request) last.times++;
    else runs.push({ request, times: 1 });
  }
  return runs
    .map(({ request, times }) => (times === 1 ? request : `${request} ×${times}`))
    .join(", ");
}

/** A sink that takes everything, and knows when the package is not whole. */
function sinkTo(package_: { bytes: Uint8Array }): DownloadSink<never> {
  return {
    room: 1_000_000,
    get short() {
      return package_.bytes.length < PACKAGE_BYTES;
    },
    describe: () => undefined,
    accept: () => undefined,
    restart: () => {
      package_.bytes = new Uint8Array(0);
      return undefined;
    },
    write: (bytes) => {
      package_.bytes = joined([package_.bytes, bytes]);
      return undefined;
    },
    attempted: () => undefined,
  };
}

/** The result of a download that has ended: of one that brought other bytes, that of a proof. */
function resultOf(reason: DownloadReason | "done", bytes: Uint8Array): number {
  if (reason !== "done") return REASONS[reason].result;
  const wanted = content(0, PACKAGE_BYTES);
  const same = bytes.length === wanted.length && bytes.every((byte, at) => byte === wanted[at]);
  return same ? REASONS.succeeded.result : REASONS.corrupt.result;
}

/** "200 after /a/p, /a/p bytes=70- if \"v2\"": the result, and what was asked for. */
export function downloaded(row: Row, answers: readonly Uint8Array[], size: number): string {
  const link = linkTo(answers, size);
  const requests: string[] = [];
  const downloader = new Downloader({
    link: {
      request: (request) => {
        const said = new Map(request.headers);
        const range = said.get("Range");
        const validator = said.get("If-Range");
        const parts = [urlText(request.url).replace("http://h/", "/")];
        if (range !== undefined) parts.push(range);
        if (validator !== undefined) parts.push(`if ${validator}`);
        requests.push(parts.join(" "));
        return link.request(request);
      },
    },
    random: (bytes) => bytes.fill(0),
    buffer: new Uint8Array(256),
    log: () => undefined,
    rules: { allowHttp: true, allowPrivate: true },
  });
  const from = row.from ?? 0;
  const package_ = { bytes: content(0, from) };
  const total = from > 0 && from < PACKAGE_BYTES ? PACKAGE_BYTES : undefined;
  const source = { url: URL, from, size: total, validator: row.validator };
  downloader.start({ ...source, attempt: 0, minutes: 0, described: false });
  const sink = sinkTo(package_);
  for (let steps = 0, now = 0; steps < STEPS_MAX; steps++) {
    const event = downloader.step(now, sink);
    if (event.type === "wait") {
      // Something may come before: no peer here is silent.
      if (event.paused) now = event.until;
      continue;
    }
    const result = resultOf(event.type === "done" ? "done" : event.reason, package_.bytes);
    return `${result} after ${counted(requests)}`;
  }
  return "it does not end";
}

/**
 * Hands over the message that these answers to a POST bring, and returns undefined; or returns why
 * there is none, as the log has it.
 */
export function exchanged(
  answers: readonly Uint8Array[],
  size: number,
  deliver: (bytes: Uint8Array, length: number) => void,
): string | undefined {
  let sent = false;
  const post: Post = {
    mac: undefined,
    url: address("http://h/dm"),
    body: utf8("<SyncML/>"),
    encoding: "xml",
  };
  const session = {
    waiting: false,
    next: () => {
      const first = sent ? undefined : post;
      sent = true;
      return first;
    },
    received: deliver,
    lengthens: () => undefined,
    lost: () => undefined,
  } as unknown as Session;
  const link = linkTo(answers, size);
  const conversation = new Conversation(link, session, new Uint8Array(MESSAGE_BYTES_MAX));
  for (let steps = 0; steps < STEPS_MAX && !conversation.done; steps++) conversation.step(0);
  return conversation.done ? conversation.failure : "it does not end";
}
