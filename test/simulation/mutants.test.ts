/**
 * Every planted bug is found, by the check that is there for it: a campaign that cannot fail would
 * prove nothing.
 */
import { ok, strictEqual } from "node:assert";
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";
import { isInC, type Mutant, MUTANTS } from "./mutants/mutants.ts";
import { plant } from "./mutants/planted.ts";

const BUILD = join(root, "build/js/test");
const SLOWEST_MS = 600_000;

interface Killed {
  readonly by: string;
  readonly detail: string;
}

function run(
  mutant: Mutant,
  words: readonly string[],
): Promise<{ status: number | null; out: string }> {
  const hooks = [
    "--import",
    join(BUILD, "simulation/native/register.js"),
    "--import",
    join(BUILD, "simulation/mutants/register.js"),
  ];
  const child = spawn(process.execPath, [...hooks, ...words], {
    env: {
      ...process.env,
      MUTANT: mutant.name,
      NODE_TEST_CONTEXT: undefined,
      NODE_OPTIONS: hooks.join(" "),
    },
    timeout: SLOWEST_MS,
  });
  let out = "";
  child.stdout.on("data", (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    out += data.toString();
  });
  return new Promise((resolve) => {
    child.on("close", (status) => {
      resolve({ status, out });
    });
  });
}

/** What found the bug; undefined when nothing did. */
async function kill(mutant: Mutant): Promise<Killed | undefined> {
  if (isInC(mutant)) plant(mutant);
  if (mutant.by === "test") {
    const { status, out } = await run(mutant, [
      "--test",
      ...mutant.in.map((name) => join(BUILD, `${name}.test.js`)),
    ]);
    const failed = /^not ok \d+ - (.*)$/m.exec(out)?.[1];
    ok(status === 0 || failed !== undefined, `${mutant.name}: ${out.slice(-500)}`);
    return failed === undefined ? undefined : { by: "test", detail: failed };
  }
  const { out } = await run(mutant, [join(BUILD, "simulation/mutants/trial.js")]);
  ok(out.startsWith("{"), `${mutant.name}: ${out.slice(-500)}`);
  const { id, problem } = JSON.parse(out) as { id?: string; problem?: string };
  if (id === undefined || problem === undefined) return undefined;
  const [name = "", property = ""] = problem.split(": ");
  return { by: name === "Violation" ? property : name, detail: id };
}

test("every planted bug is killed by the check that is there for it", {
  timeout: 3_600_000,
}, async (context) => {
  ok(MUTANTS.length >= 60 && MUTANTS.filter(isInC).length >= 25);
  const waiting = [...MUTANTS];
  const table: string[] = [];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const killed = await kill(mutant);
      table.push(
        `${mutant.name} (${mutant.file}): ${killed === undefined ? "SURVIVED" : `${killed.by} in ${killed.detail}`}`,
      );
      if (killed?.by !== mutant.by) table.push(`  WRONG: ${mutant.by} should have found it`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const line of table) context.diagnostic(line);
  strictEqual(
    table.filter((line) => line.includes("SURVIVED") || line.includes("WRONG")).join("\n"),
    "",
  );
});
