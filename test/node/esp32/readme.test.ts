/** hal/esp32/README.md names files that are there, and commands with options that they have. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../root.ts";
import { Cli } from "../rig/cli.ts";

const README = readFileSync(join(root, "hal/esp32/README.md"), "utf8");

test("the files that hal/esp32/README.md names exist", () => {
  const paths = [...README.matchAll(/(?<![\w/])((?:hal|src|test)\/[\w./-]*\w)/g)].map(
    ([, path]) => path ?? "",
  );
  assert.ok(paths.length > 10);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, `${path}.c`))),
    [],
  );
});

test("the commands in hal/esp32/README.md have the options that it gives them", async () => {
  const lines = README.replaceAll("\\\n", " ").split("\n");
  const commands = lines.flatMap((line) => /^ {4,}xs-fumo (\w+) (.*)$/.exec(line) ?? []);
  const used = new Map<string, Set<string>>();
  for (let i = 0; i < commands.length; i += 3) {
    const [, name = "", words = ""] = commands.slice(i, i + 3);
    const options = used.get(name) ?? new Set();
    for (const [option] of words.matchAll(/--[a-z-]+/g)) options.add(option);
    used.set(name, options);
  }
  assert.ok(used.size >= 5, [...used.keys()].join(" "));
  for (const [name, options] of used) {
    const cli = new Cli([name, "--help"]);
    assert.equal(await cli.ended, 0, cli.errors);
    for (const option of options)
      assert.match(cli.output, new RegExp(`${option}\\b`), `${name} ${option}`);
  }
});
