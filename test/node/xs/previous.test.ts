/** Builds after a release: what is the same keeps its identifiers and its places. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BuildError } from "../../../hal/xs/build.ts";
import { findBlob, type FoundBlob, orderNames } from "../../../hal/xs/previous.ts";
import { buildTexts, run } from "./program.ts";

const FIRST = {
  main: 'import { first } from "./first.js";\nimport { last } from "./last.js";\nfirst(); last();',
  first: "export function first() { trace('first ' + { alpha: 1 }.alpha + '\\n'); }",
  last: "export function last() { trace('last ' + { omega: 2 }.omega + '\\n'); }",
} as const;
/** Longer by a few bytes, and by a name. */
const LONGER = {
  ...FIRST,
  first: "export function first() { trace('at first ' + { alpha: 1 }.alpha + '\\n'); }",
} as const;
const NAMED = {
  ...FIRST,
  first: "export function first() { trace('first ' + { beta: 1, alpha: 1 }.alpha + '\\n'); }",
} as const;

function found(blob: Buffer): FoundBlob {
  return findBlob(blob) ?? assert.fail("no blob");
}

const release = buildTexts(FIRST);

test("without a release before, new names stand where they are first used", () => {
  const { names } = found(buildTexts(NAMED));
  assert.ok(names.indexOf("beta") < names.indexOf("omega"));
});

test("a new name comes behind those of the release before, and the program runs", () => {
  const next = buildTexts(NAMED, release);
  const { names } = found(next);
  const before = found(release).names;
  assert.deepEqual(names, [...before, "beta"]);
  assert.equal(run(next).stdout, "first 1\nlast 2\n");
});

test("a text that gets longer by a few bytes moves no module and no name", () => {
  const next = buildTexts(LONGER, release);
  assert.deepEqual(found(next), found(release));
  assert.equal(run(next).stdout, "at first 1\nlast 2\n");
});

test("a module that grows a lot pushes those behind it away, and the program runs", () => {
  const long = "x".repeat(3000);
  const next = buildTexts({ ...FIRST, first: `${FIRST.first}\ntrace("${long}\\n");` }, release);
  const places = [found(release), found(next)].map(({ code }) => code);
  assert.equal(places[0]?.get("first"), places[1]?.get("first"));
  assert.ok((places[0]?.get("last") ?? Infinity) < (places[1]?.get("last") ?? 0));
  assert.equal(run(next).stdout, `${long}\nfirst 1\nlast 2\n`);
});

test("a module that is new comes behind the others, and one that is gone moves none", () => {
  const main = 'import { last } from "./last.js";\nimport "./other.js";\nlast();';
  const other = 'trace("other\\n");';
  const next = buildTexts({ main, other, last: FIRST.last }, release);
  const { code } = found(next);
  assert.equal(code.get("last"), found(release).code.get("last"));
  assert.ok((code.get("other") ?? 0) > (code.get("last") ?? Infinity));
  assert.equal(run(next).stdout, "other\nlast 2\n");
});

test("the same sources after their own release give its bytes", () => {
  assert.deepEqual(buildTexts(FIRST, release), release);
});

test("the release may lie anywhere in what is handed in", () => {
  const payload = Buffer.concat([Buffer.from("XSAB, but no blob"), release, Buffer.alloc(999, 7)]);
  assert.deepEqual(buildTexts(NAMED, payload), buildTexts(NAMED, release));
  assert.equal(findBlob(payload)?.offset, 17);
});

test("what is no release is refused, wherever it is cut", () => {
  assert.throws(() => buildTexts(FIRST, Buffer.alloc(999)), BuildError);
  for (let length = 0; length < release.length; length++)
    assert.equal(findBlob(release.subarray(0, length)), undefined);
});

test("a new name takes the identifier of one that is used no more", () => {
  assert.deepEqual(orderNames(["a", "b", "c"], ["c", "x", "a"]), ["a", "x", "c"]);
  assert.deepEqual(orderNames(["a", "b", "c"], ["c", "a"]), ["a", "b", "c"]);
  assert.deepEqual(orderNames(["a", "b", "c"], ["a"]), ["a"]);
  assert.deepEqual(orderNames([], ["b", "a"]), ["b", "a"]);
  assert.deepEqual(orderNames(["a"], ["b", "a", "c"]), ["a", "b", "c"]);
});
