/** The console of bare-metal boards, compiled for this computer. */
import { strictEqual } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../../root.ts";

const folder = mkdtempSync(join(tmpdir(), "console-"));
const program = join(folder, "console");
const FOLDERS = ["hal/bare", "hal/qemu-riscv32"].map((path) => `-I${path}`);
const SOURCES = ["hal/bare/console.c", "test/node/hal/console.c"];
const TYPED_BYTES = 1024;

after(() => {
  rmSync(folder, { recursive: true });
});

/** What a program reads of what is typed; it looks at each `|`. */
function read(typed: string): string {
  return execFileSync(program, { input: typed, encoding: "latin1" });
}

test("a line that is longer than there is room for ends all the same, before the next", () => {
  execFileSync("cc", ["-Wall", "-Werror", ...FOLDERS, "-o", program, ...SOURCES], { cwd: root });
  strictEqual(read("yes\r\n|no\n|"), "yes\nno\n");
  for (const length of [TYPED_BYTES - 1, TYPED_BYTES, 3 * TYPED_BYTES])
    for (const end of ["\r", "\n", "\r\n"])
      strictEqual(
        read(`${"a".repeat(length)}${end}|yes${end}|`),
        `${"a".repeat(TYPED_BYTES - 1)}\nyes\n`,
        `${length} bytes`,
      );
  strictEqual(read(`${"a".repeat(2 * TYPED_BYTES)}|yes\r|`), `${"a".repeat(TYPED_BYTES)}yes\n`);
});
