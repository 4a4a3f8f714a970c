/** The tokens of a document, taken one by one or with the leaves at once. */
import { Token, type TokenReader } from "../../../src/base/token.ts";
import { hex } from "../../../src/base/bytes.ts";

export interface Trace {
  readonly text: string;
  /** Elements that `leaf` took. */
  readonly leaves: number;
}

/** All that a reader tells but where elements end: what its callers go by. */
export function traceOf(reader: TokenReader, byLeaves: boolean): Trace {
  let trace = "";
  let leaves = 0;
  const add = (what: string): void => {
    trace += `${what} ${reader.tag} `;
  };
  const addText = (): void => {
    const { bytes, from, to, opaque, offset } = reader;
    add(`text@${offset} ${opaque ? "opaque " : ""}${hex(bytes.subarray(from, to))}`);
  };
  for (;;) {
    const kind = reader.next();
    if (kind === Token.text) addText();
    else if (kind === Token.close) add("close");
    else if (kind === Token.end) return { text: `${trace}end`, leaves };
    else if (kind === Token.error)
      return { text: `${trace}${reader.problem}@${reader.offset}`, leaves };
    else {
      add(`open@${reader.offset} ${reader.name()}`);
      if (!byLeaves || !reader.leaf()) continue;
      leaves++;
      if (reader.to > reader.from) addText();
      add("close");
    }
  }
}
