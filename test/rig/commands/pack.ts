/**
 * `xs-fumo pack`: any payload made into a signed package, and signed packages made smaller: as a
 * delta from the image that devices run, or compressed.
 */
import { type Command, Option } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { parseImageHeader } from "../../../src/image/imageheader.ts";
import { type Version, versionText } from "../../../src/image/version.ts";
import { DeltaError, deltaPackage, SHARE_MAX } from "../delta/package.ts";
import { Exit, RigError } from "../exit.ts";
import { VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { readKeyFile } from "../keys.ts";
import { countOption, uuidOption, versionOption } from "../options.ts";
import { size } from "../terminal.ts";

interface PackOptions {
  readonly version?: Version;
  readonly key?: string;
  readonly vendor: Uint8Array;
  readonly class?: Uint8Array;
  readonly deltaFrom?: string;
  readonly compress?: true;
  readonly counter: number;
  readonly output: string;
}

export function addPack(program: Command): void {
  program
    .command("pack")
    .description("make a signed package (MCUboot image) of a payload, or a signed package smaller")
    .argument("<file>", "the payload; with --delta-from and --compress a signed package")
    .option("--version <version>", "MAJOR.MINOR.REVISION of the firmware", versionOption)
    .option("--key <file>", "private key of the vendor (PEM; xs-fumo keygen makes one)")
    .option("--class <uuid>", "class identifier of the devices that may take it", uuidOption)
    .addOption(
      new Option("--vendor <uuid>", "vendor identifier")
        .argParser(uuidOption)
        .default(VENDOR_ID, "that of the project's development boards"),
    )
    .option("--counter <number>", "security counter", countOption, 1)
    .addOption(
      new Option(
        "--delta-from <package>",
        "make a delta package for devices that run this one",
      ).conflicts(SIGNED),
    )
    .addOption(
      new Option("--compress", "make a compressed package, for any device").conflicts([
        "deltaFrom",
        ...SIGNED,
      ]),
    )
    .requiredOption("-o, --output <file>", "where to write the package")
    .addHelpText(
      "after",
      `
Examples:
  xs-fumo pack app.bin --version 2.0.0 --key vendor.pem \\
    --class 1d027756-0c84-4a2b-8d67-903e6b521402 -o v2.img
  xs-fumo pack v2.img --delta-from v1.img -o v1-to-v2.xdp
  xs-fumo pack v2.img --compress -o v2.xdp`,
    )
    .action((file: string, options: PackOptions) => {
      const input = readInput(file);
      const isSmaller = options.deltaFrom !== undefined || options.compress === true;
      const made = isSmaller ? smaller(input, options) : signed(input, options);
      writeFileSync(options.output, made);
      const version = isSmaller ? parseImageHeader(input)?.version : options.version;
      const text = version === undefined ? "" : `version ${versionText(version)}, `;
      process.stdout.write(`${options.output}: ${text}${size(made.length)}\n`);
    });
}

/** Options that say what is signed: of no use where nothing is. */
const SIGNED = ["version", "key", "class"];

function signed(payload: Buffer, options: PackOptions): Buffer {
  const { version, key } = options;
  if (version === undefined) throw missing("--version <version>");
  if (key === undefined) throw missing("--key <file>");
  if (options.class === undefined) throw missing("--class <uuid>");
  return buildImage({
    payload,
    version,
    securityCounter: options.counter,
    vendorId: options.vendor,
    classId: options.class,
    key: readKeyFile(key),
  });
}

function missing(option: string): RigError {
  return new RigError(
    Exit.usage,
    `required option '${option}' not specified`,
    "only --delta-from and --compress go without: they take a package that is signed",
  );
}

function smaller(image: Buffer, { deltaFrom }: PackOptions): Buffer {
  try {
    const compressed = deltaPackage(image);
    if (deltaFrom === undefined) return compressed;
    const delta = deltaPackage(image, readInput(deltaFrom));
    if (delta.length <= compressed.length * SHARE_MAX) return delta;
    throw new RigError(
      Exit.failed,
      `the delta has ${size(delta.length)}, and ${size(compressed.length)} do without a base`,
      "the images have little in common: use --compress",
    );
  } catch (error) {
    throw refused(error);
  }
}

/** What is thrown for a package that no delta can be made of, or from; anything else stays. */
export function refused(error: unknown): unknown {
  return error instanceof DeltaError
    ? new RigError(Exit.usage, error.message, "xs-fumo pack and build make packages")
    : error;
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
