/** How long a person may think about an update, and what it means when nobody says anything. */
import { CONSENT_WAIT_MS, INTERACTION_POLL_MS } from "../../../src/base/limits.ts";
import { Consent } from "../../../src/user/consent.ts";
import { deepEqual, equal, test } from "../../check.ts";
import { Board } from "../update/board.ts";

const START = 5;

test("a person has CONSENT_WAIT_MS to agree to an installation; silence refuses", () => {
  const board = new Board();
  board.push();
  board.settle();
  equal(board.engine.install("x", "o"), undefined);
  equal(board.engine.record.phase, "proving");
  let cleared = 0;
  const person = {
    ask: () => undefined,
    clear: () => {
      cleared++;
    },
  };
  const consent = new Consent(person, "update");
  equal(consent.hold(board.engine, START), START + INTERACTION_POLL_MS);
  const end = START + CONSENT_WAIT_MS;
  equal(consent.hold(board.engine, end - 1), end);
  deepEqual([board.engine.record.phase, cleared], ["proving", 0]);
  equal(consent.hold(board.engine, end), end);
  deepEqual([board.engine.record.reason, cleared], ["cancelled", 1]);
  equal(consent.hold(board.engine, end), undefined, "nothing is left to ask");
});
