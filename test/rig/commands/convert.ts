/**
 * `xs-fumo decode` and `xs-fumo encode`: documents of OMA DM between WBXML and XML that people can
 * read, and download descriptors.
 */
import type { Command } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { decode, encode, fromDump, type Problem, toDump } from "../decode/decode.ts";
import { Exit, RigError } from "../exit.ts";
import { readInput } from "./pack.ts";

interface ConvertOptions {
  readonly hex?: true;
  readonly lenient?: true;
  readonly output?: string;
}

const EXPLANATION = `
Documents: SyncML messages of OMA DM; tree descriptions (DDF, TNDS); download descriptors (XML
only); notifications (package 0); OMA Client Provisioning; bootstrap messages, alone or with the
header of WAP push.
FILE may be - for standard input, and may be in either encoding.
Data of format bin is base64 in XML and opaque in WBXML.
Exit status 5 means that the document is malformed, and the error names byte and reason. With
--lenient it means that nothing of the document can be read.`;

export function addDecode(program: Command): void {
  program
    .command("decode")
    .description("show a WBXML document as indented XML, and check it")
    .argument("<file>", "the document, or - for standard input")
    .option("--hex", "the file holds hexadecimal digits")
    .option("--lenient", "show what can be read, and say what is wrong on standard error")
    .option("-o, --output <file>", "write to a file (default: standard output)")
    .addHelpText(
      "after",
      `${EXPLANATION}

Examples:
  xs-fumo decode message.wbxml
  xs-fumo decode --hex push.txt                  a whole push, as a gateway logs it
  echo 02a4016a006d6c7103312e3200010101 | xs-fumo decode --hex --lenient -`,
    )
    .action((file: string, options: ConvertOptions) => {
      run(file, options, "xml");
    });
}

export function addEncode(program: Command): void {
  program
    .command("encode")
    .description("write an XML document as WBXML, and check it")
    .argument("<file>", "the document, or - for standard input")
    .option("--hex", "write hexadecimal digits")
    .option(
      "--lenient",
      "read over a document type, leave out elements that no DTD has, and say so on standard error",
    )
    .option("-o, --output <file>", "write to a file (default: standard output)")
    .addHelpText(
      "after",
      `${EXPLANATION}

Examples:
  xs-fumo encode message.xml -o message.wbxml
  xs-fumo encode --hex message.xml`,
    )
    .action((file: string, options: ConvertOptions) => {
      run(file, options, "wbxml");
    });
}

function run(file: string, options: ConvertOptions, encoding: "xml" | "wbxml"): void {
  const lenient = options.lenient === true;
  const input = file === "-" ? readFileSync(0) : readInput(file);
  const document =
    encoding === "xml" && options.hex === true ? fromDump(input.toString("latin1")) : input;
  if (document === undefined)
    throw new RigError(Exit.usage, `${file} does not hold hexadecimal digits`);
  const { output, problems } = converted(document, options, encoding);
  const lines = problems.map(
    ({ offset, reason }) => `${file}: malformed at byte ${offset}: ${reason}`,
  );
  if (lines.length > 0 && (!lenient || output.length === 0)) {
    throw new RigError(Exit.protocol, lines[0] ?? "", hintFor(input, options));
  }
  for (const line of lines) process.stderr.write(`${line}\n`);
  const written = encoding === "xml" ? `${output}\n` : output;
  if (options.output === undefined) writeFileSync(1, written);
  else writeFileSync(options.output, written);
}

/** What to do about a document that is malformed. */
function hintFor(input: Buffer, { hex, lenient }: ConvertOptions): string | undefined {
  const digits = hex !== true && (fromDump(input.toString("latin1"))?.length ?? 0) > 0;
  if (digits) return "the file holds hexadecimal digits: --hex reads them";
  return lenient === true ? undefined : "--lenient shows what can be read";
}

function converted(
  document: Uint8Array,
  options: ConvertOptions,
  encoding: "xml" | "wbxml",
): { readonly output: string | Uint8Array; readonly problems: readonly Problem[] } {
  const lenient = options.lenient === true;
  if (encoding === "xml") {
    const { xml, problems } = decode(document, { lenient });
    return { output: xml, problems };
  }
  const { bytes, problems } = encode(document, { lenient });
  return { output: options.hex === true ? toDump(bytes) : bytes, problems };
}
