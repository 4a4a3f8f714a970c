/** hal/README.md leads a porting engineer: its lines are run, and its tables are whole. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../root.ts";

const README = readFileSync(join(root, "hal/README.md"), "utf8");
/** What a clone has, as far as a build needs it. */
const CLONE = ["src", "hal", "test", "package.json", "tsconfig.json", "manifest.json"];

test("the lines of the README make a board of the template, which says what to write", {
  timeout: 900_000,
}, (context) => {
  const [, lines = ""] = /```sh\n(cp -r hal\/template[\s\S]*?)```/.exec(README) ?? [];
  const clone = mkdtempSync(join(tmpdir(), "porting-"));
  context.after(() => {
    rmSync(clone, { recursive: true });
  });
  for (const name of CLONE) cpSync(join(root, name), join(clone, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", lines], {
    cwd: clone,
    encoding: "utf8",
  });
  assert.match(
    stdout,
    /^not ok \d+ - store: an erased block reads as eraseValue, all of it$/m,
    stderr,
  );
  assert.match(stdout, /hal\/acme: flashErase: the block at 0, erased when it returns$/m);
  assert.match(stdout, /^ok \d+ - store: geometry is possible and stays$/m);
  assert.equal(status, 1, stderr);
  const tidy = [
    `import { tidy } from ${JSON.stringify(join(clone, "build/js/test/tidy.js"))};`,
    `console.log(tidy(${JSON.stringify(clone)}).join("\\n"));`,
  ].join("\n");
  const judged = spawnSync(process.execPath, ["--input-type=module", "-e", tidy], {
    encoding: "utf8",
  });
  assert.deepEqual([judged.stdout.trim(), judged.status], ["", 0], judged.stderr);
});

for (const header of [
  "hal/bare/machine.h",
  "hal/bare/chip.h",
  "hal/bare/ethernet.h",
  "hal/common/natives/board.h",
  "hal/common/net/socket.h",
])
  test(`the README has every function of ${header}`, () => {
    const text = readFileSync(join(root, header), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const names = [...text.matchAll(/^[a-z][\w ]*[ *]+(\w+)\(/gm)].map((match) => match[1] ?? "");
    assert.ok(names.length >= 3, names.join(" "));
    assert.deepEqual(
      names.filter((name) => !README.includes(`\`${name}\``)),
      [],
    );
  });

test("every native that the README names is one", () => {
  const list = readFileSync(join(root, "hal/common/natives/natives.list"), "utf8");
  const names = [...README.matchAll(/`(xs_\w+)`/g)].map((match) => match[1] ?? "");
  assert.ok(names.length >= 20, names.join(" "));
  assert.deepEqual(
    names.filter((name) => !list.includes(`(${name}, `)),
    [],
  );
});
