/**
 * Runs on the bare-metal board, with its heap: a client whose server, and package host, is an
 * attacker. No network is between them, and time passes as fast as the client works, so that some
 * ten exchanges go by in a second. Provisioned with `exchanges`; says which exchange is under way,
 * so that the one before a panic is known.
 */
import type { Hal } from "../../../hal/hal.ts";
import { openBoard } from "../../../hal/qemu-riscv32/board.ts";
import { exit, print } from "../../../hal/common/natives/system.ts";
import { HttpLink, type Socket } from "../../../hal/common/http/http.ts";
import { find } from "../../../src/base/bytes.ts";
import { CORRELATOR_BYTES_MAX } from "../../../src/base/limits.ts";
import { line } from "../../../src/base/line.ts";
import { pastText, text } from "../../../src/base/utf8.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import { Client } from "../../../src/client/client.ts";
import { parseProvision } from "../../../src/account/provisioning.ts";
import { requestText } from "../../../src/objects/execrequest.ts";
import { Store } from "../../../src/store/store.ts";
import { URL_KEY } from "../../../src/update/journal.ts";
import { Choices } from "../../unit/fuzz/choices.ts";
import { answerOf, type Plan } from "./exchange/answer.ts";
import { piece, Source, WHOLE } from "./exchange/pieces.ts";
import { pairPlan, planText, randomDamage, randomPlan } from "./exchange/plans.ts";

interface Order {
  /** Chance instead of pairs. */
  readonly seed?: number;
  /** Of pairs: the encoding of those with an even number; absent: each in both. */
  readonly encodings?: Encoding;
  /** Exchanges `from` to `to` - 1. */
  readonly from: number;
  readonly to: number;
  /**
   * Before them a server has asked for the package at a URL of so many bytes: what it owes for that
   * is in the record for as long as the exchanges last, and its host has it wait.
   */
  readonly urlBytes?: number;
}

/** A year. */
const CLOCK_MAX = 31_536_000_000;
const LT = 0x3c;
const WAIT = "Retry-After: 3600\r\n";

const board = openBoard();
const provisioned = board.provision();
const { exchanges: order } = JSON.parse(provisioned) as { readonly exchanges: Order };

/** Tells messages apart, and answers each with the next exchange. */
class Attacker {
  number = order.from;
  #session = "1";
  #message = 0;
  #isMessage = false;

  /** Part of a request: its head, or its body. */
  heard(bytes: Uint8Array): void {
    if (pastText(bytes, 0, "GET ") >= 0) this.#isMessage = false;
    else if (pastText(bytes, 0, "POST ") >= 0) this.#isMessage = true;
    else this.#read(bytes);
  }

  /** A session begins in XML, and may go on in WBXML. */
  #read(bytes: Uint8Array): void {
    this.#message++;
    if (bytes[0] !== LT || textIn(bytes, "<MsgID>") !== "1") return;
    this.#session = textIn(bytes, "<SessionID>");
    this.#message = 1;
  }

  answer(): Source {
    const { number } = this;
    if (this.#isMessage) this.number++;
    if (!this.#isMessage && order.urlBytes !== undefined)
      return new Source([piece(`HTTP/1.1 503 No\r\n${WAIT}Content-Length: 0\r\n\r\n`)], WHOLE);
    // The exchange behind the last one has no plan: it only says that the last one is over.
    if (!this.#isMessage || number >= order.to)
      return new Source([piece("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")], WHOLE);
    const choices = order.seed === undefined ? undefined : new Choices(order.seed, number);
    const plan = choices === undefined ? pairOf(number) : randomPlan(choices);
    print(`exchange ${number}: ${planText(plan)}`);
    const pieces = answerOf(plan, this.#session, this.#message, board.identity.DevId);
    return new Source(pieces, choices === undefined ? WHOLE : randomDamage(choices));
  }
}

function pairOf(number: number): Plan {
  const { encodings } = order;
  const even = (number & 1) === 0;
  if (encodings === undefined) return pairPlan(number >> 1, even ? "xml" : "wbxml");
  return pairPlan(number, even === (encodings === "xml") ? "xml" : "wbxml");
}

/** The text behind a start tag. */
function textIn(bytes: Uint8Array, tag: string): string {
  for (let at = find(bytes, 0, LT); at >= 0; at = find(bytes, at + 1, LT)) {
    const from = pastText(bytes, at, tag);
    if (from >= 0) return text(bytes, from, find(bytes, from, LT));
  }
  return "";
}

/**
 * Two connections of three stay open behind an answer: so what one leaves in memory meets the next,
 * and an answer that says no end of its own has none.
 */
class AttackerSocket implements Socket {
  #source: Source | undefined;
  readonly #keeps = attacker.number % 3 !== 0;
  #isOver = false;

  read(buffer: Uint8Array): number {
    this.#source ??= attacker.answer();
    const count = this.#source.read(buffer);
    this.#isOver = count < 0;
    return this.#isOver && this.#keeps ? 0 : count;
  }

  write(bytes: Uint8Array, from: number): number {
    if (this.#isOver) this.#source = undefined;
    this.#isOver = false;
    attacker.heard(from === 0 ? bytes : bytes.subarray(from));
    return bytes.length - from;
  }

  close(): void {
    this.#source = new Source([], WHOLE);
  }
}

const attacker = new Attacker();
let clock = board.now();
const hal: Hal = {
  store: board.store,
  staging: board.staging,
  boot: {
    running: () => board.boot.running(),
    arm: () => {
      print("BAD: an image was armed");
    },
    confirm: () => {
      board.boot.confirm();
    },
    restart: () => {
      print("BAD: the board was restarted");
      return exit(1);
    },
  },
  link: new HttpLink(() => new AttackerSocket()),
  identity: board.identity,
  now: () => clock,
  random: (bytes) => {
    board.random(bytes);
  },
  log: (level, source, words) => {
    if (line(words) !== words) print(`BAD: a line of ${source}: ${line(words)}`);
    if (level === "error" || level === "warning") print(`${source}: ${words}`);
  },
};
const client = new Client(hal, parseProvision(provisioned));
if (order.urlBytes !== undefined) fetchFrom(order.urlBytes);

/** What an Exec of a server with the longest correlator does. */
function fetchFrom(urlBytes: number): void {
  const host = "http://127.0.0.1/";
  const object = "./FwUpdate/Main";
  const correlator = "c".repeat(CORRELATOR_BYTES_MAX);
  const request = requestText({ object, way: "Download", server: "rig", correlator });
  const url = `${host}${"u".repeat(urlBytes - host.length)}`;
  if (client.engine.start(url, object, request, false) !== undefined)
    print("BAD: the package is not fetched");
}

/** It is in the record, and in the store with a key of its own. */
function checkUrl(): void {
  const stored = Store.open(board.store).get(URL_KEY)?.length;
  if (client.engine.record.url?.length !== order.urlBytes || stored !== order.urlBytes)
    print(`BAD: the URL is gone: ${stored}`);
}

// The watchdog is fed between two steps.
board.run(() => {
  const next = client.step();
  // One more has begun: the last one that counts is over.
  if (attacker.number > order.to) {
    if (order.urlBytes !== undefined) checkUrl();
    print(`exchanges done: ${order.to - order.from}, ${client.sessions} sessions`);
    return exit(0);
  }
  if (clock > CLOCK_MAX) {
    print("BAD: the client opens no session any more");
    return exit(1);
  }
  clock = Math.max(clock + 1, next === Infinity ? clock + 1000 : next);
  return board.now();
});
