/** The bench's pairs of builds: their changes fit the source of today, or say that they do not. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { applied, ChangeError } from "../../bench/pairs/change.ts";
import { decoderCode, decoderAddresses, typeBytes } from "../../bench/pairs/decoder.ts";
import { PAIRS } from "../../bench/pairs/pairs.ts";
import { root } from "../../root.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

for (const { what, before, after } of PAIRS) {
  test(`${what}: both builds of the pair can be made of the source of today`, () => {
    const first = applied(what, before, read);
    const second = applied(what, after, read);
    assert.ok(second.size > 0);
    for (const texts of [first, second])
      for (const [file, text] of texts) assert.notEqual(text, read(file), file);
  });
}

test("changes of one file are made one after the other", () => {
  const edits = [
    { file: "a.c", find: "one", replace: "two" },
    { file: "a.c", find: "two;", replace: "three $&;" },
  ];
  const texts = applied("two edits", edits, () => "int one;");
  assert.deepEqual([...texts], [["a.c", "int three $&;"]]);
});

test("a change whose text is gone, or is there twice, says what to do", () => {
  const edit = { file: "src/a.ts", find: "old", replace: "new" };
  const refused = (text: string, times: string): void => {
    assert.throws(
      () => applied("a string", [edit], () => text),
      (error) => error instanceof ChangeError && error.message.includes(`is ${times} in src/a.ts`),
    );
  };
  refused("something else", "not");
  refused("old and old", "more than once");
});

test("the decoder's code is what the linker has kept of it, and what XS calls counts apart", () => {
  const object = "build/qemu/hal/common/base/delta.o";
  const map = [
    ` .text.bit      0x8008fe6c       0x78 ${object}`,
    ` .text.a_name_that_is_long\n                0x80090000       0x10 ${object}`,
    ` .text.xs_delta_run\n                0x80090010       0x20 ${object}`,
    ` .text.unused   0x00000000       0x40 ${object}`,
    ` .text.bit      0x8008fe6c       0x80 build/qemu/hal/common/base/md5.o`,
    ` .debug_info    0x000e52ef     0x21e7 ${object}`,
  ].join("\n");
  assert.deepEqual(decoderCode(map), { decoder: 0x88, all: 0xa8 });
  assert.deepEqual([...decoderAddresses(map)], [0x8008fe6c, 0x80090000, 0x80090010, 0]);
});

test("the size of a type is read from the debugging information", () => {
  const information = [
    " <1><2d>: Abbrev Number: 3 (DW_TAG_structure_type)",
    "    <2e>   DW_AT_byte_size   : 7404",
    " <1><40>: Abbrev Number: 4 (DW_TAG_typedef)",
    "    <41>   DW_AT_name        : (indirect string, offset: 0x12): Delta",
    "    <45>   DW_AT_type        : <0x2d>",
    " <1><50>: Abbrev Number: 0",
  ].join("\n");
  assert.equal(typeBytes(information, "Delta"), 7404);
  assert.ok(Number.isNaN(typeBytes(information, "Other")));
});
