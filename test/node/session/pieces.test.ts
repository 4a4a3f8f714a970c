/**
 * Every case of the tables of OMA-TS-DM-RepPro §4.1.6, in XML and in WBXML, a byte at a time and
 * cut at every position: pieces make no difference, and of a message that is not whole nothing is
 * executed (OMA-TS-SyncML-HTTPBinding).
 */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { ok, strictEqual } from "node:assert";
import { test } from "node:test";
import type { Exchange, Link } from "../../../hal/hal.ts";
import { Conversation } from "../../../src/client/conversation.ts";
import { encodingOf, readerOf } from "../../../src/session/encoding.ts";
import type { Session } from "../../../src/session/session.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { CASES, type Case } from "../../unit/session/cases.ts";
import { Scene } from "../../unit/session/scene.ts";

const ENCODINGS = ["xml", "wbxml"] as const;
/** Cuts at which a whole session is tried; the decoder is tried at every one. */
const SESSION_CUTS = 16;
const BYTES_MAX = 16384;

/**
 * Answers the first request with these bytes, one at each read, and no other; `broken`: the
 * connection is lost behind them.
 */
class Trickle implements Link {
  requests = 0;
  readonly #bytes: Uint8Array;
  readonly #broken: boolean;

  constructor(bytes: Uint8Array, broken: boolean) {
    this.#bytes = bytes;
    this.#broken = broken;
  }

  request(): Exchange {
    let at = 0;
    const first = this.requests++ === 0;
    return {
      head: () =>
        first
          ? { status: 200, headers: new Map([["content-type", "application/vnd.syncml.dm+xml"]]) }
          : undefined,
      read: (buffer) => {
        if (at === this.#bytes.length) {
          if (this.#broken) throw new Error("broken");
          return -1;
        }
        buffer[0] = this.#bytes[at++] ?? 0;
        return 1;
      },
      close: () => undefined,
    };
  }
}

/** Carries the session until it has posted its answer to these bytes, or is over. */
function converse(session: Session, bytes: Uint8Array, broken: boolean): Conversation {
  const link = new Trickle(bytes, broken);
  const conversation = new Conversation(link, session, new Uint8Array(BYTES_MAX));
  for (let step = 0; link.requests < 2 && !conversation.done; step++) {
    ok(step < 4 * BYTES_MAX, "it gets nowhere");
    conversation.step(step);
  }
  return conversation;
}

/**
 * At every position the decoder says what is missing; at some of them a session shows that nothing
 * was executed.
 */
function cut(one: Case, encoding: (typeof ENCODINGS)[number], offset: number): void {
  const whole = new Scene(one, encoding).message();
  for (let length = 0; length < whole.length; length++) {
    const bytes = whole.slice(0, length);
    const result = decodeMessage(
      readerOf(encodingOf(bytes, length), bytes, length),
      new Budget(PEER_BYTES_MAX),
    );
    ok("problem" in result && result.offset <= length, `cut at ${length} of ${whole.length}`);
  }
  for (let index = 0; index < SESSION_CUTS; index++) {
    const length = Math.floor(((index + offset) * whole.length) / SESSION_CUTS) % whole.length;
    // The connection breaks: the session is over. The server's message ends early: it is told so,
    // or the session is over.
    for (const broken of [true, false]) {
      const scene = new Scene(one, encoding);
      const before = scene.state();
      const conversation = converse(scene.bench.session, whole.subarray(0, length), broken);
      strictEqual(scene.state(), before, `cut at ${length}: something was executed`);
      if (broken || conversation.done)
        ok(conversation.done && conversation.session.outcome.kind !== "completed");
      else {
        scene.bench.next();
        strictEqual(scene.bench.statuses(), "400 SyncHdr");
        strictEqual(scene.bench.others(), "Alert 1223");
      }
    }
  }
}

for (const encoding of ENCODINGS) {
  test(`each case of the tables in ${encoding}, a byte at a time: the same answers`, () => {
    for (const one of CASES) {
      const scene = new Scene(one, encoding);
      converse(scene.bench.session, scene.message(), false);
      strictEqual(scene.answers(), one.answers, `${one.name} ${one.status}`);
    }
  });

  test(`each case in ${encoding}, cut anywhere: nothing is executed, the end is defined`, () => {
    CASES.forEach((one, index) => {
      cut(one, encoding, (index % 7) / 7);
    });
  });
}
