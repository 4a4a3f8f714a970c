/** `xs-fumo merge`: the logs of a suite's parts, judged as one run. */
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import type { Recorded } from "../events/event.ts";
import { Exit, RigError } from "../exit.ts";
import { writeJUnit } from "../junit.ts";
import { writeReport } from "../page/page.ts";
import { gapsIn, joined, type Part } from "../suite/merge.ts";
import { endsOf, summaryOf } from "../suite/verdicts.ts";

interface MergeOptions {
  readonly junit?: string;
  readonly report?: string;
}

export function addMerge(program: Command): void {
  program
    .command("merge")
    .description("judge the parts of a suite as one run: the logs of several xs-fumo test --shard")
    .argument("<log...>", "what each part wrote with --log")
    .option("--junit <file>", "write a JUnit report of all, one test suite a board")
    .option("--report <file>", "write the runs as one HTML file, which opens from disk")
    .addHelpText(
      "after",
      `
Each scenario must have ended in exactly one part: one that is in none, or in two, is status 3.
The log of a part that was killed is good up to its end. Run that part again, and give the new log
in the place of the old one.
Exit status: 0 all passed, 1 a property did not hold, 2 a file is no such log, 3 the parts are no
whole, or the bench is to blame.

Example:
  xs-fumo test --shard 1/2 --log 1.ndjson    (here)
  xs-fumo test --shard 2/2 --log 2.ndjson    (elsewhere)
  xs-fumo merge 1.ndjson 2.ndjson --junit all.xml --report all.html`,
    )
    .action(merge);
}

function merge(files: readonly string[], { junit, report }: MergeOptions): void {
  const parts = files.map(partOf);
  const events = joined(parts);
  const ends = endsOf(events);
  for (const { board, name, phase, problems = [] } of ends) {
    if (phase !== "failed" && phase !== "error") continue;
    const why = problems.map((problem) => `\n          ${problem}`).join("");
    process.stdout.write(`${board.padEnd(8)} ${phase.padEnd(7)} ${name}${why}\n`);
  }
  const gaps = gapsIn(parts);
  for (const gap of gaps) process.stdout.write(`missing  ${gap}\n`);
  const { status, text } = summaryOf(ends);
  process.stdout.write(`${text}\n`);
  if (junit !== undefined) writeJUnit(junit, suitesOf(events));
  if (report !== undefined) writeReport(report, `xs-fumo merge ${files.join(" ")}`, events);
  process.exitCode = gaps.length > 0 ? Exit.noBoard : status;
}

/** Returns one test suite a board. */
function suitesOf(events: readonly Recorded[]): Parameters<typeof writeJUnit>[1] {
  const boards = new Set(endsOf(events).map(({ board }) => board));
  return [...boards].map((board) => ({
    name: `xs-fumo.${board}`,
    properties: { board },
    events: events.filter((event) => event.board === board),
  }));
}

/** Reads the log of a part; its last line may have broken off. Throws a RigError. */
function partOf(name: string): Part {
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (error) {
    throw new RigError(Exit.usage, error instanceof Error ? error.message : `cannot read ${name}`);
  }
  const lines = text.split("\n").slice(0, -1);
  const events = lines.map((line, index) => {
    try {
      return JSON.parse(line) as Recorded;
    } catch {
      throw new RigError(
        Exit.usage,
        `${name}:${index + 1} is no event`,
        "xs-fumo test --log FILE writes such logs",
      );
    }
  });
  return { name, events };
}
