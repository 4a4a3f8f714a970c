/**
 * The ESP32 without its network and its loop: flash, boot selector, sockets, clock. What tests run
 * over a fake of ESP-IDF too.
 */
import type { Hal, Identity } from "../hal.ts";
import { fromBase64 } from "../../src/base/base64.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { frozen } from "../../src/base/frozen.ts";
import { SlotBoot } from "../common/natives/boot.ts";
import { openPushPort } from "../common/natives/datagram.ts";
import { TcpSocket } from "../common/natives/socket.ts";
import { now, random, securityCounter, version } from "../common/natives/system.ts";
import { type Connect, HttpError, HttpLink } from "../common/http/http.ts";
import { Area } from "./area.ts";
import { printLine } from "./console.ts";
import { wrongDigests } from "./digests.ts";
import { TlsSocket, trust } from "./tlssocket.ts";

/**
 * What "identity" in the provisioning replaces. A product provisions at least DevId, Man, Mod,
 * vendorId and classId. These are those of `xs-fumo build --board esp32`.
 */
const IDENTITY = frozen({
  DevId: "urn:uuid:00000000-0000-4000-8000-000000000003",
  Man: "xs-fumo",
  Mod: "esp32",
  Lang: "en",
  DevTyp: "device",
  OEM: "xs-fumo",
  SwV: "1.0",
  HwV: "1.0",
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
  const staging = new Area("staging");
  const boot = new SlotBoot(staging.status().blockLength);
  boot.running();
  const hal: Hal = {
    store: new Area("store"),
    staging,
    boot,
    link: new HttpLink((host, port) => new TcpSocket(host, port), secureConnect(text)),
    identity: readIdentity(text),
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

/**
 * `ca` of the provisioning is the certificate of the authority that servers are checked against,
 * DER in base64; or a list of two, while servers go over from one authority to the next.
 */
function secureConnect(provisioning: string): Connect {
  const { ca = [] } = JSON.parse(provisioning) as { ca?: string | readonly string[] };
  const authorities = typeof ca === "string" ? [ca] : ca;
  if (authorities.length === 0) {
    return () => {
      throw new HttpError(
        "secure",
        "no certificate authority in the provisioning (ca): nobody vouches for the server",
      );
    };
  }
  authorities.forEach((text, index) => {
    const name = typeof ca === "string" ? "ca" : `ca[${index}]`;
    const certificate = fromBase64(text);
    if (certificate === undefined) throw new Error(`provision: ${name}: not base64`);
    try {
      trust(certificate);
    } catch (error) {
      throw new Error(`provision: ${name}: ${error instanceof Error ? error.message : ""}`);
    }
  });
  return (host, port) => new TlsSocket(host, port);
}

/**
 * FwV and securityCounter are what the running image's own description says (PROJECT_VER and
 * CONFIG_BOOTLOADER_APP_SECURE_VERSION of ESP-IDF).
 */
function readIdentity(provisioning: string): Identity {
  const { identity } = JSON.parse(provisioning) as { identity?: Partial<typeof IDENTITY> };
  const given = { ...IDENTITY, ...identity };
  return {
    ...given,
    FwV: version(),
    securityCounter: securityCounter(),
    vendorId: uuid(given.vendorId),
    classId: uuid(given.classId),
  };
}

function uuid(digits: string): Uint8Array {
  const bytes = fromHex(digits);
  if (bytes?.length !== 16) throw new Error(`provision: identity: ${digits} is no UUID`);
  return bytes;
}
