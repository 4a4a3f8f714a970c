/**
 * `xs-fumo doctor`: what this machine has for each board, what is missing, and the line to type; or
 * what a device would make of a provisioning text.
 */
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { type BoardName, ROW_NAMES, ROWS } from "../boards/boards.ts";
import { readRigFile } from "../bench/rigfile.ts";
import { checksOf } from "../bench/checks.ts";
import { Exit, RigError } from "../exit.ts";
import { checkProvision } from "../provisioncheck.ts";
import { serialPorts } from "../serialports.ts";
import { check, installLine } from "../setup.ts";

interface DoctorOptions {
  readonly provision?: string;
  readonly rig?: string;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "tell what this machine has for each board, and what to install; or check a provisioning",
    )
    .option(
      "--provision <file>",
      "check this provisioning text instead: what a device allows by it, and what it would refuse",
    )
    .option("--rig <file>", "look at the boards of this bench instead: rig.yaml")
    .addHelpText(
      "after",
      `
Exit status with --provision: 0 when a device takes all of it, 1 when something in it is refused.

Examples:
  xs-fumo doctor
  xs-fumo doctor --provision provision.json
  xs-fumo doctor --rig rig.yaml`,
    )
    .action(async ({ provision, rig }: DoctorOptions) => {
      if (rig !== undefined) {
        process.exitCode = rigLines(rig) ? Exit.ok : Exit.noBoard;
        return;
      }
      if (provision !== undefined) {
        process.exitCode = provisionLines(provision) ? Exit.ok : Exit.failed;
        return;
      }
      let good = nodeLine();
      for (const board of ROW_NAMES.filter(isFirst)) good = boardLines(board) && good;
      good = (await loopbackLine()) && good;
      good = serialPortLines() && good;
      process.exitCode = good ? Exit.ok : Exit.noBoard;
    });
}

function line(present: boolean, text: string): boolean {
  process.stdout.write(`${present ? "ok      " : "missing "} ${text}\n`);
  return present;
}

/** True when this machine has what each board of a rig file needs. Throws a RigError. */
function rigLines(file: string): boolean {
  const { boards } = readRigFile(file);
  let good = true;
  for (const [name, entry] of Object.entries(boards))
    for (const { present, text } of checksOf(entry))
      good = line(present, `board ${name}: ${text}`) && good;
  return good;
}

/** True when a device would take the whole text. */
function provisionLines(file: string): boolean {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RigError(Exit.usage, error instanceof Error ? error.message : `cannot read ${file}`);
  }
  const findings = checkProvision(text);
  for (const { good, text: said } of findings)
    process.stdout.write(`${good ? "ok      " : "refused "} ${said}\n`);
  return findings.every(({ good }) => good);
}

function nodeLine(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return line(
    major > 20 || (major === 20 && minor >= 11),
    `Node.js ${process.versions.node} (20.11 or later)`,
  );
}

/** True for the first of the boards that are built with the same tools. */
function isFirst(board: BoardName): boolean {
  const { tools } = ROWS[board];
  return ROW_NAMES.find((name) => ROWS[name].tools === tools) === board;
}

function boardLines(board: BoardName): boolean {
  const checks = check(board);
  for (const { what, present, debian } of checks)
    line(present, `board ${board}: ${what}${present ? "" : ` (Debian package ${debian})`}`);
  const missing = checks.filter(({ present }) => !present).map(({ debian }) => debian);
  if (missing.length > 0) process.stdout.write(`         type: ${installLine(missing)}\n`);
  return missing.length === 0;
}

/** A board need not be there, but a port that may not be used is a fault. */
function serialPortLines(): boolean {
  const ports = serialPorts();
  for (const { path, id, isUsable } of ports) {
    const hint = isUsable ? "" : ' (sudo usermod -a -G dialout "$USER", then log in again)';
    line(isUsable, `serial port ${path}${id === undefined ? "" : `: ${id}`}${hint}`);
  }
  if (ports.length === 0) process.stdout.write("none     no serial port: no board by USB\n");
  return ports.every(({ isUsable }) => isUsable);
}

/** The rig's servers listen on the loopback interface only. */
function loopbackLine(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", (error) => {
      resolve(line(false, `a port on 127.0.0.1: ${error.message}`));
    });
    server.listen(0, "127.0.0.1", () => {
      server.close(() => {
        resolve(line(true, "a port on 127.0.0.1"));
      });
    });
  });
}
