/** `xs-fumo build`: firmware of a board, packed and signed. */
import type { Command } from "commander";
import { writeFileSync } from "node:fs";
import { PART_NAMES, type PartName, SMALL } from "../../../hal/xs/parts.ts";
import { type Version, versionText } from "../../../src/image/version.ts";
import { BARE_NAMES, BOARD_NAMES, BOARDS } from "../boards/boards.ts";
import { basePayload, DeltaError } from "../delta/package.ts";
import { ESP_HEADER_BYTES, espVersion } from "../espimage.ts";
import { Exit, RigError } from "../exit.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage, type ImageContent } from "../image.ts";
import {
  countOption,
  partsOption,
  sizeOption,
  uuidOption,
  versionOption,
  wordOption,
} from "../options.ts";
import { setUp } from "../setup.ts";
import { size } from "../terminal.ts";
import { developmentKey } from "../workshop.ts";
import { readKeyFile } from "../keys.ts";
import { readInput } from "./pack.ts";

/** What can be built here; `esp32` is built by the Moddable SDK, and packed here. */
const BUILT = [...BOARD_NAMES, "esp32"] as const;

interface BuildOptions {
  readonly board: (typeof BUILT)[number];
  readonly app?: string;
  readonly version: Version;
  readonly key?: string;
  readonly vendor?: Uint8Array;
  readonly class?: Uint8Array;
  readonly counter: number;
  readonly size: number;
  readonly after?: string;
  readonly without: readonly PartName[];
  readonly output: string;
}

export function addBuild(program: Command): void {
  program
    .command("build")
    .description("build the firmware of a board, packed and signed")
    .requiredOption("--board <board>", `one of ${BUILT.join(", ")}`, wordOption(BUILT))
    .option("--app <file>", "board esp32: the application as the SDK has built it, xs_esp32.bin")
    .requiredOption("--version <version>", "MAJOR.MINOR.REVISION", versionOption)
    .option(
      "--key <file>",
      "private key of the vendor (default: the development key of this checkout)",
    )
    .option(
      "--vendor <uuid>",
      "vendor identifier, as in the identity of the devices (default: that of a development board)",
      uuidOption,
    )
    .option("--class <uuid>", "class identifier, likewise", uuidOption)
    .option("--counter <number>", "security counter", countOption, 1)
    .option("--size <bytes>", "pad the firmware to this size at least, e.g. 4MiB", sizeOption, 0)
    .option(
      "--after <file>",
      "the package that devices run, of an XS board: what is the same keeps its place and its " +
        "identifiers, so that a delta from it is small",
    )
    .option(
      "--without <parts>",
      `parts that it does without, of an XS board: of ${PART_NAMES.join(", ")}; ` +
        `small: ${SMALL.join(",")}`,
      partsOption,
      [],
    )
    .requiredOption("-o, --output <file>", "where to write the package")
    .addHelpText(
      "after",
      `
Examples:
  xs-fumo build --board host --version 2.0.0 -o v2.img
  xs-fumo build --board host --version 2.1.0 --after v2.img -o v2.1.img
  xs-fumo build --board qemu --version 2.0.0 --without push,tnds -o v2.img
  xs-fumo build --board esp32 --version 2.0.0 --app xs_esp32.bin --key vendor.pem \\
    --vendor 7e5ad75a-3a5d-4d5e-9a9f-0d6d0a1b2c3d \\
    --class 1d027756-0c84-4a2b-8d67-903e6b521402 -o v2.img`,
    )
    .action((options: BuildOptions) => {
      const { content, text } = contentOf(options);
      const image = buildImage({
        ...content,
        vendorId: options.vendor ?? content.vendorId,
        classId: options.class ?? content.classId,
        version: options.version,
        securityCounter: options.counter,
        key: options.key === undefined ? developmentKey() : readKeyFile(options.key),
      });
      writeFileSync(options.output, image);
      process.stdout.write(
        `${options.output}: ${text}, version ${versionText(options.version)}, ` +
          `${size(image.length)}\n`,
      );
    });
}

type Content = Pick<ImageContent, "payload" | "vendorId" | "classId" | "headerSize">;

/** Boards whose firmware has bytecode that is made here, and those that build after a release. */
const XS_BOARDS: ReadonlySet<string> = new Set(["host", ...BARE_NAMES, "esp32-fake"]);
const AFTER: ReadonlySet<string> = new Set(["host", ...BARE_NAMES]);

function payloadOf(image: Buffer, path: string): Buffer {
  try {
    return basePayload(image);
  } catch (error) {
    if (error instanceof DeltaError)
      throw new RigError(Exit.usage, `--after ${path}: ${error.message}`);
    throw error;
  }
}

/** What goes into the package, and a word for it. Throws a RigError. */
function contentOf({ board: name, app, version, size: sizeMin, after, without }: BuildOptions): {
  readonly content: Content;
  readonly text: string;
} {
  if (after !== undefined && !AFTER.has(name))
    throw new RigError(Exit.usage, `--after is for boards ${[...AFTER].join(", ")}, not ${name}`);
  if (without.length > 0 && !XS_BOARDS.has(name))
    throw new RigError(
      Exit.usage,
      `--without is for boards ${[...XS_BOARDS].join(", ")}, not ${name}`,
      "with the Moddable SDK the application's manifest says it: src/PARTS.md",
    );
  if (name === "esp32") return espContent(app, version);
  setUp(name, (text) => {
    process.stderr.write(`${text}\n`);
  });
  const board = BOARDS[name];
  const { vendorId, classId, headerSize } = board;
  const previous = after === undefined ? undefined : payloadOf(readInput(after), after);
  return {
    content: {
      payload: board.firmware(version, sizeMin, { previous, without }),
      vendorId,
      classId,
      headerSize,
    },
    text: `board ${name}${without.length > 0 ? ` without ${without.join(", ")}` : ""}`,
  };
}

/**
 * The image that the chip's boot loader starts, behind a header of one erase block. Its own version
 * is what the device will tell.
 */
function espContent(
  app: string | undefined,
  version: Version,
): { readonly content: Content; readonly text: string } {
  if (app === undefined) {
    throw new RigError(
      Exit.usage,
      "board esp32 wants --app FILE: the application that mcconfig has built",
      "hal/esp32/README.md says how",
    );
  }
  const payload = readInput(app);
  const own = espVersion(payload);
  if (own === undefined)
    throw new RigError(Exit.usage, `${app} is no application image of ESP-IDF`);
  if (own !== versionText(version)) {
    throw new RigError(
      Exit.usage,
      `${app} says that it is version ${own}, not ${versionText(version)}`,
      "CONFIG_APP_PROJECT_VER sets it",
    );
  }
  const content = {
    payload,
    vendorId: VENDOR_ID,
    classId: CLASS_ID.esp32,
    headerSize: ESP_HEADER_BYTES,
  };
  return {
    content,
    text: `${size(payload.length)} of ${app} behind a header of ${ESP_HEADER_BYTES} bytes`,
  };
}
