/** How the scenarios of a run ended: a fold over its events, of one process or of several. */
import type { Recorded, Verdict } from "../events/event.ts";
import { Exit, type ExitCode } from "../exit.ts";

export type Ended = Extract<Recorded, { kind: "scenario" }> & { readonly phase: Verdict };

/** The scenarios that ended, in order. An attempt takes the place of the one before. */
export function endsOf(events: readonly Recorded[]): readonly Ended[] {
  const ends: Ended[] = [];
  for (const event of events) {
    if (event.kind !== "scenario" || event.phase === "began") continue;
    const ended = event as Ended;
    const before = ends.findLastIndex(
      ({ board, name }) => board === ended.board && name === ended.name,
    );
    if (ended.attempt > 1 && before >= 0) ends.splice(before, 1);
    ends.push(ended);
  }
  return ends;
}

/** Returns the exit status of a run, and its last sentence. */
export function summaryOf(ends: readonly Ended[]): { status: ExitCode; text: string } {
  const count = (verdict: Verdict): number => ends.filter(({ phase }) => phase === verdict).length;
  const failed = count("failed");
  const errors = count("error");
  const blame = failed > 0 ? Exit.failed : Exit.ok;
  const counts = `${count("passed")} passed, ${failed} failed, ${errors} errors of the bench`;
  return {
    status: errors > 0 ? Exit.noBoard : blame,
    text: `${counts}, ${count("skipped")} skipped`,
  };
}
