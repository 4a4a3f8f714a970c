/** Lines of log hold nothing that could be taken for another line, and are not long. */
import { line, lines } from "../../../src/base/line.ts";
import { LOG_TEXT_BYTES_MAX } from "../../../src/base/limits.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

/** A character by its number, also where XS would not make it of a string's escape. */
function character(code: number): string {
  if (code < 0x80) return text(Uint8Array.of(code), 0, 1);
  if (code < 0x800) return text(Uint8Array.of(0xc0 | (code >> 6), 0x80 | (code & 0x3f)), 0, 2);
  const bytes = Uint8Array.of(
    0xe0 | (code >> 12),
    0x80 | ((code >> 6) & 0x3f),
    0x80 | (code & 0x3f),
  );
  return text(bytes, 0, 3);
}

test("a text of plain characters, of any language, is the same", () => {
  for (const value of ["", "State 10 Idle", "Get ×3", "Grüße, 世界 𝄞 …", "\\u000a is typed"])
    equal(line(value), value);
});

test("every control character, and what ends a line anywhere, is escaped", () => {
  const codes = [0x2028, 0x2029];
  for (let code = 1; code < 0x20; code++) codes.push(code);
  for (let code = 0x7f; code < 0xa0; code++) codes.push(code);
  for (const code of codes) {
    const shown = `\\u${code.toString(16).padStart(4, "0")}`;
    equal(line(`a${character(code)}b`), `a${shown}b`);
    equal(line(`é${character(code)}${character(code)}`), `é${shown}${shown}`);
  }
  for (const code of [0x20, 0x7e, 0xa0, 0xa9, 0x2027, 0x202a, 0x2080, 0xd7ff])
    equal(line(character(code)), character(code));
});

test("a text is cut off at its limit, between two characters, and says so", () => {
  const most = LOG_TEXT_BYTES_MAX;
  equal(line("x".repeat(most)), "x".repeat(most));
  equal(line("x".repeat(most + 1)), `${"x".repeat(most - 3)}…`);
  for (const one of ["é", "→", "𝄞", "\n", "a→"]) {
    for (const before of ["", "x", "xy"]) {
      const cut = line(before + one.repeat(5000));
      ok(utf8(cut).length <= most && utf8(cut).length > most - 12, `${utf8(cut).length} bytes`);
      ok(cut.startsWith(before) && cut.endsWith("…"));
    }
  }
});

test("a longer text is cut into lines, at its own and where one is full; nothing is lost", () => {
  const shown: string[] = [];
  lines(`first\n\n${"é".repeat(300)}\nlast\r`, (one) => {
    shown.push(one);
  });
  ok(shown.every((one) => utf8(one).length <= LOG_TEXT_BYTES_MAX));
  deepEqual([shown[0], shown[1], shown[shown.length - 1]], ["first", "", "last\\u000d"]);
  equal(shown.slice(2, -1).join(""), "é".repeat(300));
});
