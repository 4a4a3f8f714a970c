/** Options that `flash` and `provision` share. */
import type { Command } from "commander";
import { countOption, wordOption } from "../options.ts";
import { type Chip, type ChipName, CHIPS } from "./chips.ts";

export interface BenchOptions {
  readonly port: string;
  readonly baud: number;
  readonly chip?: ChipName;
  readonly partitions?: string;
  readonly reset: boolean;
  readonly limit: number;
  readonly newNvs?: true;
  readonly yesEncrypted?: true;
  readonly quiet?: true;
  readonly json?: true;
  readonly log?: string;
}

/** ESP-IDF's own default. */
const FLASH_BAUD = 460_800;
const LIMIT_SECONDS = 30;

/** Adds the options that both commands take, except `--port`. */
export function benchOptions(command: Command): Command {
  return command
    .option("--baud <rate>", "speed of the data", countOption, FLASH_BAUD)
    .option(
      "--chip <chip>",
      `refuse any other chip: ${CHIPS.map(({ name }) => name).join(", ")}`,
      wordOption(CHIPS.map(({ name }) => name)),
    )
    .option("--no-reset", "do not touch DTR and RTS: the board is in its ROM loader already")
    .option(
      "--limit <seconds>",
      "how long to wait for the board; then end with status 42",
      countOption,
      LIMIT_SECONDS,
    )
    .option("--new-nvs", "replace NVS, and lose its other entries")
    .option("--yes-encrypted", "continue although secure boot or flash encryption is enabled")
    .option("--quiet", "print the result and warnings only")
    .option("--json", "print events as NDJSON")
    .option("--log <file>", "write all events to a file, as NDJSON");
}

export function chipOption({ chip }: BenchOptions): Chip | undefined {
  return CHIPS.find(({ name }) => name === chip);
}
