/** Runs one case of the bench on the metered board, from power-on to the end. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RigBoard } from "../../rig/boards/board.ts";
import { LOOPBACK } from "../../rig/bench/place.ts";
import { makeCertificate } from "../../rig/certificate.ts";
import { within } from "../../rig/device.ts";
import { Exit, RigError } from "../../rig/exit.ts";
import { offered, type PackageForm, Rig } from "../../rig/rig.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import { listen, type Traffic } from "../../rig/server/http.ts";
import type { Scenario } from "../../rig/server/scenario.ts";
import { developmentKey, packageOf, publicText, VERSION_1 } from "../../rig/workshop.ts";
import { type Capture, readCapture } from "./capture.ts";
import type { Case } from "./cases.ts";
import { CAPTURE, Metered } from "./meter/meter.ts";

/** The slowest case of an older client, on a busy machine. */
const LIMIT_MS = 1_200_000;

export interface Run {
  readonly metered: Metered;
  readonly traffic: Traffic;
  readonly capture: Capture;
  /** Of the package that came; 0: none did. */
  readonly packageBytes: number;
}

/** Throws a RigError when the case does not end as it should. */
export function run(
  board: RigBoard,
  { what, encoding, https }: Case,
  form: PackageForm = "whole",
): Promise<Run> {
  return what === "gets"
    ? session(board, encoding, https)
    : update(board, { what, encoding, https }, form);
}

function captureOf(directory: string, origin: string): Capture {
  return readCapture(readFileSync(join(directory, CAPTURE)), Number(new URL(origin).port));
}

async function update(
  board: RigBoard,
  { what, encoding, https }: Case,
  form: PackageForm,
): Promise<Run> {
  if (what === "gets") throw new Error("that is a session");
  const metered = new Metered();
  const offer = offered(board, form, 0);
  const rig = await Rig.open({
    board,
    log: metered.log,
    scenario: what,
    size: 0,
    auth: "basic",
    offer,
    https,
    encoding,
  });
  try {
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    if (!outcome.ok) throw new RigError(Exit.failed, `${what}: ${outcome.text}`);
    await rig.switchOff();
    const capture = captureOf(rig.directory, rig.origin);
    return { metered, traffic: rig.traffic, capture, packageBytes: offer.length };
  } finally {
    await rig.close();
  }
}

const ASKED = [
  "./DevInfo/DevId",
  "./DevInfo/Man",
  "./DevInfo/Mod",
  "./DevInfo/DmV",
  "./DevInfo/Lang",
  "./DevDetail/FwV",
  "./DevDetail/SwV",
  "./DevDetail/HwV",
  "./DevDetail/OEM",
  "./FwUpdate/Main/State",
];
const GETS: Scenario = {
  name: "gets",
  object: "./FwUpdate/Main",
  steps: [
    {
      kind: "send",
      operations: ASKED.map((uri) => ({ name: "Get" as const, uri, accept: "any" as const })),
    },
  ],
  closing: [],
};
const SECRET = "secret";

/** A session of packages 1 to 4 in which the server asks for ten values. */
async function session(board: RigBoard, encoding: Case["encoding"], https: boolean): Promise<Run> {
  const metered = new Metered();
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  const secret = https ? makeCertificate({ host: "localhost" }) : undefined;
  const ca = secret === undefined ? {} : { ca: secret.authority.toString("base64") };
  let server: DmServer | undefined;
  const handle: Parameters<typeof listen>[0] = (request) => {
    if (server === undefined) throw new Error("a request before the server is there");
    return server.handle(request);
  };
  const listening = await listen(handle, LOOPBACK, secret);
  const url = `${listening.origin}/dm`;
  server = new DmServer({
    url,
    name: "rig",
    client: { type: "basic", name: "device", secret: SECRET },
    server: { type: "basic", name: "rig", secret: SECRET },
    faults: [],
    emit: () => undefined,
    scenario: () => GETS,
  });
  try {
    board.manufacture(directory, packageOf(board, VERSION_1, 0), developmentKey());
    board.provision(directory, {
      account: {
        serverId: "rig",
        address: url,
        encoding,
        auth: "basic",
        name: "device",
        secret: SECRET,
        serverAuth: "basic",
        serverName: "rig",
        serverSecret: SECRET,
      },
      keys: [publicText(developmentKey())],
      objects: ["Main"],
      allowHttp: true,
      allowPrivate: true,
      sessionAtBoot: true,
      once: true,
      ...ca,
    });
    const device = board.start(directory, metered.log);
    const status = await within(LIMIT_MS, "the session", device.ended).finally(() => device.kill());
    if (status !== 0) throw new RigError(Exit.failed, `the session ended with status ${status}`);
    const capture = captureOf(directory, listening.origin);
    return { metered, traffic: listening.traffic, capture, packageBytes: 0 };
  } finally {
    await listening.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
