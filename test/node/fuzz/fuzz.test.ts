/**
 * A million inputs, from a fixed seed, to every parser of what comes from outside: none throws,
 * hangs, allocates without bound or gives what its contract excludes. FUZZ_INPUTS, FUZZ_SEED and
 * FUZZ_PARSER ask for more, for others, or for one parser.
 */
import { strictEqual } from "node:assert";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { smallest } from "../../unit/fuzz/inputs.ts";
import { type Count, countsOf, FUZZED, type Part } from "./share.ts";

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 1_000_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const ONLY = process.env.FUZZ_PARSER;
/** Two at most: the rest of `npm test` runs beside. */
const THREADS = Math.min(2, availableParallelism());
/** MiB of a thread's heap: what is never let go of is more than that, after so many inputs. */
const HEAP_MB = 96;
/** A thread that stays at one input for so long hangs. */
const LOOK_MS = 60_000;

/** Runs a thread to its end; rejects with the input at which it failed or stands still. */
function start(part: Part): Promise<readonly Count[]> {
  return new Promise((resolve, reject) => {
    const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB };
    const worker = new Worker(new URL("./thread.js", import.meta.url), {
      workerData: part,
      resourceLimits,
    });
    const at = (): string =>
      `${FUZZED[part.progress[0] ?? 0]?.name ?? ""}, input ${part.progress[1] ?? 0} of seed ` +
      `${part.seed}`;
    let seen = "";
    const watch = setInterval(() => {
      if (at() === seen)
        void worker.terminate().then(() => {
          reject(new Error(`it hangs: ${seen}`));
        });
      seen = at();
    }, LOOK_MS);
    worker.once("message", resolve);
    worker.once("error", (error) => {
      reject("code" in error ? new Error(`${at()}: ${error.message}`) : error);
    });
    worker.once("exit", () => {
      clearInterval(watch);
    });
  });
}

test(`${INPUTS} inputs, seed ${SEED}`, async (context) => {
  const counts = countsOf(INPUTS, ONLY);
  const parts = Array.from({ length: THREADS }, (_, from) => ({
    seed: SEED,
    from,
    step: THREADS,
    counts,
    progress: new Int32Array(new SharedArrayBuffer(8)),
  }));
  const results = await Promise.all(parts.map(start));
  const sums = FUZZED.map((_, number) =>
    results
      .map((result) => result[number] ?? { accepted: 0, fed: 0 })
      .reduce((sum, { accepted, fed }) => ({
        accepted: sum.accepted + accepted,
        fed: sum.fed + fed,
      })),
  );
  sums.forEach(({ accepted, fed }, number) => {
    const { name = "" } = FUZZED[number] ?? {};
    context.diagnostic(`${name}: ${fed} inputs, ${accepted} accepted`);
    strictEqual(fed, counts[number], `${name}: not all were fed`);
    if (fed > 1000 && !(accepted > fed / 100 && accepted < fed * 0.99))
      throw new Error(`${name}: ${accepted} of ${fed} were accepted`);
  });
});

test("a failing input is made as small as it can be", () => {
  const input = Buffer.from("abcdefghijklmnopqrstuvwxyz");
  strictEqual(
    Buffer.from(
      smallest(input, (less) => Buffer.from(less).includes("q") && Buffer.from(less).includes("c")),
    ).toString(),
    "cq",
  );
});
