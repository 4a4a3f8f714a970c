/**
 * Each scenario of the suite fails when the fault is planted that it is there for: six others each
 * hour on board sim; PLANTED=all plants them all, PLANTED_BOARD=qemu on that board. A device that
 * takes what it must refuse, or refuses what it must take, is played by what it is offered.
 */
import { ok } from "node:assert";
import { test } from "node:test";
import { BOARD_NAMES, BOARDS, bears } from "../../../rig/boards/boards.ts";
import { EventLog } from "../../../rig/events/log.ts";
import { WHOLE } from "../../../rig/shard.ts";
import { chosen } from "../../../rig/suite/choice.ts";
import { withFirmwareOnce } from "../../../rig/suite/offer.ts";
import { runScenario } from "../../../rig/suite/run.ts";
import type { TestScenario } from "../../../rig/suite/scenario.ts";
import { SCENARIOS } from "../../../rig/suite/table.ts";
import { TURN } from "../../../turn.ts";

const SAMPLE = 6;
const LIMIT_MS = 120_000;

interface Plant {
  readonly what: string;
  readonly plant: (scenario: TestScenario) => TestScenario;
  /** Of what the verdict speaks. */
  readonly says: RegExp;
}

const TAKES: Plant = {
  what: "the device takes the package and keeps the image",
  plant: (scenario) => ({ ...scenario, offer: "genuine" }),
  says: /^the result is 200, not 4\d\d/,
};
const REFUSES: Plant = {
  what: "the device finds the package damaged",
  plant: (scenario) => ({ ...scenario, offer: "corrupt" }),
  says: /^the result is 402, not 200/,
};
const GIVES_UP: Plant = {
  what: "the device gives the new image up",
  plant: (scenario) => ({ ...scenario, offer: "unhealthy" }),
  says: /^the result is 410, not 200/,
};
const BEGINS_AGAIN: Plant = {
  what: "the download begins again",
  plant: (scenario) => ({
    ...scenario,
    hostFaults: (bytes) => [
      ...(scenario.hostFaults?.(bytes) ?? []),
      { what: "wholeAnswer", at: 2, times: 9 },
    ],
  }),
  says: /^the download began again and did not go on$/,
};
/** The fault that the result speaks of never comes. */
const SOUND_HOST: Plant = {
  what: "the host misbehaves in a way that does no harm",
  plant: (scenario) => ({ ...scenario, hostFaults: () => [{ what: "noLength", at: 1 }] }),
  says: /^the result is 200, not 4\d\d/,
};

/** Its name is known after all. */
const KNOWN_NAME: Plant = {
  what: "DNS knows the host",
  plant: (scenario) => ({ ...scenario, nameless: undefined }),
  says: /^the result is 200, not 407/,
};
/** A device that looks at no certificate finds nothing wrong with one. */
const BELIEVES: Plant = {
  what: "the device believes the servers",
  plant: (scenario) => ({ ...scenario, wrongCertificate: undefined }),
  says: /never refused the servers for their certificate$/,
};

/** The fault that the scenario must find. */
function plantFor({ name, nameless, acts = [], expect }: TestScenario): Plant {
  const group = name.split(".")[0];
  if (nameless === true) return KNOWN_NAME;
  if (acts.some((act) => "certificate" in act)) return BELIEVES;
  if (expect.resumed === true) return BEGINS_AGAIN;
  if (group === "network" && expect.code !== 200) return SOUND_HOST;
  if (expect.code !== 200) return TAKES;
  return group === "power" ? GIVES_UP : REFUSES;
}

const name = BOARD_NAMES.find((each) => each === process.env.PLANTED_BOARD) ?? "sim";
const board = withFirmwareOnce(BOARDS[name]);

/** The problems of the scenario; none when it has passed. */
async function problemsOf(scenario: TestScenario): Promise<readonly string[]> {
  const log = new EventLog(name);
  const { problems } = await runScenario(board, scenario, log, { attempt: 1, limitMs: LIMIT_MS });
  return problems;
}

const able = SCENARIOS.filter(({ needs = [] }) =>
  needs.every((need) => bears(name).includes(need)),
);
const sample = process.env.PLANTED === "all" ? able.length : SAMPLE;

for (const scenario of chosen(able, { filters: [], shard: WHOLE, seed: TURN, sample })) {
  const { what, plant, says } = plantFor(scenario);
  test(`${scenario.name} fails where ${what}`, async () => {
    const problems = await problemsOf(plant(scenario));
    ok(
      problems.some((problem) => says.test(problem)),
      `${problems.length} problems: ${problems.join("; ")}`,
    );
  });
}
