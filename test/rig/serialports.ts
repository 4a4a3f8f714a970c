/** The serial ports of this machine that a board may be behind, as Linux and macOS name them. */
import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { Exit, RigError } from "./exit.ts";

export interface SerialPortFound {
  readonly path: string;
  /** Maker, product and serial number as udev spells them: the name that a port keeps. */
  readonly id?: string;
  /** Whether this user may read and write it. */
  readonly isUsable: boolean;
}

const PORTS = /^(ttyUSB|ttyACM|ttyAMA)\d+$|^cu\.(usb|wch|SLAB)/;

/** Returns the ports below `devices`, which is /dev but in tests, by name. */
export function serialPorts(devices = "/dev"): readonly SerialPortFound[] {
  const ids = new Map<string, string>();
  for (const id of namesIn(join(devices, "serial/by-id"))) {
    try {
      ids.set(realpathSync(join(devices, "serial/by-id", id)), id);
    } catch {
      // A link to a port that has just gone.
    }
  }
  return namesIn(devices)
    .filter((name) => PORTS.test(name))
    .sort()
    .map((name) => {
      const path = join(devices, name);
      const id = ids.get(path);
      return { path, ...(id === undefined ? {} : { id }), isUsable: isUsable(path) };
    });
}

/** Returns the port of the bridge with that USB serial number. Throws a RigError. */
export function portNamed(serialNumber: string): string {
  const ports = serialPorts();
  const found = ports.filter(({ id }) => id?.includes(`_${serialNumber}-`) === true);
  const [port] = found;
  if (found.length === 1 && port !== undefined) return port.path;
  throw new RigError(
    Exit.noBoard,
    `${found.length} serial ports have the USB serial number ${serialNumber}`,
    `the ports here: ${ports.map(({ path, id }) => id ?? path).join(", ") || "none"}`,
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
