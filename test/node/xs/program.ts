/** Builds a program of programs/ and runs it on XS, for the tests here. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BASE_MODULES, buildBlob } from "../../../hal/xs/build.ts";
import { buildRunner } from "../../xs/runner.ts";

const runner = buildRunner();
const folder = mkdtempSync(join(tmpdir(), "xs-"));

/** The bytes of a program as a blob. */
export function build(name: string, version = "1"): Buffer {
  const out = join(folder, `${name}.blob`);
  const modules = { ...BASE_MODULES, "test/check": "test/xs/check" };
  return buildBlob({
    entry: `test/node/xs/programs/${name}`,
    modules,
    out,
    version,
    positions: true,
  });
}

/** A blob from texts of modules, by name; "main" is the entry. `previous`: the release before. */
export function buildTexts(generated: Readonly<Record<string, string>>, previous?: Buffer): Buffer {
  return buildBlob({
    entry: "main",
    modules: {},
    out: join(folder, "texts.blob"),
    version: "1",
    generated,
    previous,
  });
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a blob that lies in a file, as in a flash slot. */
export function run(bytes: Uint8Array, ...args: string[]): Outcome {
  const path = join(folder, "slot");
  writeFileSync(path, bytes);
  const { status, stdout, stderr } = spawnSync(runner, [...args, path], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
