/**
 * A run told line by line: each operation, boot, log line and word of the server, in order; and all
 * of it, with every byte that reached a flash, in one digest. Two engines that run one replay id
 * tell the same, or one of them is wrong.
 */
import { hex } from "../../../src/base/bytes.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Site } from "./site.ts";

/** How a run ended. As JSON it is the last line of what another engine prints. */
export interface Ending {
  /** What did not hold; absent when everything did. */
  readonly problem?: string;
  readonly operations: number;
  readonly boots: number;
  readonly cuts: number;
  /** Of all that happened, and of what is durable in the end. */
  readonly told: string;
  readonly durable: string;
}

/** Lines that are in the digest, and only printed where somebody wants to see each operation. */
export type Detail = "operation" | "event";

/** Runs a site to its end. Never throws for what happens in it. */
export function chronicle(site: Site, print: (line: string, detail: Detail) => void): Ending {
  const { power, board, witness } = site;
  const hash = new Sha256();
  const digest = new Uint8Array(32);
  const tell = (line: string, detail: Detail = "event"): void => {
    hash.update(utf8(line));
    print(line, detail);
  };
  power.onOperation = (kind, cut) => {
    const line = `  operation ${power.operations}: ${kind}`;
    if (cut === undefined) tell(line, "operation");
    else tell(`${line}, and power fails in it (${cut})`);
  };
  for (const flash of board.parts) {
    flash.onChange = (from, to) => {
      hash.update(flash.bytes.subarray(from, to));
    };
  }
  witness.onLine = (text) => {
    tell(`  ${text}`);
  };
  witness.onEvent = (event) => {
    tell(`    server: ${JSON.stringify(event)}`);
  };
  witness.onBoot = () => {
    const { slot, state } = board.boot.log;
    tell(
      `boot ${witness.boots}, after operation ${power.operations}: slot ${slot} is confirmed, ` +
        `${state}`,
    );
  };
  const problem = problemOf(site);
  hash.digest(digest);
  return {
    ...(problem === undefined ? {} : { problem }),
    operations: power.operations,
    boots: witness.boots,
    cuts: witness.cuts,
    told: hex(digest.subarray(0, 8)),
    durable: site.digest(),
  };
}

function problemOf(site: Site): string | undefined {
  try {
    site.run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
