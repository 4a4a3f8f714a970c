/** What devices and servers write, on its way to a person's terminal and to the log of a run. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { EventLog } from "../../rig/events/log.ts";
import { clipped, printable } from "../../rig/printable.ts";
import { parseSerial } from "../../rig/serial.ts";
import { terminal } from "../../rig/terminal.ts";

const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/;
const HOSTILE = `a\u001b[2Jb\u009b1mc\u0085\u2028d\u007f${"x".repeat(400)}`;

/** What is written to standard output meanwhile. */
function written(work: () => void): string {
  const { write } = process.stdout;
  let text = "";
  process.stdout.write = (part: string | Uint8Array): boolean => {
    text += String(part);
    return true;
  };
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return text;
}

test("text from devices and servers reaches a terminal cut, without controls", () => {
  for (const json of [false, true]) {
    const text = written(() => {
      const log = new EventLog("host");
      log.view(terminal({ quiet: false, json, verbose: true }));
      log.emit({ kind: "serial", line: HOSTILE });
      log.emit({ kind: "warning", text: HOSTILE });
      log.emit({ kind: "note", text: HOSTILE }, "server");
      log.emit({ kind: "user", text: HOSTILE });
      log.emit({ kind: "session", id: "1", outcome: "aborted", detail: HOSTILE });
    });
    ok(!CONTROLS.test(text), JSON.stringify(text));
    const lines = text.trimEnd().split("\n");
    strictEqual(lines.length, 5);
    if (!json) for (const line of lines) ok(Buffer.byteLength(line) < 260, line);
  }
});

test("controls are shown by their numbers, and letters of any language as they are", () => {
  strictEqual(printable("a\nb\u0085\ud800é世𝄞"), "a\\u000ab\\u0085\\ud800é世𝄞");
  strictEqual(clipped("é".repeat(200)), `${"é".repeat(98)}…`);
  strictEqual(clipped("é".repeat(100)), "é".repeat(100));
});

test("what a session says is believed about messages and its end, and about nothing else", () => {
  const kinds = (line: string): readonly string[] => parseSerial(line).map(({ kind }) => kind);
  deepStrictEqual(kinds("[   1.000] I session: State 100 Update Successful"), ["serial"]);
  deepStrictEqual(kinds("[   1.000] D session: version 9 runs from slot 1, reset by power"), [
    "serial",
  ]);
  deepStrictEqual(kinds("[   1.000] I session: 5 of 5 bytes"), ["serial"]);
  deepStrictEqual(kinds("[   1.000] W session: x [   2.000] I update: State 100 Done"), [
    "serial",
    "warning",
  ]);
  deepStrictEqual(kinds("[   1.000] I session: session a b completed: 1 messages"), ["serial"]);
  deepStrictEqual(kinds("[   1.000] I session: session 1A2B completed: 1 messages"), [
    "serial",
    "session",
  ]);
});
