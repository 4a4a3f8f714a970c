/** How programs end on XS, and what is said then (hal/xs/engine, test/xs/run.c). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { build, buildTexts, run } from "./program.ts";

test("a program that throws shows file and line of the TypeScript, and ends with 1", () => {
  const { status, stdout } = run(build("throws"));
  assert.equal(status, 1);
  assert.match(stdout, /^uncaught: RangeError: too large\n/);
  const place = (line: number): string => `(test/node/xs/programs/throws.ts:${line})`;
  assert.ok(stdout.includes(`at inner ${place(4)}\n at call ${place(12)}`), stdout);
});

test("a rejection that nobody takes is printed, and the program ends with 1", () => {
  const { status, stdout } = run(build("rejects"));
  assert.equal(status, 1);
  assert.match(stdout, /^still here\nunhandled rejection: Error: nobody listens/);
});

test("out of memory ends with 101 and the reason, in a fixed heap and in one that grows", () => {
  const figures = "\\d+ slots of 32 bytes and \\d+ bytes of chunks in use, stack of 640 slots";
  const reason = new RegExp(`^filling\\nXS abort 1: out of memory \\(${figures}\\)\\n$`);
  for (const name of ["memory", "chunks"])
    for (const args of [["--fixed"], []]) {
      const { status, stdout } = run(build(name), ...args);
      assert.match(stdout, reason);
      assert.equal(status, 101);
    }
});

test("a stack overflow cannot be caught: it ends with 102 and the reason", () => {
  const { status, stdout } = run(build("stack"));
  assert.match(stdout, /^calling\nXS abort 2: stack overflow \(.*, stack of 640 slots\)\n$/);
  assert.equal(status, 102);
});

/** What programs/heap.ts printed. */
function figures(stdout: string): {
  readonly before: Record<string, number>;
  readonly after: Record<string, number>;
} {
  return JSON.parse(stdout) as ReturnType<typeof figures>;
}

test("the heap module counts what is in use", () => {
  const { before, after } = figures(run(build("heap")).stdout);
  assert.ok((after.chunks ?? 0) >= (before.chunks ?? 0) + 10000);
  assert.ok((after.slots ?? 0) >= (before.slots ?? 0) + 2000);
  assert.ok(
    (after.peakChunks ?? 0) >= (after.chunks ?? 0) && (after.peakSlots ?? 0) >= (after.slots ?? 0),
  );
  assert.equal(after.slotBytes, 32);
  assert.equal(after.collections, 0);
});

test("the heap module tells what collections left, in a heap that needs them", () => {
  const { before, after } = figures(
    run(build("heap"), "--slots", "3000", "--chunks", "20000").stdout,
  );
  const { collections = 0, liveSlots = 0, liveChunks = 0, peakSlots = 0, peakChunks = 0 } = after;
  assert.ok(collections > 0);
  assert.ok(liveSlots > (before.slots ?? 0) && liveSlots <= peakSlots, `${liveSlots}`);
  assert.ok(liveChunks > 10000 && liveChunks <= peakChunks, `${liveChunks}`);
});

test("what would only take slots is left out; members and classes are whole", () => {
  const main = `
    class Pair { #left = 1; #right = 2; sum() { return this.#left * 10 + this.#right; } }
    function plain(a, b) { return a + b; }
    function fail() { throw new Error("odd"); }
    const sums = [new Pair().sum(), plain(1, 2)];
    const facts = [plain.name, plain.length, plain.prototype, typeof Pair.prototype];
    trace([...sums, ...facts].join() + "\\n");
    try { new plain(1, 2); } catch (error) { trace(error.name + "\\n"); }
    try { fail(); } catch (error) { trace(error.stack.split("\\n")[1] + "\\n"); }`;
  assert.equal(run(buildTexts({ main })).stdout, "12,3,,,,object\nTypeError\n at fail ()\n");
});

test("facades work through the globals, and name what is missing", () => {
  assert.deepEqual(run(build("globals")).stdout.split("\n").slice(0, 9), [
    String(0xcbf43926),
    "true",
    "ReferenceError: no native function xs_tuba in this firmware",
    "ReferenceError: no native function xs_sha256_destructor in this firmware",
    "ReferenceError: no native class xs_crc32 in this firmware",
    "true,21,37",
    "SyntaxError: closed",
    "SyntaxError: open already",
    "TypeError: call: class",
  ]);
});

test("an argument whose conversion ends the digest does no harm", () => {
  const { stdout, status } = run(
    buildTexts({
      main: `
      class Hash @ "xs_sha256_destructor" {
        constructor() @ "xs_sha256"
        digest(result) @ "xs_sha256_digest"
      }
      function copy(target, at, source, from, to) @ "xs_bytes_copy"
      const hash = new Hash(), result = new Uint8Array(32), buffer = new ArrayBuffer(64);
      hash.digest(result);
      let moved;
      const at = { valueOf() {
        moved = new Array(1000).fill(0).map(() => new Uint8Array(100));
        return 0;
      } };
      copy(result, at, new Uint8Array(buffer), 0, 32);
      trace(result.join("") + "\\n");`,
    }),
    "--chunks",
    "40000",
  );
  assert.equal(stdout, `${"0".repeat(32)}\n`);
  assert.equal(status, 0);
});

test("unit tests that fail say what, and where in the TypeScript", () => {
  const { stdout, status } = run(build("failures"));
  assert.equal(status, 0);
  const place = (line: number): string => `test/node/xs/programs/failing.ts:${line}`;
  assert.deepEqual(
    stdout
      .split("\n")
      .filter((line) => line.startsWith("  # "))
      .map((line) => line.slice(4)),
    [
      `${place(9)} sum: 2 is not 3`,
      `${place(12)} 0 is not -0`,
      `${place(15)} {"a":1} has not the structure of {"a":1,"b":"undefined"}`,
      `${place(18)} Uint8Array [1,2] has not the structure of Uint8Array [1,3]`,
      `${place(21)} [] has not the structure of {}`,
      `${place(24)} Map [[1,2]] has not the structure of Map [[1,3]]`,
      `${place(27)} 0 is not true`,
      `${place(30)} nothing was thrown`,
      `${place(35)} TypeError: x was thrown, not RangeError`,
      `${place(38)} SyntaxError: odd`,
    ],
  );
  assert.match(stdout, /\n1\.\.12\n# tests 12\n# pass 2\n# fail 10\n$/);
});
