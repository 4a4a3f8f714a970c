/**
 * Every state that can be reached, the invariants in each, and from each of them the longest way on
 * which power stays and a server answers, until no ticket is left.
 */
import { CRASHES_MAX, RESTARTS_MAX, TRIALS_MAX } from "../../../src/base/limits.ts";
import { other } from "./selector.ts";
import { Broken, must, steps } from "./steps.ts";
import { canonical, keyOf, type Scope, start, type State } from "./state.ts";

export interface Found {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the factory to the state that is farthest away. */
  readonly depth: number;
  /** Steps, power on and a server that answers, until every ticket is reported, at most. */
  readonly longest: number;
  /** States in which no slot holds an image that boots any more: flash has failed for good. */
  readonly dead: number;
  /** How often each kind of step was taken. */
  readonly taken: ReadonlyMap<string, number>;
}

/** What must hold in every state. */
function check(state: State, { faults }: Scope): void {
  const { record, running, told, log, slots, session, about } = state;
  const spent = state.faults < faults;
  if (running === undefined) {
    const bootable = slots.some((content) => typeof content === "number");
    must(bootable || spent, "P1: nothing boots");
    return;
  }
  if (!told) return;
  must(
    record.crashes <= CRASHES_MAX && record.trials <= TRIALS_MAX && record.restarts <= RESTARTS_MAX,
    "every way back is counted, and bounded",
  );
  const { phase, reason, target, exposed, kept } = record;
  const onTrial = phase === "trial" || phase === "confirming" || phase === "rejecting";
  must(
    !running.trial || onTrial || (phase === "failed" && reason === "undefined"),
    `invariant 2: an image on trial in phase ${phase}`,
  );
  must(
    (session === "heard") === (exposed === true),
    `invariant 3: session ${session}, and the mark says ${exposed === true}`,
  );
  must(!kept || typeof slots[other(running.slot)] === "number" || spent, "P9: nothing is kept");
  if (running.trial || phase === "confirming") return;
  const image = slots[running.slot];
  if (typeof image !== "number") return;
  must(
    state.confirmed.includes(image) || spent,
    "P5: an image runs for good that was not confirmed",
  );
  must(log.slot === running.slot, "another slot is confirmed");
  if (phase === "succeeded" || phase === "settled" || phase === "failed") {
    if (reason === "succeeded")
      must(target === running.slot, `State is 100 in slot ${running.slot}`);
    if (reason === "fellBack") must(target !== running.slot, "State is 80, and the new image runs");
  }
  record.tickets.forEach((ticket, at) => {
    if (ticket.slot === undefined) return;
    const runs = about[at]?.image === image;
    must((ticket.reason === "succeeded") === runs, `P4: ${ticket.reason ?? ""}, which is not true`);
  });
}

/** Explores everything. Throws a Broken that tells the way to the first state that must not be. */
export function explore(scope: Scope): Found {
  const states: State[] = [];
  const parents: number[] = [];
  const names: string[] = [];
  const depths: number[] = [];
  const fair: number[][] = [];
  const places = new Map<string, number>();
  const taken = new Map<string, number>();
  let transitions = 0;
  const dead = new Set<number>();
  const add = (state: State, parent: number, name: string): number => {
    const met = canonical(state);
    const key = keyOf(met);
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = states.length;
    places.set(key, place);
    states.push(met);
    parents.push(parent);
    names.push(name);
    depths.push(parent < 0 ? 0 : (depths[parent] ?? 0) + 1);
    check(met, scope);
    return place;
  };
  const way = (to: number, last: string): string => {
    const path: string[] = [last];
    for (let at = to; at >= 0; at = parents[at] ?? -1)
      path.push(`${names[at] ?? ""} → ${states[at]?.record.phase ?? ""}`);
    return path.reverse().join("\n  ");
  };
  add(start(scope), -1, "factory");
  for (let at = 0; at < states.length; at++) {
    const state = states[at];
    if (state === undefined) break;
    const onward: number[] = [];
    const possible = steps(state, scope);
    if (state.running === undefined && !possible.some(({ fair }) => fair)) dead.add(at);
    for (const step of possible) {
      try {
        const next = step.next();
        if (next === state) continue;
        transitions++;
        taken.set(step.name, (taken.get(step.name) ?? 0) + 1);
        const place = add(next, at, step.name);
        if (step.fair && place !== at) onward.push(place);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        throw new Broken(`${error.message}\n  ${way(at, step.name)}`);
      }
    }
    fair.push(onward);
  }
  const longest = longestWay(states, fair, dead, (at) => way(at, "and so on"));
  const depth = depths.reduce((most, one) => Math.max(most, one), 0);
  return { states: states.length, transitions, depth, longest, dead: dead.size, taken };
}

/** The longest fair way from any state to one without tickets. Throws where one has no end. */
function longestWay(
  states: readonly State[],
  fair: readonly (readonly number[])[],
  dead: ReadonlySet<number>,
  way: (at: number) => string,
): number {
  const UNKNOWN = -1;
  const UNDER_WAY = -2;
  const lengths = new Int32Array(states.length).fill(UNKNOWN);
  const ends = (at: number): boolean => states[at]?.record.tickets.length === 0 || dead.has(at);
  for (let from = 0; from < states.length; from++) {
    const path: { readonly at: number; next: number; most: number }[] = [];
    const enter = (at: number): void => {
      lengths[at] = UNDER_WAY;
      path.push({ at, next: 0, most: 0 });
    };
    if (lengths[from] === UNKNOWN) enter(from);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const onward = fair[top.at] ?? [];
      if (ends(top.at)) lengths[top.at] = 0;
      else if (onward.length === 0)
        throw new Broken(`a ticket is never reported\n  ${way(top.at)}`);
      else if (top.next < onward.length) {
        const place = onward[top.next++] ?? 0;
        const length = lengths[place] ?? 0;
        if (length === UNDER_WAY)
          throw new Broken(`a ticket is reported after no number of steps\n  ${way(place)}`);
        if (length === UNKNOWN) {
          top.next--;
          enter(place);
        } else top.most = Math.max(top.most, length + 1);
        continue;
      } else lengths[top.at] = top.most;
      path.pop();
    }
  }
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}
