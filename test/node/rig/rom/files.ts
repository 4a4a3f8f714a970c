/** The files of a new board, as builds and people make them. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { espImage, espSegment } from "../../../rig/espimage.ts";
import { CHIPS } from "../../../rig/flash/chips.ts";
import { generateKey, spkiOf } from "../../../rig/keys.ts";
import { root } from "../../../root.ts";

export const SECRETS = ["hunter2-of-the-device", "swordfish-of-the-server", "wifi-pass-phrase"];

/** A provisioning with a secret in each place that has one. */
export function provisioning(more: object = {}): object {
  const [secret, serverSecret, password] = SECRETS;
  return {
    account: {
      serverId: "srv",
      address: "https://dm.example/dm",
      auth: "md5",
      name: "door-1",
      secret,
      serverAuth: "md5",
      serverName: "srv",
      serverSecret,
    },
    keys: [spkiOf(generateKey("ed25519")).toString("base64")],
    objects: ["Main"],
    networkSecret: secret,
    network: { ssid: "bench", password },
    ...more,
  };
}

/** A provisioning of so many bytes. */
export function provisioningOf(bytes: number): string {
  const members = provisioning({ objects: [""] });
  const rest = bytes - Buffer.byteLength(JSON.stringify(members));
  return JSON.stringify({ ...members, objects: ["x".repeat(rest)] });
}

export interface BoardFiles {
  readonly boot: string;
  readonly app: string;
  readonly table: string;
  readonly provision: string;
}

/** Bytes that look like code to a compressor: neither noise nor nothing. */
function content(length: number, seed: string): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; parts.length * 32 < length; i++) {
    const word = createHash("sha256").update(`${seed} ${i}`).digest();
    parts.push(word, Buffer.alloc(32, i));
  }
  return Buffer.concat(parts).subarray(0, length);
}

export function application(version: string, chip: string, length = 100_000): Buffer {
  return espImage(content(length, version), version, imageId(chip));
}

export function bootLoader(chip: string): Buffer {
  return espSegment(content(20_000, "boot loader"), imageId(chip));
}

function imageId(chip: string): number {
  return CHIPS.find(({ name }) => name === chip)?.imageId ?? 0;
}

/** Writes all that a new board of this chip wants. */
export function boardFiles(directory: string, chip: string, version = "1.0.0"): BoardFiles {
  const files = {
    boot: join(directory, "bootloader.bin"),
    app: join(directory, "xs_esp32.bin"),
    table: join(root, "hal/esp32/partitions-4mb.csv"),
    provision: join(directory, "provision.json"),
  };
  writeFileSync(files.boot, bootLoader(chip));
  writeFileSync(files.app, application(version, chip));
  writeFileSync(files.provision, JSON.stringify(provisioning()));
  return files;
}

/** The command that flashes a new board. */
export function flashWords(port: string, files: BoardFiles): string[] {
  return [
    "flash",
    "--port",
    port,
    "--boot",
    files.boot,
    "--partitions",
    files.table,
    "--app",
    files.app,
    "--provision",
    files.provision,
  ];
}
