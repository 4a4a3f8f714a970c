/**
 * `xs-fumo provision`: writes the provisioning of an ESP32-class board, or shows it without its
 * secrets.
 */
import type { Command } from "commander";
import { benchOptions } from "../flash/options.ts";
import type { ProvisionOptions } from "../flash/provision.ts";
import { sizeOption } from "../options.ts";

export function addProvision(program: Command): void {
  const command = program
    .command("provision")
    .description("write the provisioning of an ESP32-class board, or show it without its secrets")
    .argument("[file]", "the provisioning, JSON (default: show the board's)")
    .option("--port <device>", "the serial port, such as /dev/ttyUSB0")
    .option("--image <file>", "an image of the NVS partition instead of a board")
    .option("--size <bytes>", "size of a new image: that of the partition", sizeOption, 0x5000)
    .option("--partitions <file>", "the partition table (default: read from the board)");
  benchOptions(command)
    .addHelpText(
      "after",
      `
The text is checked before it is written, and verified afterwards. NVS keeps its other entries.

Examples:
  xs-fumo provision provision.json --port /dev/ttyUSB0     write it
  xs-fumo provision --port /dev/ttyUSB0                    show the board's
  xs-fumo provision provision.json --image nvs.bin         an image for other flashing tools`,
    )
    .action(async (file: string | undefined, options: ProvisionOptions) => {
      const { provision } = await import("../flash/provision.ts");
      await provision(file, options);
    });
}
