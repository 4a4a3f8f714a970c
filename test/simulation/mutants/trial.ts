/** A process with one planted bug: sweeps until a property fails, and says which, as JSON. */
import { parseReplayId } from "../campaign/id.ts";
import { Sweep } from "../campaign/sweep.ts";
import { Tally } from "../campaign/tally.ts";
import { MUTANTS } from "./mutants.ts";

const mutant = MUTANTS.find(({ name }) => name === process.env.MUTANT);
if (mutant === undefined) throw new Error("MUTANT names no mutant");
const tally = new Tally();
for (const text of mutant.in) {
  const [id = "", how] = text.split(" ").reverse();
  const sweep = new Sweep(parseReplayId(id).variant, tally, 0, 1);
  if (how === "loops") sweep.loops("loops", [8]);
  else {
    sweep.uncut("uncut");
    if (tally.failures.length === 0) sweep.singles("singles", 2);
  }
  if (tally.failures.length > 0) break;
}
process.stdout.write(JSON.stringify(tally.failures[0] ?? {}));
