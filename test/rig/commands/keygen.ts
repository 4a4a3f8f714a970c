/** `xs-fumo keygen`: a vendor's key pair. */
import type { Command } from "commander";
import { existsSync } from "node:fs";
import { Exit, RigError } from "../exit.ts";
import { generateKey, spkiOf, writeKey } from "../keys.ts";
import { wordOption } from "../options.ts";

export function addKeygen(program: Command): void {
  program
    .command("keygen")
    .description(
      "make a vendor key: the private half signs packages, the public half goes into devices",
    )
    .option("--type <type>", "ed25519 or p256", wordOption(["ed25519", "p256"]), "ed25519")
    .requiredOption(
      "-o, --output <file>",
      "where to write the private key (PEM, readable by you alone)",
    )
    .addHelpText("after", "\nExample:\n  xs-fumo keygen -o vendor.pem")
    .action((options: { type: "ed25519" | "p256"; output: string }) => {
      if (existsSync(options.output)) {
        throw new RigError(
          Exit.usage,
          `${options.output} exists`,
          "a vendor key is not overwritten: choose another name, or move it away",
        );
      }
      const key = generateKey(options.type);
      writeKey(options.output, key);
      process.stdout.write(
        `private key  ${options.output}\npublic key   ${spkiOf(key).toString("base64")}\n`,
      );
    });
}
