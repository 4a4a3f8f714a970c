/**
 * Parts of a campaign under engines of other people: Slurm, and GNU parallel over ssh, both on this
 * machine and started for the test. Merged, they are what one process finds.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../../../root.ts";
import type { ShardResult } from "../../../simulation/campaign/merge.ts";
import { type Daemon, missing } from "../../servers/daemon.ts";
import { MUNGE, SLURM_CONTROLLER, SLURM_NODE, Slurm } from "./slurm.ts";
import { SSHD, SshServer } from "./sshserver.ts";

const LIMIT_MS = 300_000;
const ENGINES = join(root, "test/rig/engines");
/** A few of the jobs of the campaign, of several kinds. */
const SMALL = ["--quick", "--sample", "8", "--seed", "363"];
const COUNT = 2;

const PARALLEL: Daemon = { program: "parallel", debian: "parallel", words: () => [] };

const folder = mkdtempSync(join(tmpdir(), "engines-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function lacking(daemons: readonly Daemon[]): string | false {
  return daemons.map(missing).find((why) => why !== false) ?? false;
}

/** Runs a script of the engines: what it printed. Throws when it fails. */
async function script(
  name: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn(join(ENGINES, name), words, { env: { ...process.env, ...environment } });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  const [status] = (await once(child, "close")) as [number | null];
  strictEqual(status, 0, `${name}: ${said}`);
  return said;
}

function resultIn(file: string): ShardResult {
  return JSON.parse(readFileSync(file, "utf8")) as ShardResult;
}

let alone: Promise<ShardResult> | undefined;

/** What one process finds, without an engine. */
function whole(): Promise<ShardResult> {
  const file = join(folder, "whole.json");
  alone ??= script("part.sh", ["campaign", file, ...SMALL]).then(() => resultIn(file));
  return alone;
}

function partsIn(results: string): readonly string[] {
  return Array.from({ length: COUNT }, (_, index) => join(results, `part-${index + 1}.result`));
}

/** The parts are of the sample, and merged they are the whole. */
async function compare(results: string): Promise<void> {
  const parts = partsIn(results).map(resultIn);
  parts.forEach(({ shard, tally }, index) => {
    deepStrictEqual(shard, { index: index + 1, count: COUNT });
    ok(Object.keys(tally.sets).length > 0, `part ${index + 1} has done nothing`);
  });
  const file = join(results, "merged.json");
  match(
    await script("merge.sh", ["campaign", ...partsIn(results), "--json", file]),
    /^\d+ scenarios, .* 0 violations$/m,
  );
  const [merged, expected] = [resultIn(file), await whole()].map((result) => ({
    ...result,
    tally: { ...result.tally, cpuMs: 0 },
  }));
  deepStrictEqual(merged, expected);
}

test("a job array of Slurm finds what one process finds", {
  skip: lacking([MUNGE, SLURM_CONTROLLER, SLURM_NODE]),
  timeout: LIMIT_MS,
}, async () => {
  const results = join(folder, "slurm");
  mkdirSync(results);
  const slurm = await Slurm.start(results);
  try {
    const words = ["--parsable", `--array=1-${COUNT}`, `--output=${results}/part-%a.txt`];
    const batch = join(ENGINES, "slurm.sbatch");
    const job = slurm.command(
      "sbatch",
      [...words, `--chdir=${root}`, batch, "campaign", ...SMALL],
      { RESULTS: results },
    );
    await slurm.ended(job, LIMIT_MS);
    match(readFileSync(join(results, "part-2.txt"), "utf8"), / 0 violations$/m);
    await compare(results);
  } finally {
    await slurm.stop();
  }
});

test("GNU parallel over ssh finds what one process finds", {
  skip: lacking([SSHD, PARALLEL]),
  timeout: LIMIT_MS,
}, async () => {
  const results = join(folder, "parallel");
  mkdirSync(results);
  const server = await SshServer.start(results, ["lab-1", "lab-2"]);
  try {
    const hosts = join(results, "hosts");
    writeFileSync(hosts, "1/lab-1\n1/lab-2\n");
    await script("parallel.sh", [hosts, `${COUNT}`, "campaign", ...SMALL], {
      RESULTS: results,
      SSH: `ssh -F ${server.clientFile}`,
      PARALLEL_HOME: results,
    });
    await compare(results);
  } finally {
    await server.stop();
  }
});
