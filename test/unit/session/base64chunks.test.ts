/** Base64 in pieces (OMA-TS-DM-Protocol §2.2). */
import { utf8 } from "../../../src/base/utf8.ts";
import { Base64Chunks } from "../../../src/session/base64chunks.ts";
import { deepEqual, equal, test } from "../../check.ts";

/** Decodes the pieces: the bytes, or undefined. */
function decoded(...pieces: readonly string[]): readonly number[] | undefined {
  const chunks = new Base64Chunks();
  const result: number[] = [];
  for (const piece of pieces) {
    const runs = chunks.decode(utf8(piece));
    if (runs === undefined) return undefined;
    result.push(...runs[0], ...runs[1]);
  }
  const rest = chunks.end();
  return rest === undefined ? undefined : [...result, ...rest];
}

test("pieces of any length, down to one character, decode to the whole", () => {
  deepEqual(decoded("AQIDBAU="), [1, 2, 3, 4, 5]);
  deepEqual(decoded("A", "Q", "I", "D", "B", "A", "U", "="), [1, 2, 3, 4, 5]);
  deepEqual(decoded("", "AQIDB", "", "AU="), [1, 2, 3, 4, 5]);
});

test("white space anywhere is nothing", () => {
  deepEqual(decoded(" A\r\nQI", "\n\n", "\tDB A U =\r\n"), [1, 2, 3, 4, 5]);
});

test("pieces that are whole base64 texts, each with padding, decode one after the other", () => {
  deepEqual(decoded("AQ==", "AgM=", "BAUG"), [1, 2, 3, 4, 5, 6]);
});

test("padding may be missing at the end", () => {
  deepEqual(decoded("AQIDBAU"), [1, 2, 3, 4, 5]);
  deepEqual(decoded("AQIDB", "A"), [1, 2, 3, 4]);
});

test("what is not base64, or ends inside a byte, is nothing", () => {
  equal(decoded("AQI*"), undefined);
  equal(decoded("AQIDB"), undefined);
  equal(decoded("A", "Q*D"), undefined);
  equal(decoded("A=QI"), undefined);
});

test("a sender may count characters with or without white space, breaks as one or two", () => {
  for (const [first, second] of [
    ["AQ ID\n", "BAU=\n"],
    ["AQ ID\r\n", "BAU=\r\n"],
    ["AQ ID\r", "\nBAU=\r\n"],
  ] as const) {
    const chunks = new Base64Chunks();
    chunks.decode(utf8(first));
    chunks.decode(utf8(second));
    const counted = [];
    for (let size = 0; size < 20; size++) if (chunks.counts(size)) counted.push(size);
    deepEqual(counted, [8, 11, 13]);
  }
});
