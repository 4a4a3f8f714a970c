/**
 * The ESP32 without its network and its loop: flash, boot selector, sockets, clock. What tests run
 * over a fake of ESP-IDF too.
 */
import type { Hal } from "../hal.ts";
import { frozen } from "../../src/base/frozen.ts";
import { HttpLink } from "../common/http/http.ts";
import { SlotBoot } from "../common/natives/boot.ts";
import { printLine } from "../common/natives/console.ts";
import { openPushPort } from "../common/natives/datagram.ts";
import { openBase, PartitionFlash } from "../common/natives/flash.ts";
import { type OwnIdentity, readIdentity } from "../common/natives/identity.ts";
import { TcpSocket } from "../common/natives/socket.ts";
import { now, random } from "../common/natives/system.ts";
import { secureConnect } from "../common/natives/tls.ts";
import { wrongDigests } from "./digests.ts";

/**
 * What "identity" in the provisioning replaces. A product provisions at least DevId, Man, Mod,
 * vendorId and classId; these are those of `xs-fumo build --board esp32`. FwV and securityCounter
 * are what the running image's own description says (PROJECT_VER and
 * CONFIG_BOOTLOADER_APP_SECURE_VERSION of ESP-IDF).
 */
const IDENTITY: OwnIdentity = frozen({
  DevId: "urn:uuid:00000000-0000-4000-8000-000000000003",
  Mod: "esp32",
  vendorId: "5d9c410a6e7b4f0e9a3a1f52c8863011",
  classId: "1d0277560c844a2b8d67903e6b521404",
});

/** Makes sockets possible, with or without a network. */
export function startNetwork(this: unknown): void {
  native("xs_board_network").call(this);
}

/** What does not keep the board from running, but from being updated; empty when all is well. */
function warning(this: unknown): string {
  return native("xs_slots_warning").call(this);
}

/**
 * `text` is the provisioning. Throws a sentence when flash, partition table or provisioning are not
 * what this board needs, before anything is written. What does not keep it from running is a line
 * of level E.
 */
export function openHardware(text: string): Hal {
  startNetwork();
  const staging = new PartitionFlash("staging");
  const boot = new SlotBoot(staging.status().blockLength);
  boot.running();
  const hal: Hal = {
    store: new PartitionFlash("store"),
    staging,
    base: openBase(),
    boot,
    link: new HttpLink((host, port) => new TcpSocket(host, port), secureConnect(text)),
    identity: readIdentity(text, IDENTITY),
    datagrams: openPushPort(text, (level, line) => {
      printLine(level, "board", line);
    }),
    now: () => now(),
    random: (bytes) => {
      random(bytes);
    },
    log: printLine,
  };
  for (const problem of [warning(), ...wrongDigests()])
    if (problem !== "") printLine("error", "board", problem);
  return hal;
}
