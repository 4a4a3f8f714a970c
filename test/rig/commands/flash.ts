/**
 * `xs-fumo flash`: writes boot loader, partition table, provisioning and application to an
 * ESP32-class board over its serial port.
 */
import type { Command } from "commander";
import type { FlashOptions } from "../flash/flash.ts";
import { benchOptions } from "../flash/options.ts";

export function addFlash(program: Command): void {
  const command = program
    .command("flash")
    .description(
      "flash an ESP32-class board over its serial port: boot loader, partition table, " +
        "provisioning, application",
    )
    .requiredOption("--port <device>", "the serial port, such as /dev/ttyUSB0")
    .requiredOption("--app <file>", "the application as the SDK builds it, xs_esp32.bin")
    .option("--boot <file>", "the boot loader (default: the board keeps its own)")
    .option(
      "--partitions <file>",
      "the partition table, CSV or binary (default: the board keeps its own)",
    )
    .option("--provision <file>", "the provisioning, JSON (default: the board keeps its own)")
    .option("--erase", "erase the whole flash first (default: erase only what is written)");
  benchOptions(command)
    .addHelpText(
      "after",
      `
The command checks files, chip, fuses, partition table and size of the flash before it writes
anything. It verifies each part by its MD5, and skips parts that are already in place. NVS keeps
its other entries. If a board does not enter its ROM loader by itself: hold BOOT, press and
release RESET, release BOOT.

Examples:
  xs-fumo flash --port /dev/ttyUSB0 --boot bootloader.bin \\
    --partitions hal/esp32/partitions-4mb.csv \\
    --app xs_esp32.bin --provision provision.json         a new board
  xs-fumo flash --port /dev/ttyUSB0 --app xs_esp32.bin    another application, started from slot 0`,
    )
    .action(async (options: FlashOptions) => {
      const { flash } = await import("../flash/flash.ts");
      await flash(options);
    });
}
