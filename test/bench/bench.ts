/**
 * `npm run bench`: what an update takes. Board `host` unless `--board qemu` says that the
 * instructions of the bare-metal board are counted. README.md says what the figures are.
 */
import { parseArgs } from "node:util";
import { Exit, RigError } from "../rig/exit.ts";
import { setUp } from "../rig/setup.ts";
import { Report } from "./report.ts";

const USAGE = `npm run bench -- [--board host|qemu] [--json] [--only WORD] [--profile CASE]
  --board qemu     figures of the bare-metal board, in its own instructions
  --json           a line of JSON for each figure
  --only WORD      of board qemu: the groups of figures whose names have this word; "image": the
                   image by part; "pairs": what deltas between builds take
  --profile CASE   where the instructions of board qemu go, by C function and line of TypeScript
`;

function readOptions(): ReturnType<typeof parse> {
  try {
    return parse();
  } catch (error) {
    throw new RigError(Exit.usage, error instanceof Error ? error.message : String(error), USAGE);
  }
}

function parse(): {
  readonly board: string;
  readonly json: boolean;
  readonly only: string;
  readonly profile: string | undefined;
} {
  const { values } = parseArgs({
    options: {
      board: { type: "string", default: "host" },
      json: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      profile: { type: "string" },
    },
  });
  return { ...values, profile: values.profile };
}

async function main(): Promise<number> {
  const { board, json, only, profile } = readOptions();
  const report = new Report(json);
  const note = (text: string): void => {
    report.note(text);
  };
  if (profile !== undefined) {
    setUp("qemu", note);
    process.stdout.write(await (await import("./qemu/profile.ts")).profile(profile));
    return Exit.ok;
  }
  if (board === "host") {
    setUp("sim", note);
    setUp("host", note);
    await (await import("./host/bench.ts")).bench(report);
    return report.end();
  }
  if (board !== "qemu") throw new RigError(Exit.usage, `no bench for board ${board}`, USAGE);
  setUp("qemu", note);
  await (await import("./qemu/bench.ts")).bench(report, only);
  return report.end();
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    if (!(error instanceof RigError)) throw error;
    process.stderr.write(`${error.message}\n${error.hint ?? ""}\n`);
    process.exitCode = error.code;
  },
);
