/**
 * The corpus of every parser, cut at every position, and some inputs made of it: with the same
 * checks on every engine.
 */
import { PARSERS } from "./parsers.ts";
import { Inputs } from "./inputs.ts";
import { equal, ok, test } from "../../check.ts";

/** The long run, on Node, begins with the same inputs. */
const SEED = 1;
const MADE = 40;
/** A cut costs a whole reading: long inputs are cut at so many places. */
const CUTS_MAX = 60;

for (const parser of PARSERS) {
  test(`${parser.name}: its corpus, cut and mutated, is read or refused`, () => {
    const inputs = new Inputs(parser, SEED);
    let accepted = 0;
    let refused = 0;
    const feed = (input: Uint8Array): void => {
      if (parser.check(input)) accepted++;
      else refused++;
    };
    for (const input of parser.corpus) {
      feed(input.slice());
      const stride = Math.ceil(input.length / CUTS_MAX);
      for (let at = 0; at < input.length; at += Math.max(1, stride)) feed(input.slice(0, at));
    }
    for (let index = parser.corpus.length; index < parser.corpus.length + MADE; index++)
      feed(inputs.input(index));
    ok(accepted > 0 && refused > 0, `${accepted} were accepted, ${refused} refused`);
  });
}

test("parsers have names of their own", () => {
  equal(new Set(PARSERS.map(({ name }) => name)).size, PARSERS.length);
});
