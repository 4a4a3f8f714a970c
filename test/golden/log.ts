/** What golden cases say about a document: its tokens and its commands, one a line. */
import { Token, type TokenReader } from "../../src/base/token.ts";
import { hex } from "../../src/base/bytes.ts";
import { text } from "../../src/base/utf8.ts";
import type { Command, Malformed, Message } from "../../src/syncml/command.ts";

/** `offset kind what`; the last line is `end` or `error`. */
export function tokenLog(reader: TokenReader): string {
  const lines: string[] = [];
  for (;;) {
    const kind = reader.next();
    const at = String(reader.offset).padStart(4);
    if (kind === Token.open)
      lines.push(`${at} open ${reader.name()}${reader.tag === 0 ? " (unknown)" : ""}`);
    else if (kind === Token.close) lines.push(`${at} close`);
    else if (kind === Token.text) {
      const { bytes, from, to, opaque } = reader;
      lines.push(
        opaque
          ? `${at} opaque ${hex(bytes.subarray(from, to))}`
          : `${at} text ${JSON.stringify(text(bytes, from, to))}`,
      );
    } else
      return [...lines, kind === Token.end ? `${at} end` : `${at} error ${reader.problem}`].join(
        "\n",
      );
  }
}

/** Header, each command, final; or what is malformed and where. */
export function commandLog(result: Message | Malformed): string {
  if ("problem" in result) {
    return (
      `malformed at ${result.offset}: ` +
      `${result.problem}${result.header === undefined ? "" : " (after the header)"}`
    );
  }
  const lines = [
    `header ${plain(result.header)}`,
    ...result.commands.flatMap((command) => commandLines(command, "")),
  ];
  return [...lines, result.final ? "final" : "more follows"].join("\n");
}

function commandLines(command: Command, indent: string): string[] {
  const { name, cmdID, ...rest } = command;
  if (!("commands" in rest)) return [`${indent}${name} ${cmdID} ${plain(rest)}`];
  const { commands, ...other } = rest;
  return [
    `${indent}${name} ${cmdID} ${plain(other)}`,
    ...commands.flatMap((inner) => commandLines(inner, `${indent}  `)),
  ];
}

/**
 * JSON, with data as text, or in hexadecimal when it is none, and without what is empty or false.
 */
function plain(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Uint8Array) return shown(part);
    return part === false || (Array.isArray(part) && part.length === 0) ? undefined : part;
  });
}

function shown(data: Uint8Array): string {
  try {
    return text(data, 0, data.length);
  } catch {
    return `hex ${hex(data)}`;
  }
}
