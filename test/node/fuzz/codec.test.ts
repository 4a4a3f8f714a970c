/**
 * Both readers, the decoder and the converter on documents that are broken in every way: none throws, none hangs, none gives
 * what its contract excludes, and what was understood can be written and read again. 200,000 inputs from a fixed seed; FUZZ_INPUTS
 * and FUZZ_SEED ask for more, or for others.
 */
import { test } from "node:test";
import fc from "fast-check";
import { ELEMENT_DEPTH_MAX } from "../../../src/base/limits.ts";
import { Token } from "../../../src/base/token.ts";
import { text } from "../../../src/base/utf8.ts";
import { type Encoding, encodingOf, readerOf, writerOf } from "../../../src/session/encoding.ts";
import type { Message } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { commandLog } from "../../golden/log.ts";
import { convert } from "../../rig/document.ts";
import { stepsOf, wbxmlOf, xmlOf } from "./documents.ts";

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 200_000), SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Inputs that are made of one document: as it is, and edited. */
const VARIANTS = 20;
/** No input of so few bytes needs a hundredth of it; a machine that is busy may. */
const LONGEST_MS = 2000;
/** Bytes with a meaning in one encoding or the other. */
const TELLING = [
  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x40, 0x43, 0x45, 0x80, 0x83, 0x84, 0xc0, 0xc3, 0xff, ...Buffer.from("<>/&;![]-?\"' \r"),
];

/** Cheaper than node:assert, which reads its own source to say what is wrong. */
function ok(good: boolean, otherwise: string): asserts good {
  if (!good) throw new Error(otherwise);
}

/** A fast source of choices, the same for the same seed. */
class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to `count` - 1. */
  of(count: number): number {
    this.#state = Math.imul(this.#state ^ this.#state >>> 15, 0x2c1b3c6d) + 0x6d2b79f5 >>> 0;
    return Math.floor(((this.#state ^ this.#state >>> 13) >>> 0) / 0x100000000 * count);
  }
}

/** A copy with one to four edits: bytes changed, put in, taken out, moved, or all cut off from somewhere on. */
function edited(bytes: Uint8Array, choices: Choices): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let edits = 1 + choices.of(4); edits > 0; edits--) {
    const at = choices.of(result.length + 1), count = 1 + choices.of(8), rest = result.subarray(at + count);
    const telling = TELLING[choices.of(TELLING.length)] ?? 0;
    switch (choices.of(7)) {
      case 0: result[at % Math.max(result.length, 1)] = telling; break;
      case 1: result[at % Math.max(result.length, 1)] = choices.of(256); break;
      case 2: result = Buffer.concat([result.subarray(0, at), Uint8Array.of(telling), result.subarray(at)]); break;
      case 3: result = Buffer.concat([result.subarray(0, at), rest]); break;
      case 4: result = Buffer.concat([result.subarray(0, at + count), result.subarray(at)]); break;
      case 5: result = Buffer.concat([result.subarray(0, at), new Uint8Array(count).fill(telling), rest]); break;
      default: if (choices.of(4) === 0) result = result.slice(0, at);
    }
  }
  return result;
}

/** Reads every token, and checks what the contract of TokenReader says. */
function checkTokens(input: Uint8Array, encoding: Encoding): void {
  const reader = readerOf(encoding, Uint8Array.from(input), input.length);
  let depth = 0, tokens = 0, before = -1, wasText = false;
  for (let kind = reader.next(); ; kind = reader.next()) {
    ok(++tokens <= 2 * input.length + 2, "more tokens than bytes");
    ok(reader.offset <= input.length && (reader.offset >= before || kind === Token.error), "offsets go back");
    before = reader.offset;
    if (kind === Token.open) ok(++depth <= ELEMENT_DEPTH_MAX && reader.name() !== "", "too deep, or without a name");
    else if (kind === Token.close) ok(--depth >= 0, "a close too many");
    else if (kind === Token.text) {
      ok(reader.from >= 0 && reader.from < reader.to && reader.to <= reader.bytes.length, "a text out of bounds");
      ok(!wasText || reader.opaque || encoding === "wbxml", "texts in a row");
      if (!reader.opaque) text(reader.bytes, reader.from, reader.to);
    } else if (kind === Token.end) {
      ok(depth === 0, "an element is open at the end");
      return;
    } else {
      ok(reader.problem !== "" && reader.next() === Token.error, "an error without a problem, or that does not stay");
      return;
    }
    wasText = kind === Token.text && !reader.opaque;
  }
}

/** What was understood can be written in WBXML and read; what that says, it says again. */
function checkAgain(message: Message, length: number): void {
  const once = rewritten(message, length), twice = rewritten(once, length), [log, again] = [commandLog(once), commandLog(twice)];
  ok(again === log, `${log}\nbecomes\n${again}`);
}

function rewritten(message: Message, length: number): Message {
  const bytes = new Uint8Array(length * 8 + 4096), tokens = writerOf("wbxml", bytes), writer = new MessageWriter(tokens);
  ok(writer.begin(message.header) && message.commands.every((command) => writer.command(command)), "it cannot be written");
  writer.end(message.final);
  const result = decodeMessage(readerOf("wbxml", bytes, tokens.length));
  ok(!("problem" in result), "problem" in result ? `what was written is malformed: ${result.problem}` : "");
  return result;
}

/** All that is done with one input; `more`: also what takes long. */
function check(input: Uint8Array, more: boolean): "message" | "malformed" {
  const began = performance.now(), encoding = encodingOf(input, input.length), copy = Uint8Array.from(input);
  checkTokens(input, encoding);
  const result = decodeMessage(readerOf(encoding, copy, copy.length)), malformed = "problem" in result;
  if (malformed) ok(result.problem !== "" && result.offset >= 0 && result.offset <= input.length, "a problem of nowhere");
  else if (more) checkAgain(result, input.length);
  if (more) for (const other of ["xml", "wbxml"] as const) convert(input, other, true);
  ok(performance.now() - began < LONGEST_MS, `${performance.now() - began} ms`);
  return malformed ? "malformed" : "message";
}

test(`${INPUTS} inputs, seed ${SEED}`, () => {
  const counts = { message: 0, malformed: 0 };
  fc.assert(fc.property(fc.uint8Array({ minLength: 2, maxLength: 120, size: "max" }), fc.nat(), (program, seed) => {
    const choices = new Choices(seed), steps = stepsOf(program);
    for (const document of [xmlOf(steps), wbxmlOf(steps, seed)]) {
      for (let variant = 0; variant < VARIANTS / 2; variant++) {
        counts[check(variant === 0 ? document : edited(document, choices), variant < 2)]++;
      }
    }
  }), { seed: SEED, numRuns: Math.ceil(INPUTS / VARIANTS), includeErrorInReport: true });
  ok(counts.message > INPUTS / 50 && counts.malformed > INPUTS / 50, JSON.stringify(counts));
});
