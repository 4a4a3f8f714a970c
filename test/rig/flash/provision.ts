/** Writes the provisioning of a board or of an NVS image, or shows it without its secrets. */
import { existsSync, writeFileSync } from "node:fs";
import { readInput } from "../commands/pack.ts";
import { Exit, RigError } from "../exit.ts";
import { size } from "../terminal.ts";
import {
  boardTable,
  checkFlash,
  NVS_HALF,
  nvsEntries,
  nvsWith,
  openLog,
  readNvs,
  withBoard,
} from "./bench.ts";
import { encodeNvs } from "./nvs.ts";
import { type BenchOptions, chipOption } from "./options.ts";
import { readProvision, masked, provisionOf, withProvision } from "./provisioning.ts";

export interface ProvisionOptions extends Omit<BenchOptions, "port"> {
  readonly port?: string;
  readonly image?: string;
  readonly size: number;
}

/** Throws a RigError: a usage error before the board is touched. */
export async function provision(
  file: string | undefined,
  options: ProvisionOptions,
): Promise<void> {
  const { port, image } = options;
  if ((port === undefined) === (image === undefined)) {
    throw new RigError(
      Exit.usage,
      "give either --port or --image",
      "xs-fumo help provision has examples",
    );
  }
  const text = file === undefined ? undefined : readProvision(readInput(file), file);
  if (image !== undefined) {
    if (text === undefined) showImage(image);
    else writeImage(image, text, options);
  } else if (port !== undefined) {
    if (text === undefined) await show({ ...options, port });
    else await write({ ...options, port }, text);
  }
}

function showImage(image: string): void {
  const text = provisionOf(nvsEntries(readInput(image), image));
  if (text === undefined) throw none(image);
  process.stdout.write(`${masked(text)}\n`);
}

function none(where: string): RigError {
  return new RigError(
    Exit.failed,
    `${where} has no provisioning: NVS has no string "provision" in namespace "xs-fumo"`,
    "write it: xs-fumo provision FILE",
  );
}

/** An existing image keeps its other entries, as a board does. */
function writeImage(image: string, text: string, options: ProvisionOptions): void {
  const before =
    existsSync(image) && options.newNvs !== true
      ? readInput(image)
      : Buffer.alloc(options.size, 0xff);
  const entries = nvsEntries(before, image);
  try {
    writeFileSync(image, encodeNvs(withProvision(entries, text, false), before.length));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new RigError(Exit.usage, `cannot write ${image}: ${said}`);
  }
  process.stdout.write(`${image}: NVS of ${size(before.length)} with the provisioning\n`);
}

type BoardOptions = ProvisionOptions & BenchOptions;

async function write(options: BoardOptions, text: string): Promise<void> {
  const log = openLog(options, "esp32");
  await withBoard(
    options,
    log,
    { chip: chipOption(options), writes: true },
    async (loader, course) => {
      const { layout } = await boardTable(options, loader);
      checkFlash(loader, layout);
      const bytes = await nvsWith(text, options, loader, layout, false);
      await course.write(
        loader,
        { what: "provisioning", offset: layout.nvs.offset, bytes, half: NVS_HALF },
        log,
      );
      log.emit({ kind: "end", status: Exit.ok, text: `Provisioned: ${options.port}.` });
    },
  );
}

async function show(options: BoardOptions): Promise<void> {
  const json = options.json === true;
  // Prints the provisioning and nothing else, so that it can go into a pipe.
  const log = openLog({ ...options, quiet: true }, "esp32");
  await withBoard(options, log, { chip: chipOption(options), writes: false }, async (loader) => {
    const { layout } = await boardTable(options, loader);
    const text = provisionOf(await readNvs(loader, layout));
    if (text === undefined) throw none(options.port);
    if (json) log.emit({ kind: "note", text: masked(text) });
    else process.stdout.write(`${masked(text)}\n`);
  });
}
