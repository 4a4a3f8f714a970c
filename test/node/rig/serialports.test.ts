/** The serial ports that `xs-fumo doctor` shows. */
import { deepStrictEqual } from "node:assert";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serialPorts } from "../../rig/serialports.ts";

test("ports of boards are found with the names that they keep, and others are not", (context) => {
  const devices = mkdtempSync(join(tmpdir(), "devices-"));
  context.after(() => {
    rmSync(devices, { recursive: true });
  });
  deepStrictEqual(serialPorts(devices), []);
  mkdirSync(join(devices, "serial/by-id"), { recursive: true });
  for (const name of ["ttyUSB1", "ttyUSB0", "ttyACM0", "tty0", "ttyS0", "null"])
    writeFileSync(join(devices, name), "");
  chmodSync(join(devices, "ttyACM0"), 0);
  symlinkSync("../../ttyUSB1", join(devices, "serial/by-id/usb-Maker_Bridge_5A2B01D3-if00-port0"));
  symlinkSync("../../ttyUSB9", join(devices, "serial/by-id/usb-gone"));
  const root = process.getuid?.() === 0;
  deepStrictEqual(serialPorts(devices), [
    { path: join(devices, "ttyACM0"), isUsable: root },
    { path: join(devices, "ttyUSB0"), isUsable: true },
    { path: join(devices, "ttyUSB1"), id: "usb-Maker_Bridge_5A2B01D3-if00-port0", isUsable: true },
  ]);
});
