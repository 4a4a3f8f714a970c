/** Lines of a console, however its bytes are divided. */
import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { ConsoleLines } from "../../rig/consolelines.ts";

const TEXT = "grüße\r\n日本\n𝄞 and a tail\n";

test("a character that is divided between two reads stays whole, wherever that is", () => {
  const bytes = Buffer.from(TEXT);
  for (let first = 0; first <= bytes.length; first++)
    for (let second = first; second <= bytes.length; second++) {
      const lines: string[] = [];
      const console = new ConsoleLines((line) => lines.push(line));
      for (const part of [
        bytes.subarray(0, first),
        bytes.subarray(first, second),
        bytes.subarray(second),
      ])
        console.take(part);
      deepStrictEqual(lines, ["grüße", "日本", "𝄞 and a tail"], `divided at ${first}, ${second}`);
    }
});

test("what was about to be said when the board went off is no part of its next line", () => {
  const lines: string[] = [];
  const console = new ConsoleLines((line) => lines.push(line));
  console.take(Buffer.from("half a line ü").subarray(0, -1));
  console.drop();
  console.take(Buffer.from("whole\n"));
  deepStrictEqual(lines, ["whole"]);
});
