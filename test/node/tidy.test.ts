/** The tree keeps the rules of test/tidy.ts, and those rules can fail. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";
import { tidy } from "../tidy.ts";

test("the tree is tidy: imports, sizes, lines, banned words", () => {
  assert.deepEqual(tidy(root), []);
});

/** Ten lines of C. */
const STEPS = Array.from({ length: 10 }, (_, i) => `  n = step${i}(n, ${i});\n`).join("");

for (const [what, file, text, expected] of [
  [
    "an import against the direction",
    "src/base/a.ts",
    '/** A. */\nimport { b } from "../store/b.ts";\n',
    "src/base may not import src/store/b.ts",
  ],
  [
    "a package that is not listed",
    "src/tree/a.ts",
    '/** A. */\nimport { b } from "left-pad";\n',
    "may not import left-pad",
  ],
  [
    "an include against the direction",
    "hal/common/base/a.c",
    '/* A. */\n#include "chip.h"\n',
    "hal/common may not include hal/bare/chip.h",
  ],
  [
    "an include of a file beside, against the direction",
    "hal/common/base/a.h",
    '/* A. */\n#include "../../bare/chip.h"\n',
    "hal/common may not include hal/bare/chip.h",
  ],
  [
    "headers that include each other",
    "hal/bare/a.h",
    '/* A. */\n#include "chip.h"\n',
    "hal/bare/chip.h: includes itself in a circle",
  ],
  ["C in no layer", "hal/utils/a.c", "/* A. */\n", "hal/utils/a.c: in no layer"],
  ["a long file of C", "hal/bare/a.c", `/* A. */\n${"//\n".repeat(560)}`, "561 lines"],
  [
    "a clock that is not the board's",
    "src/base/a.ts",
    "/** A. */\nexport const t = Date.now();\n",
    "use hal.now",
  ],
  [
    "an indexed string",
    "src/base/a.ts",
    "/** A. */\nexport const c = (s: string) => s.charAt(3);\n",
    "no string is indexed",
  ],
  [
    "a constant that is not frozen",
    "src/base/a.ts",
    "/** A. */\nconst A: readonly number[] = [1];\n",
    "use frozen(…)",
  ],
  [
    "a regular expression on the device",
    "src/base/a.ts",
    "/** A. */\nexport const r = /x/;\n",
    "use bytes",
  ],
  [
    "a name that another file has",
    "src/store/b.ts",
    "/** B. */\n",
    "src/base/b.ts has the same name",
  ],
  [
    "a family of chips that has more than its own",
    "hal/chips/chip.c",
    "/* A chip. */\n".repeat(499),
    "501 lines, at most 500",
  ],
  [
    "a family of chips that counts few lines because they are long",
    "hal/chips/start.S",
    `/* A chip${" and another".repeat(20)}. */\n`,
    "hal/chips/start.S:1: 253 columns, at most 100",
  ],
  [
    "a board that imports another board",
    "hal/acme/a.ts",
    '/** A. */\nimport { b } from "../chips/board.ts";\n',
    "hal/acme may not import hal/chips/board.ts",
  ],
  [
    "a family of chips that imports past hal/bare",
    "hal/chips/a.ts",
    '/** A. */\nimport { b } from "../common/b.ts";\n',
    "hal/chips may not import hal/common/b.ts",
  ],
  [
    "a board's module that opens another board",
    "hal/board-acme.ts",
    '/** A. */\nexport { openBoard } from "./chips/board.ts";\n',
    "hal/board-acme.ts may not import hal/chips/board.ts",
  ],
  [
    "a long line of C",
    "hal/bare/a.c",
    `/* A chip${" and another".repeat(8)}. */\n`,
    "hal/bare/a.c:1: 109 columns, at most 100",
  ],
  [
    "a file that stands twice",
    "hal/bare/twice.c",
    "/* Another board. */\nint a(void);\nint b(void);\n",
    "hal/bare/twice.c:2: 2 lines of hal/bare/short.c:2 again",
  ],
  [
    "lines of C that stand twice",
    "hal/bare/twice.c",
    `/* Another board. */\nint other(int n)\n{\n${STEPS}  return 1;\n}\n`,
    "hal/bare/twice.c:4: 10 lines of hal/bare/long.c:4 again",
  ],
  [
    "a function that stands twice under other names",
    "hal/bare/twice.c",
    `/* Another board. */\nint other(int m)\n{\n${STEPS.replace(/\bn\b/g, "m")}  return m;\n}\n`,
    "hal/bare/twice.c:2: the function of hal/bare/long.c:2 again",
  ],
  [
    "a long comment in a test",
    "test/a.ts",
    `/** A${" and another".repeat(8)}. */\n`,
    "test/a.ts:1: 105 columns, at most 100",
  ],
  [
    "a long name of a test",
    "test/a.ts",
    `/** A. */\ntest("${"and another ".repeat(8)}", () => {});\n`,
    "test/a.ts:2: 115 columns, at most 100",
  ],
  [
    "a long line of prose",
    "hal/bare/README.md",
    `# A\n\n| ${"a row ".repeat(20)}|\n\n${"and another ".repeat(9)}\n`,
    "hal/bare/README.md:5: 108 columns, at most 100",
  ],
  [
    "a long line of a Makefile",
    "hal/bare/Makefile",
    `# A${" and another".repeat(9)}\n`,
    "hal/bare/Makefile:1: 111 columns, at most 100",
  ],
  ["a file in no layer", "src/utils/a.ts", "/** A. */\n", "in no layer"],
  ["a file without a purpose", "src/base/a.ts", "export {};\n", "does not begin with its purpose"],
] as const) {
  test(`tidy reports ${what}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "tidy-"));
    try {
      for (const name of ["src", "hal", "test"]) mkdirSync(join(folder, name));
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      mkdirSync(join(folder, "src/base"), { recursive: true });
      mkdirSync(join(folder, "hal/bare"), { recursive: true });
      for (const board of ["acme/board.ts", "chips/board.ts", "chips/board.mk"]) {
        mkdirSync(join(folder, "hal", dirname(board)), { recursive: true });
        writeFileSync(join(folder, "hal", board), "/** A board. */\n");
      }
      writeFileSync(join(folder, "src/base/b.ts"), "/** B. */\n");
      writeFileSync(join(folder, "hal/bare/chip.h"), '/* Chip. */\n#include "a.h"\n');
      writeFileSync(join(folder, "hal/bare/short.c"), "/* B. */\nint a(void);\nint b(void);\n");
      writeFileSync(
        join(folder, "hal/bare/long.c"),
        `/* C. */\nint one(int n)\n{\n${STEPS}  return n;\n}\n`,
      );
      writeFileSync(join(folder, file), text);
      assert.ok(
        tidy(folder).some((problem) => problem.includes(expected)),
        tidy(folder).join("\n"),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
