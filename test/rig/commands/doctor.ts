/**
 * `xs-fumo doctor`: what this machine has for each board, what is missing, and the line to type.
 */
import type { Command } from "commander";
import { createServer } from "node:net";
import { Exit } from "../exit.ts";
import { check, installLine, REQUIREMENTS, type BoardName } from "../setup.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("tell what this machine has for each board, and what to install")
    .action(async () => {
      const boards: readonly BoardName[] = ["sim", "host", "qemu"];
      let good = nodeLine();
      for (const board of boards) good = boardLines(board) && good;
      good = (await loopbackLine()) && good;
      process.exitCode = good ? Exit.ok : Exit.noBoard;
    });
}

function line(present: boolean, text: string): boolean {
  process.stdout.write(`${present ? "ok      " : "missing "} ${text}\n`);
  return present;
}

function nodeLine(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return line(
    major > 20 || (major === 20 && minor >= 11),
    `Node.js ${process.versions.node} (20.11 or later)`,
  );
}

function boardLines(board: BoardName): boolean {
  if (REQUIREMENTS[board].length === 0)
    return line(true, `board ${board}: nothing besides Node.js`);
  const checks = check(board);
  for (const { what, present, debian } of checks)
    line(present, `board ${board}: ${what}${present ? "" : ` (Debian package ${debian})`}`);
  const missing = checks.filter(({ present }) => !present).map(({ debian }) => debian);
  if (missing.length > 0) process.stdout.write(`         type: ${installLine(missing)}\n`);
  return missing.length === 0;
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
