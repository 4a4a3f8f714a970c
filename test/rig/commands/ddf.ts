/** `xs-fumo ddf`: the description of the device for DM servers. */
import type { Command } from "commander";
import { writeFileSync } from "node:fs";
import { ddf } from "../ddf.ts";

export function addDdf(program: Command): void {
  program
    .command("ddf")
    .description("print the description of the device (DDF), for the servers that are to manage it")
    .option("--manufacturer <text>", "DevInfo/Man of the product", "xs-fumo")
    .option("--model <text>", "DevInfo/Mod of the product", "development board")
    .option("-o, --output <file>", "where to write it; the standard output when absent")
    .addHelpText(
      "after",
      "\nExample:\n  xs-fumo ddf --manufacturer Acme --model Sensor-3 -o sensor-3.ddf.xml",
    )
    .action((options: { manufacturer: string; model: string; output?: string }) => {
      const document = ddf(options.manufacturer, options.model);
      if (options.output === undefined) process.stdout.write(document);
      else writeFileSync(options.output, document);
    });
}
