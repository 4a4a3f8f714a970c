/** `xs-fumo pack`: any payload made into a signed package. */
import { type Command, Option } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { type Version, versionText } from "../../../src/image/version.ts";
import { Exit, RigError } from "../exit.ts";
import { VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { readKeyFile } from "../keys.ts";
import { countOption, uuidOption, versionOption } from "../options.ts";
import { size } from "../terminal.ts";

interface PackOptions {
  readonly version: Version;
  readonly key: string;
  readonly vendor: Uint8Array;
  readonly class: Uint8Array;
  readonly counter: number;
  readonly output: string;
}

export function addPack(program: Command): void {
  program
    .command("pack")
    .description("make a signed package (MCUboot image) of a payload")
    .argument("<payload>", "the file to pack")
    .requiredOption("--version <version>", "MAJOR.MINOR.REVISION of the firmware", versionOption)
    .requiredOption("--key <file>", "private key of the vendor (PEM; xs-fumo keygen makes one)")
    .requiredOption(
      "--class <uuid>",
      "class identifier of the devices that may take it",
      uuidOption,
    )
    .addOption(
      new Option("--vendor <uuid>", "vendor identifier")
        .argParser(uuidOption)
        .default(VENDOR_ID, "that of the project's development boards"),
    )
    .option("--counter <number>", "security counter", countOption, 1)
    .requiredOption("-o, --output <file>", "where to write the package")
    .addHelpText(
      "after",
      `
Example:
  xs-fumo pack app.bin --version 2.0.0 --key vendor.pem \\
    --class 1d027756-0c84-4a2b-8d67-903e6b521402 -o v2.img`,
    )
    .action((payload: string, options: PackOptions) => {
      const image = buildImage({
        payload: readInput(payload),
        version: options.version,
        securityCounter: options.counter,
        vendorId: options.vendor,
        classId: options.class,
        key: readKeyFile(options.key),
      });
      writeFileSync(options.output, image);
      process.stdout.write(
        `${options.output}: version ${versionText(options.version)}, ${size(image.length)}\n`,
      );
    });
}

/** The bytes of a file that the user named. */
export function readInput(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new RigError(
      Exit.usage,
      `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
