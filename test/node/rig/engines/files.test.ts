/**
 * The files for engines that cannot run in a test: their commands are run as the engine would run
 * them, part by part, with a program in the place of node that tells what it was given.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import { gapIn, parseShard, shardOf } from "../../../rig/shard.ts";
import { root } from "../../../root.ts";
import { Cli } from "../cli.ts";

const ENGINES = join(root, "test/rig/engines");
const folder = mkdtempSync(join(tmpdir(), "engine-files-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What one engine has in its file. */
interface Engine {
  readonly file: string;
  readonly count: number;
  /** The command of a part, and what the engine has in its environment, by number from 1. */
  part(number: number): readonly [command: string, environment: NodeJS.ProcessEnv];
  /** The command that merges; without one it is said in the README. */
  readonly merge: string | undefined;
}

function content<T>(file: string): T {
  return parse(readFileSync(join(ENGINES, file), "utf8")) as T;
}

function only(commands: readonly string[], program: string): string {
  const found = commands.filter((command) => command.includes(program));
  strictEqual(found.length, 1, `${program} in ${commands.join("\n")}`);
  return found[0] ?? "";
}

function gitlab(): Engine {
  const file = "gitlab-ci.yml";
  const { suite, "suite-result": result } = content<{
    readonly suite: { readonly parallel: number; readonly script: readonly string[] };
    readonly "suite-result": { readonly script: readonly string[] };
  }>(file);
  const count = suite.parallel;
  const part = (number: number): [string, NodeJS.ProcessEnv] => [
    only(suite.script, "part.sh"),
    { CI_NODE_INDEX: `${number}`, CI_NODE_TOTAL: `${count}` },
  ];
  return { file, count, part, merge: only(result.script, "merge.sh") };
}

function github(): Engine {
  const file = "github.yml";
  interface Job {
    readonly strategy: { readonly matrix: { readonly part: readonly number[] } };
    readonly steps: readonly { readonly run?: string }[];
  }
  const { part: job, result } = content<{ readonly jobs: { part: Job; result: Job } }>(file).jobs;
  const runs = ({ steps }: Job): readonly string[] =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  const numbers = job.strategy.matrix.part;
  const part = (number: number): [string, NodeJS.ProcessEnv] => [
    only(runs(job), "part.sh")
      .replaceAll(/\$\{\{ matrix\.part \}\}/g, `${numbers[number - 1]}`)
      .replaceAll(/\$\{\{ strategy\.job-total \}\}/g, `${numbers.length}`),
    {},
  ];
  return { file, count: numbers.length, part, merge: only(runs(result), "merge.sh") };
}

function buildkite(): Engine {
  const file = "buildkite.yml";
  const { steps } = content<{
    readonly steps: readonly { readonly parallelism?: number; readonly commands?: string[] }[];
  }>(file);
  const commands = steps.flatMap((step) => step.commands ?? []);
  const count = steps.find(({ parallelism }) => parallelism !== undefined)?.parallelism ?? 0;
  const part = (number: number): [string, NodeJS.ProcessEnv] => [
    only(commands, "part.sh").replaceAll("$$", "$"),
    { BUILDKITE_PARALLEL_JOB: `${number - 1}`, BUILDKITE_PARALLEL_JOB_COUNT: `${count}` },
  ];
  return { file, count, part, merge: only(commands, "merge.sh") };
}

function kubernetes(): Engine {
  const file = "kubernetes.yaml";
  const { spec } = content<{
    readonly spec: {
      readonly completions: number;
      readonly completionMode: string;
      readonly template: {
        readonly spec: {
          readonly containers: readonly {
            readonly env: readonly { readonly name: string; readonly value: string }[];
            readonly command: readonly string[];
          }[];
        };
      };
    };
  }>(file);
  strictEqual(spec.completionMode, "Indexed");
  const [container] = spec.template.spec.containers;
  const variables = container?.env.map(({ name, value }) => [name, value]) ?? [];
  const part = (number: number): [string, NodeJS.ProcessEnv] => [
    container?.command.at(-1) ?? "",
    { ...Object.fromEntries(variables), JOB_COMPLETION_INDEX: `${number - 1}` },
  ];
  return { file, count: spec.completions, part, merge: undefined };
}

/** Runs a command in a folder that looks like the clone: what node was given. */
function run(command: string, environment: NodeJS.ProcessEnv, where: string): readonly string[] {
  const { status, stderr, stdout } = spawnSync("sh", ["-c", command], {
    cwd: where,
    encoding: "utf8",
    env: { ...environment, PATH: `${folder}/bin:/usr/bin:/bin` },
  });
  strictEqual(status, 0, stderr);
  return (stdout + stderr).trimEnd().split("\n");
}

mkdirSync(join(folder, "bin"));
writeFileSync(join(folder, "bin/node"), `#!/bin/sh\nprintf '%s\\n' "$@"\n`);
chmodSync(join(folder, "bin/node"), 0o755);

for (const engine of [gitlab(), github(), buildkite(), kubernetes()]) {
  const { file, count, merge } = engine;
  const clone = join(folder, file);
  mkdirSync(clone);
  symlinkSync(join(root, "test"), join(clone, "test"));
  const parts = Array.from({ length: count }, (_, index) => {
    const [command, environment] = engine.part(index + 1);
    const words = run(command, environment, clone);
    const at = words.indexOf("--shard");
    const shard = at < 0 ? shardOf(environment) : parseShard(words[at + 1] ?? "");
    return { words, shard, result: words[words.indexOf("--log") + 1] ?? "" };
  });

  test(`${file}: the parts are a whole, each with a result of its own`, () => {
    ok(count > 1);
    strictEqual(gapIn(parts.map(({ shard }) => shard)), undefined);
    strictEqual(new Set(parts.map(({ result }) => result)).size, count);
  });

  test(`${file}: the command has the options that it is given`, async () => {
    const [program = "", ...words] = parts[0]?.words ?? [];
    match(program, /build\/js\/test\/rig\/cli\.js$/);
    const cli = new Cli([...words, "--list", "--json"]);
    strictEqual(await cli.ended, 0, cli.errors);
    ok((JSON.parse(cli.output) as readonly unknown[]).length > 0);
  });

  if (merge !== undefined)
    test(`${file}: the results of all parts are merged`, () => {
      for (const { result } of parts) writeFileSync(join(clone, basename(result)), "");
      const words = run(merge, {}, clone);
      deepStrictEqual(words.slice(1, 2), ["merge"]);
      const given = words.filter((word) => word.endsWith(".result"));
      deepStrictEqual(given.toSorted(), parts.map(({ result }) => basename(result)).toSorted());
    });
}

test("the README of the engines names each of their files", async () => {
  const readme = readFileSync(join(ENGINES, "README.md"), "utf8");
  for (const { file } of [gitlab(), github(), buildkite(), kubernetes()])
    ok(readme.includes(`[${file}](${file})`), file);
});
