/**
 * A thread of the long run: feeds its inputs to one parser after the other, and says how many were
 * accepted. Its heap is bounded, so that an allocation without bound ends it; what one input
 * allocates, and how long it takes, is bounded too.
 */
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { Inputs, smallest } from "../../unit/fuzz/inputs.ts";
import type { Parser } from "../../unit/fuzz/parser.ts";
import { type Count, FUZZED, type Part } from "./share.ts";

/**
 * What one input may take, at its second attempt: a machine may be busy. A buffer for a message is
 * allocated whatever its length.
 */
const LONGEST_MS = 2000;
const ALLOCATED_MAX = 4 << 20;
const ALLOCATED_PER_BYTE = 4096;

/**
 * Bytes allocated since the last collection; one between two calls makes the difference
 * meaningless, and mostly negative.
 */
function allocated(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Why the input is too much for the parser, or undefined. */
function excess(parser: Parser, input: Uint8Array, accepted: () => void): string | undefined {
  const copy = input.slice();
  const before = allocated();
  const began = performance.now();
  try {
    if (parser.check(copy)) accepted();
  } catch (error) {
    return error instanceof Error ? error.stack : String(error);
  }
  const took = performance.now() - began;
  const more = allocated() - before;
  if (took > LONGEST_MS) return `${Math.round(took)} ms`;
  return more > ALLOCATED_MAX + input.length * ALLOCATED_PER_BYTE
    ? `${more} bytes were allocated`
    : undefined;
}

function run({ seed, from, step, counts, progress }: Part): Count[] {
  return FUZZED.map((parser, number) => {
    const inputs = new Inputs(parser, seed);
    const total = counts[number] ?? 0;
    let accepted = 0;
    let fed = 0;
    // What is made once, tables of the signatures above all, is no input's.
    for (const input of parser.corpus) excess(parser, input, () => undefined);
    for (let index = from; index < total; index += step, fed++) {
      progress[0] = number;
      progress[1] = index;
      const input = inputs.input(index);
      if (
        excess(parser, input, () => {
          accepted++;
        }) === undefined
      )
        continue;
      const why = excess(parser, input, () => undefined);
      if (why === undefined) continue;
      const least = smallest(input, (less) => excess(parser, less, () => undefined) !== undefined);
      const digits = Buffer.from(least).toString("hex");
      throw new Error(
        `${parser.name}, input ${index} of seed ${seed}: ${why}\nthe least that fails, in ` +
          `hexadecimal: ${digits}`,
      );
    }
    return { accepted, fed };
  });
}

parentPort?.postMessage(run(workerData as Part));
