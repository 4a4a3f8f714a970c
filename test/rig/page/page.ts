/**
 * `--page` and `--report` of the commands: the run as a page in a browser, live, and as one file
 * that opens from disk.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { root } from "../../root.ts";
import type { Recorded } from "../events/event.ts";
import type { EventLog } from "../events/log.ts";
import { countOption } from "../options.ts";
import { pageHtml } from "./html.ts";
import { type LivePage, type Orders, servePage } from "./server.ts";

/** What the options say. `page`: true without a port. */
export interface PageFlags {
  readonly page?: true | number;
  readonly report?: string;
}

/** Adds `--page` and `--report` to a command. */
export function addPageOptions(command: Command): Command {
  return command
    .option(
      "--page [port]",
      "show the run in a browser, on a page of 127.0.0.1, and stay until interrupted",
      countOption,
    )
    .option("--report <file>", "write the run as one HTML file, which opens from disk");
}

const OURS = /^--(page|report)(=|$)/;

/** Returns the command line that runs, without what concerns the page and without secrets. */
function commandLine(log: EventLog): string {
  const words: string[] = [];
  const all = process.argv.slice(2);
  for (let i = 0; i < all.length; i++) {
    const word = all[i] ?? "";
    if (!OURS.test(word)) words.push(/^[\w./:=@+-]+$/.test(word) ? word : `'${word}'`);
    else if (!word.includes("=") && !(all[i + 1] ?? "-").startsWith("-")) i++;
  }
  return log.secrets.masked(`xs-fumo ${words.join(" ")}`);
}

function configOf(command: string): { readonly command: string; readonly version: string } {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  return { command, version };
}

/**
 * Writes the events of a run, which `command` made, as one file of HTML. Throws when the file
 * cannot be written.
 */
export function writeReport(path: string, command: string, events: readonly Recorded[]): void {
  writeFileSync(path, pageHtml({ ...configOf(command), orders: [] }, events));
}

/**
 * Does what the options say: serves the page and says its URL, and writes the report when the
 * process ends, however it ends. Undefined without `--page`.
 */
export async function openPage(
  flags: PageFlags,
  log: EventLog,
  orders: Orders = {},
): Promise<LivePage | undefined> {
  const { page, report } = flags;
  if (report !== undefined)
    process.once("exit", () => {
      writeReport(report, commandLine(log), log.events);
    });
  if (page === undefined) return undefined;
  const port = page === true ? 0 : page;
  const live = await servePage({ log, port, orders, config: configOf(commandLine(log)) });
  process.stderr.write(`page: ${live.url}\n`);
  return live;
}

/** Resolves when the process is asked to end, by Ctrl-C or SIGTERM. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
  });
}
