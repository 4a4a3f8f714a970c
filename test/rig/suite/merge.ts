/** The logs of the parts of a suite as one run. */
import type { Recorded } from "../events/event.ts";
import { endsOf } from "./verdicts.ts";

/** What one process wrote with `--log`. */
export interface Part {
  /** Its file, for messages. */
  readonly name: string;
  readonly events: readonly Recorded[];
}

/** Returns the events of all parts, one part after the other, as if of one run. */
export function joined(parts: readonly Part[]): readonly Recorded[] {
  const events: Recorded[] = [];
  for (const part of parts) {
    const before = events.at(-1)?.t ?? 0;
    for (const event of part.events)
      events.push({ ...event, seq: events.length + 1, t: before + event.t });
  }
  return events;
}

/**
 * Returns why the parts are no whole, in sentences: each scenario that a run was to have must have
 * ended in exactly one of them.
 */
export function gapsIn(parts: readonly Part[]): readonly string[] {
  const strangers = parts.filter(({ events }) => plansOf(events).length === 0);
  if (strangers.length > 0) return strangers.map(({ name }) => `${name} is no log of a suite`);
  const wanted = new Map<string, string>();
  for (const { name, events } of parts)
    for (const { board, scenarios } of plansOf(events)) {
      const whole = scenarios.join(" ");
      if ((wanted.get(board) ?? whole) !== whole)
        return [`${name} is of another run: board ${board} was to have other scenarios`];
      wanted.set(board, whole);
    }
  return [...wanted].flatMap(([board, whole]) =>
    whole.split(" ").flatMap((scenario) => gapOf(parts, board, scenario)),
  );
}

function gapOf(parts: readonly Part[], board: string, scenario: string): readonly string[] {
  const having = parts.filter(({ events }) =>
    endsOf(events).some((ended) => ended.board === board && ended.name === scenario),
  );
  if (having.length === 1) return [];
  return having.length === 0
    ? [`${scenario} on board ${board} has ended in no part`]
    : [`${scenario} on board ${board} is in ${having.map(({ name }) => name).join(" and ")}`];
}

type Plan = Extract<Recorded, { kind: "plan" }>;

function plansOf(events: readonly Recorded[]): readonly Plan[] {
  return events.filter((event): event is Plan => event.kind === "plan");
}
