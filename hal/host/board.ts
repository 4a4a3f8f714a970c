/** The board "XS on Linux", whole. README.md says what is in its state directory. */
import type { Board, Identity, LogLevel } from "../hal.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { frozen } from "../../src/base/frozen.ts";
import { HttpLink } from "../common/http/http.ts";
import { SlotBoot } from "../common/natives/boot.ts";
import { openPushPort } from "../common/natives/datagram.ts";
import { TcpSocket, wait } from "../common/natives/socket.ts";
import { FileFlash } from "./flash.ts";
import {
  exit,
  now,
  print,
  provision,
  random,
  securityCounter,
  version,
} from "../common/natives/system.ts";

const BLOCK_BYTES = 4096;
const WRITE_ALIGN = 16;
const STORE_BLOCKS = 16;
const SLOT_BLOCKS = 2048;
const SLOT_FILES: readonly string[] = frozen(["slot-a.flash", "slot-b.flash"]);
const LETTERS: { readonly [L in LogLevel]: string } = frozen({
  error: "E",
  warning: "W",
  info: "I",
  debug: "D",
});

/** What every host board is, but for what "identity" in provision.json says otherwise. */
const IDENTITY = frozen({
  DevId: "urn:uuid:00000000-0000-4000-8000-000000000001",
  Man: "xs-fumo",
  Mod: "host",
  Lang: "en",
  DevTyp: "device",
  OEM: "xs-fumo",
  SwV: "1.0",
  HwV: "1.0",
  vendorId: "00112233445566778899aabbccddeeff",
  classId: "ffeeddccbbaa99887766554433221100",
});

/**
 * Opens the flash of a board that was powered on. Call it once. Throws when the state directory
 * cannot be used.
 */
export function openBoard(): Board {
  const boot = new SlotBoot();
  const text = provision();
  const log = (level: LogLevel, source: string, line: string): void => {
    print(`[${(now() / 1000).toFixed(3).padStart(8)}] ${LETTERS[level]} ${source}: ${line}`);
  };
  return {
    store: new FileFlash("store.flash", BLOCK_BYTES, STORE_BLOCKS, WRITE_ALIGN),
    staging: new FileFlash(
      SLOT_FILES[1 - boot.running().slot] ?? "",
      BLOCK_BYTES,
      SLOT_BLOCKS,
      WRITE_ALIGN,
    ),
    boot,
    link: new HttpLink((host, port) => new TcpSocket(host, port)),
    identity: readIdentity(text),
    datagrams: openPushPort(text, (level, line) => {
      log(level, "board", line);
    }),
    now: () => now(),
    random: (bytes) => {
      random(bytes);
    },
    log,
    provision: () => text,
    typed: (buffer) => typed(buffer),
    run,
  };
}

function typed(this: unknown, buffer: Uint8Array): number {
  return native("xs_console_typed").call(this, buffer);
}

function run(step: () => number): void {
  for (;;) {
    const until = step();
    if (until === -Infinity) exit(0);
    wait(until - now());
  }
}

/**
 * Members of "identity" replace the defaults; vendorId and classId are 32 hexadecimal digits. FwV
 * and securityCounter are of what runs.
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
