/** The suite as tests of pytest: each verdict is one that pytest's users know. */
import { match, strictEqual } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../../../root.ts";
import { LABGRID, WITHOUT_LABGRID } from "./labgridtools.ts";

const folder = mkdtempSync(join(tmpdir(), "pytest-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});
const FILE = "test_xs_fumo.py";
copyFileSync(join(root, "test/rig/engines", FILE), join(folder, FILE));

async function pytest(
  chosen: string,
  options: string,
): Promise<readonly [status: number | null, said: string]> {
  const child = spawn(
    join(LABGRID, "pytest"),
    ["-p", "no:cacheprovider", "-rA", "-k", chosen, FILE],
    {
      cwd: folder,
      env: {
        ...process.env,
        XS_FUMO: `${process.execPath} ${join(root, "build/js/test/rig/cli.js")}`,
        XS_FUMO_OPTIONS: options,
        NO_COLOR: "1",
        COLUMNS: "200",
        PYTHONDONTWRITEBYTECODE: "1",
      },
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  const [status] = (await once(child, "close")) as [number | null];
  return [status, said];
}

test("a scenario that passes, and one that the board cannot run", {
  skip: WITHOUT_LABGRID,
}, async () => {
  const [status, said] = await pytest("package.corrupt or update.https", "--board sim");
  strictEqual(status, 0, said);
  match(said, /^PASSED test_xs_fumo\.py::test_scenario\[package\.corrupt\]$/m);
  match(said, /^SKIPPED .* needs TLS/m);
});

test("a property that does not hold fails; what the bench is to blame for is an error", {
  skip: WITHOUT_LABGRID,
}, async () => {
  const [status, failed] = await pytest("package.corrupt", "--limit 0");
  strictEqual(status, 1, failed);
  match(failed, /^FAILED test_xs_fumo\.py::test_scenario\[package\.corrupt\] - .*no result/m);
  const [, broken] = await pytest("package.corrupt", "--board host --port /dev/none");
  match(broken, /^ERROR test_xs_fumo\.py::test_scenario\[package\.corrupt\] - .*BenchError/m);
});
