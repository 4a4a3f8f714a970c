/**
 * Which answers are sent: every pair of kinds, each filling half of a message, and what seeded
 * chance makes of all that there is.
 */
import type { Encoding } from "../../../../src/session/encoding.ts";
import type { Choices } from "../../../unit/fuzz/choices.ts";
import { HEADS, type Plan } from "./answer.ts";
import { KIND_NAMES } from "./elements.ts";
import { type Damage, WHOLE } from "./pieces.ts";

const PLAIN = { text: 0, maxMsgSize: 0, maxObjSize: 0 };
const HEADERS = [
  PLAIN,
  { ...PLAIN, text: 1900 },
  { ...PLAIN, maxMsgSize: 900 },
  { text: 900, maxMsgSize: 4000, maxObjSize: 10 },
];
const LENGTHS = [
  { text: 1000, many: 30 },
  { text: 240, many: 60 },
];
const ENCODINGS: readonly Encoding[] = ["xml", "wbxml"];

/** How many pairs there are, a kind with itself included. */
export const PAIRS = (KIND_NAMES.length * (KIND_NAMES.length + 1)) / 2;

/** Pair `number` of them, in an encoding; heads and headers take turns. */
export function pairPlan(number: number, encoding: Encoding): Plan {
  let first = 0;
  let rest = number;
  while (rest >= KIND_NAMES.length - first) rest -= KIND_NAMES.length - first++;
  const lengths = LENGTHS[number % LENGTHS.length] ?? { text: 0, many: 0 };
  return {
    head: HEADS[number % HEADS.length] ?? "plain",
    encoding,
    header: HEADERS[(number >> 3) % HEADERS.length] ?? PLAIN,
    fillings: [first, first + rest].map((kind) => ({
      kind: KIND_NAMES[kind] ?? "",
      share: 0.5,
      lengths,
    })),
  };
}

/** An answer by chance. */
export function randomPlan(choices: Choices): Plan {
  const fillings = Array.from({ length: 1 + choices.of(5) }, () => ({
    kind: choices.from(KIND_NAMES),
    share: (choices.of(20) + 1) / 20 / (1 + choices.of(4)),
    lengths: { text: 4 << choices.of(9), many: 1 << choices.of(8) },
  }));
  return {
    head: choices.of(3) === 0 ? choices.from(HEADS) : "plain",
    encoding: choices.from(ENCODINGS),
    header: choices.of(3) === 0 ? choices.from(HEADERS) : PLAIN,
    fillings,
  };
}

/** Mostly none: a message that is damaged is malformed, and costs the session. */
export function randomDamage(choices: Choices): Damage {
  const readMax = choices.of(8) === 0 ? 1 << choices.of(10) : Infinity;
  const cut = choices.of(20) === 0 ? choices.of(20_000) : Infinity;
  const flips = Array.from(
    { length: choices.of(6) === 0 ? 1 + choices.of(3) : 0 },
    () => [choices.of(3000), 1 << choices.of(8)] as const,
  );
  return { ...WHOLE, readMax, cut, flips };
}

export function planText({ head, encoding, header, fillings }: Plan): string {
  const parts = fillings.map(
    ({ kind, share, lengths }) => `${kind}*${share.toFixed(2)}(${lengths.text},${lengths.many})`,
  );
  return (
    `${encoding} ${head} ${header.text}/${header.maxMsgSize}/${header.maxObjSize} ` +
    `${parts.join(" ")}`
  );
}
