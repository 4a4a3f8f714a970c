/** `xs-fumo manifest`: what a Moddable application includes to do without parts of the client. */
import type { Command } from "commander";
import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { PART_NAMES, type PartName } from "../../../hal/xs/parts.ts";
import { manifestText, manifestWithout } from "../../manifest.ts";
import { partsOption } from "../options.ts";

export function addManifest(program: Command): void {
  program
    .command("manifest")
    .description("write the manifest of the client without some parts, for a Moddable application")
    .requiredOption(
      "--without <parts>",
      `of ${PART_NAMES.join(", ")}, with commas between them`,
      partsOption,
    )
    .requiredOption("-o, --output <file>", "where to write it; its paths lead from there")
    .addHelpText("after", "\nExample:\n  xs-fumo manifest --without push,tnds -o xs-fumo.json")
    .action(({ without, output }: { without: readonly PartName[]; output: string }) => {
      writeFileSync(output, manifestText(manifestWithout(without, dirname(resolve(output)))));
    });
}
