/** Runs what should find a planted bug, and says what did. */
import { ok } from "node:assert";
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "../../root.ts";
import { isInC, type Mutant } from "./mutant.ts";
import { plant } from "./planted.ts";

const BUILD = join(root, "build/js/test");
const SLOWEST_MS = 600_000;

export interface Killed {
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
  const child = spawn(process.execPath, words, {
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
    const files = mutant.in.map((name) => join(BUILD, `${name}.test.js`));
    // One file needs no process beside its own.
    const several = files.length > 1 ? ["--test"] : [];
    const { status, out } = await run(mutant, [...several, "--test-reporter=tap", ...files]);
    const failed = /^ *not ok \d+ - (.*)$/m.exec(out)?.[1];
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

/** Kills them all, side by side. Returns a line for each, and whether what found it should have. */
export async function killAll(
  mutants: readonly Mutant[],
): Promise<readonly { readonly line: string; readonly good: boolean }[]> {
  const waiting = [...mutants];
  const table: { readonly line: string; readonly good: boolean }[] = [];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const killed = await kill(mutant).catch((error: unknown) => ({
        by: "nothing, as it could not be run",
        detail: error instanceof Error ? error.message : "an unknown error",
      }));
      const end = killed === undefined ? "SURVIVED" : `${killed.by} in ${killed.detail}`;
      const good = killed?.by === mutant.by;
      const wanted = good || killed === undefined ? "" : `; ${mutant.by} should have found it`;
      table.push({ line: `${mutant.name} (${mutant.file}): ${end}${wanted}`, good });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return table;
}
