/** `xs-fumo build`: firmware of a board, packed and signed. */
import type { Command } from "commander";
import { writeFileSync } from "node:fs";
import { type Version, versionText } from "../../../src/image/version.ts";
import { BOARD_NAMES, BOARDS } from "../boards/boards.ts";
import { buildImage } from "../image.ts";
import { countOption, sizeOption, versionOption, wordOption } from "../options.ts";
import { setUp } from "../setup.ts";
import { size } from "../terminal.ts";
import { developmentKey } from "../workshop.ts";
import { readKeyFile } from "./pack.ts";

interface BuildOptions {
  readonly board: keyof typeof BOARDS;
  readonly version: Version;
  readonly key?: string;
  readonly counter: number;
  readonly size: number;
  readonly output: string;
}

export function addBuild(program: Command): void {
  program.command("build")
    .description("build the firmware of a board, packed and signed")
    .requiredOption("--board <board>", `one of ${BOARD_NAMES.join(", ")}`, wordOption(BOARD_NAMES))
    .requiredOption("--version <version>", "MAJOR.MINOR.REVISION", versionOption)
    .option("--key <file>", "private key of the vendor (default: the development key of this checkout)")
    .option("--counter <number>", "security counter", countOption, 1)
    .option("--size <bytes>", "pad the firmware to this size at least, e.g. 4MiB", sizeOption, 0)
    .requiredOption("-o, --output <file>", "where to write the package")
    .addHelpText("after", "\nExample:\n  xs-fumo build --board host --version 2.0.0 -o v2.img")
    .action((options: BuildOptions) => {
      setUp(options.board, (text) => { process.stderr.write(`${text}\n`); });
      const board = BOARDS[options.board];
      const image = buildImage({
        payload: board.firmware(options.version, options.size), version: options.version, securityCounter: options.counter,
        vendorId: board.vendorId, classId: board.classId, headerSize: board.headerSize,
        key: options.key === undefined ? developmentKey() : readKeyFile(options.key),
      });
      writeFileSync(options.output, image);
      process.stdout.write(`${options.output}: board ${board.name}, version ${versionText(options.version)}, ${size(image.length)}\n`);
    });
}
