/** A bare-metal board, whole: what a board of this kind passes on as its openBoard. */
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
import { TlsSocket } from "../common/natives/tls.ts";
import { typed } from "../common/natives/typed.ts";

/** Addresses, dotted. Without them the board asks DHCP. */
interface NetworkSettings {
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
  readonly nameServer: string;
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

function trustFactory(this: unknown): void {
  native("xs_factory_trust").call(this);
}

/**
 * The board as the loader handed it over. Call it once. Throws when the provisioning, or an
 * authority for TLS, cannot be used. A board without network says so and runs on: connections then
 * fail.
 */
export function openBareBoard(own: OwnIdentity): Board {
  const text = provision();
  trustFactory();
  const { network } = JSON.parse(text) as { network?: Partial<NetworkSettings> };
  const { address, mask, gateway, nameServer } = { ...DHCP, ...network };
  try {
    startNetwork(address, mask, gateway, nameServer);
  } catch (error) {
    printLine("error", "board", error instanceof Error ? error.message : "no network");
  }
  return {
    store: new PartitionFlash("store"),
    staging: new PartitionFlash("staging"),
    base: openBase(),
    boot: new SlotBoot(),
    link: new HttpLink(
      (host, port) => new TcpSocket(host, port),
      (host, port) => new TlsSocket(host, port),
    ),
    identity: readIdentity(text, own),
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
