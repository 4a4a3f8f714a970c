/** The board "XS on Linux", whole. README.md says what is in its state directory. */
import type { Board } from "../hal.ts";
import { frozen } from "../../src/base/frozen.ts";
import { HttpLink } from "../common/http/http.ts";
import { SlotBoot } from "../common/natives/boot.ts";
import { printLine } from "../common/natives/console.ts";
import { openPushPort } from "../common/natives/datagram.ts";
import { openBase, PartitionFlash } from "../common/natives/flash.ts";
import { type OwnIdentity, readIdentity } from "../common/natives/identity.ts";
import { run } from "../common/natives/loop.ts";
import { TcpSocket } from "../common/natives/socket.ts";
import { now, provision, random } from "../common/natives/system.ts";
import { secureConnect } from "../common/natives/tls.ts";
import { typed } from "../common/natives/typed.ts";

/** What every host board is, but for what "identity" in provision.json says otherwise. */
const IDENTITY: OwnIdentity = frozen({
  DevId: "urn:uuid:00000000-0000-4000-8000-000000000001",
  Mod: "host",
  classId: "ffeeddccbbaa99887766554433221100",
});

/**
 * Opens the flash of a board that was powered on. Call it once. Throws when the state directory
 * cannot be used.
 */
export function openBoard(): Board {
  const text = provision();
  return {
    store: new PartitionFlash("store"),
    staging: new PartitionFlash("staging"),
    base: openBase(),
    boot: new SlotBoot(),
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
    provision: () => text,
    typed: (buffer) => typed(buffer),
    run,
  };
}
