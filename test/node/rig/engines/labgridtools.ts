/** labgrid and pytest, from the virtual environment that .ci/run makes of requirements.txt. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../root.ts";

export const LABGRID = join(root, "build/labgrid/bin");

/** The reason to leave a test out; never in CI, where a missing tool is a failure. */
export const WITHOUT_LABGRID =
  !existsSync(join(LABGRID, "labgrid-client")) &&
  process.env.CI === undefined &&
  "no labgrid: python3 -m venv build/labgrid && build/labgrid/bin/pip install -r " +
    "test/node/rig/engines/requirements.txt";
