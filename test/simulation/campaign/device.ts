/**
 * One run of the campaign inside XS: what it is comes as text from Node, what happens goes out by
 * trace.
 */
import { type Ending, chronicle } from "./chronicle.ts";
import { unpack } from "./setting.ts";
import { Site } from "./site.ts";

/** What the line with the Ending begins with. */
export const ENDING = "ending ";

/** `every`: each operation is printed. */
export function replay(parcel: string, every: boolean): void {
  const { setting, cuts } = unpack(parcel);
  const ending: Ending = chronicle(new Site(setting, cuts), (line, detail) => {
    if (every || detail === "event") trace(`${line}\n`);
  });
  trace(`${ENDING}${JSON.stringify(ending)}\n`);
}
