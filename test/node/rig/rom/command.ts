/**
 * `xs-fumo flash` and `xs-fumo provision` as tests start them, and the boards they start them on.
 */
import { ok, strictEqual } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { decodeNvs } from "../../../rig/flash/nvs.ts";
import { Cli } from "../cli.ts";
import { HAVE_SOCAT, type RomBench, romBench } from "./bench.ts";
import { boardFiles, type BoardFiles, flashWords, SECRETS } from "./files.ts";
import type { RomLoader, RomOptions } from "./romloader.ts";

export const LIMIT_MS = 300_000;
const skip = !HAVE_SOCAT && process.env.CI === undefined && "no socat (Debian package socat)";
export const options = { skip, timeout: LIMIT_MS };

/** Where partitions-4mb.csv has its partitions. */
export const NVS_AT = 0x9000;
export const NVS_BYTES = 0x5000;
export const OTADATA_AT = 0xe000;
export const APP_AT = 0x10000;

export interface Board extends RomBench {
  readonly files: BoardFiles;
}

export async function board(context: TestContext, rom: RomOptions): Promise<Board> {
  const bench = await romBench(context, rom);
  return { ...bench, files: boardFiles(bench.directory, rom.chip) };
}

/** Runs to the end. Fails when the output has a secret of the files. */
export async function run(...words: readonly string[]): Promise<Cli & { readonly status: number }> {
  const cli = new Cli(words);
  const status = await cli.until(cli.ended, LIMIT_MS);
  silent(cli.output + cli.errors);
  return Object.assign(cli, { status });
}

/** Fails when a secret is in the text, plain, in hex or in base64. */
export function silent(text: string): void {
  for (const secret of SECRETS) {
    const bytes = Buffer.from(secret);
    for (const form of [secret, bytes.toString("hex"), bytes.toString("base64").slice(0, -4)])
      ok(!text.includes(form), `a secret was told: ${text}`);
  }
}

/** A board that has been flashed once. */
export async function flashed(
  context: TestContext,
  chip: RomOptions["chip"] = "esp32c3",
): Promise<Board> {
  const made = await board(context, { chip });
  const { status, output, errors } = await run(...flashWords(made.port, made.files), "--quiet");
  strictEqual(status, 0, output + errors);
  return made;
}

/** NVS as it is in the flash of a board. */
export function nvsOf(rom: RomLoader): Buffer {
  return rom.flash.bytes.subarray(NVS_AT, NVS_AT + NVS_BYTES);
}

/** The provisioning in an NVS, with its NUL. */
export function provisionIn(nvs: Uint8Array): string {
  const found = decodeNvs(nvs).entries.find(({ key }) => key === "provision");
  return Buffer.from(found?.data ?? []).toString("utf8");
}

/** A folder with the files of a board, without a board. */
export function filesOnly(context: TestContext): {
  readonly directory: string;
  readonly files: BoardFiles;
} {
  const directory = mkdtempSync(join(tmpdir(), "nvs-"));
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return { directory, files: boardFiles(directory, "esp32") };
}
