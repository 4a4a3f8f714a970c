/** The bare-metal board in QEMU, whole. README.md says what is in its flash. */
import type { Board, Identity, LogLevel } from "../hal.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { frozen } from "../../src/base/frozen.ts";
import { SlotBoot } from "../common/natives/boot.ts";
import { openPushPort } from "../common/natives/datagram.ts";
import { TcpSocket, wait } from "../common/natives/socket.ts";
import {
  exit,
  now,
  print,
  provision,
  random,
  securityCounter,
  version,
} from "../common/natives/system.ts";
import { HttpLink } from "../common/http/http.ts";
import { NorFlash, SLOTS, STORE } from "./flash.ts";
import { TlsSocket, trust } from "./tls.ts";

const LETTERS: { readonly [L in LogLevel]: string } = frozen({
  error: "E",
  warning: "W",
  info: "I",
  debug: "D",
});

/** What every board of this kind is, but for what "identity" in the provisioning says otherwise. */
const IDENTITY = frozen({
  DevId: "urn:uuid:00000000-0000-4000-8000-000000000002",
  Man: "xs-fumo",
  Mod: "qemu-riscv32",
  Lang: "en",
  DevTyp: "device",
  OEM: "xs-fumo",
  SwV: "1.0",
  HwV: "1.0",
  vendorId: "00112233445566778899aabbccddeeff",
  classId: "ffeeddccbbaa99887766554433221100",
});

/** Addresses, dotted. Without them the board asks DHCP. */
interface NetworkSettings {
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
  readonly nameServer: string;
}

/** What of the provisioning is for the board. */
interface Settings {
  readonly identity?: Partial<typeof IDENTITY>;
  readonly network?: Partial<NetworkSettings>;
}

const DHCP: NetworkSettings = frozen({ address: "", mask: "", gateway: "", nameServer: "" });

function startNetwork(
  this: unknown,
  address: string,
  mask: string,
  gateway: string,
  nameServer: string,
): void {
  native("xs_net_start").call(this, address, mask, gateway, nameServer);
}

/**
 * The board as the loader handed it over. Call it once. Throws when the provisioning, or an
 * authority for TLS, cannot be used. A board without network says so and runs on: connections then fail.
 */
export function openBoard(): Board {
  const boot = new SlotBoot();
  const text = provision();
  trust();
  const { identity, network } = JSON.parse(text) as Settings;
  const log = (level: LogLevel, source: string, line: string): void => {
    print(`[${(now() / 1000).toFixed(3).padStart(8)}] ${LETTERS[level]} ${source}: ${line}`);
  };
  const { address, mask, gateway, nameServer } = { ...DHCP, ...network };
  try {
    startNetwork(address, mask, gateway, nameServer);
  } catch (error) {
    log("error", "board", error instanceof Error ? error.message : "no network");
  }
  return {
    store: new NorFlash(STORE),
    staging: new NorFlash(boot.running().slot === 0 ? SLOTS[1] : SLOTS[0]),
    boot,
    link: new HttpLink(
      (host, port) => new TcpSocket(host, port),
      (host, port) => new TlsSocket(host, port),
    ),
    identity: readIdentity({ ...IDENTITY, ...identity }),
    datagrams: openPushPort(text, (level, line) => {
      log(level, "board", line);
    }),
    now: () => now(),
    random: (bytes) => {
      random(bytes);
    },
    log,
    provision: () => text,
    run,
  };
}

function run(step: () => number): void {
  for (;;) {
    const until = step();
    if (until === -Infinity) exit(0);
    wait(until - now());
  }
}

/** vendorId and classId are 32 hexadecimal digits. FwV and securityCounter are of what runs. */
function readIdentity(given: typeof IDENTITY): Identity {
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
