/**
 * When a bootstrap message counts: not while an image is on trial, not within a session, and once.
 */
import { hex } from "../../../src/base/bytes.ts";
import { hmacSha1 } from "../../../src/base/hmac.ts";
import { BOOTSTRAPS_KEPT } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Bootstraps } from "../../../src/client/bootstraps.ts";
import { parseProvision } from "../../../src/account/provisioning.ts";
import { Accounts } from "../../../src/account/accounts.ts";
import { mountDmAcc } from "../../../src/account/dmacc.ts";
import { DM_TYPE, type Envelope } from "../../../src/push/envelope.ts";
import { Store } from "../../../src/store/store.ts";
import { Tree } from "../../../src/tree/tree.ts";
import { deepEqual, equal, test } from "../../check.ts";
import { add, leaf, LEAVES, message } from "../push/samples.ts";
import { MemoryFlash } from "../update/fixture.ts";

const PROVISION = parseProvision(
  '{"bootstrap":["NETWORKID"],"networkSecret":"secret","bootstrapObjects":[]}',
);

function sealedMessage(name: string): Envelope {
  const leaves = LEAVES.map(([path, value]) =>
    leaf(`./DMAcc/x/${path}`, path === "Name" ? name : value),
  );
  const body = message(add(...leaves));
  return { type: DM_TYPE, protection: "NETWORKID", mac: hex(hmacSha1(utf8("secret"), body)), body };
}

class Device {
  readonly store = Store.open(
    new MemoryFlash({ blocks: 4, blockLength: 4096, writeAlign: 4, eraseValue: 0xff }),
  );
  readonly installed: string[] = [];
  readonly lines: string[] = [];
  readonly bootstraps: Bootstraps;
  closed = false;

  constructor() {
    const tree = new Tree(this.store);
    mountDmAcc(tree, this.store);
    this.bootstraps = new Bootstraps({
      store: this.store,
      tree,
      provision: PROVISION,
      userInterface: undefined,
      closed: () => this.closed,
      log: (_level, text) => {
        this.lines.push(text);
      },
      installed: (serverIds) => {
        this.installed.push(...serverIds);
      },
    });
  }

  get names(): readonly (string | undefined)[] {
    return new Accounts(this.store).list().map(({ displayName }) => displayName);
  }
}

test("no account changes while an image is on trial, whatever message came before", () => {
  const device = new Device();
  device.closed = true;
  equal(device.bootstraps.take(sealedMessage("A"), 0), "an image is on trial");
  device.closed = false;
  equal(device.bootstraps.take(sealedMessage("A"), 0), undefined);
  device.closed = true;
  equal(device.bootstraps.step(0, true, true), 0);
  deepEqual(
    [device.names, device.lines],
    [[], ["bootstrap message dropped: an image is on trial"]],
  );
});

test("a message waits for the end of a session, alone", () => {
  const device = new Device();
  equal(device.bootstraps.take(sealedMessage("A"), 0), undefined);
  equal(
    device.bootstraps.take(sealedMessage("B"), 0),
    "another one waits for the end of a session",
  );
  equal(device.bootstraps.step(0, false, false), Infinity);
  deepEqual(device.names, []);
  equal(device.bootstraps.step(5, true, false), 5);
  deepEqual([device.names, device.installed], [["A"], ["mgmt"]]);
  equal(device.bootstraps.step(6, true, true), Infinity);
});

test("so many messages are remembered, so that each counts once", () => {
  const device = new Device();
  const send = (name: string): string | undefined => {
    const problem = device.bootstraps.take(sealedMessage(name), 0);
    device.bootstraps.step(0, true, true);
    return problem;
  };
  for (let i = 0; i <= BOOTSTRAPS_KEPT; i++) equal(send(`${i}`), undefined);
  for (let i = 1; i <= BOOTSTRAPS_KEPT; i++) equal(send(`${i}`), "it came before");
  equal(send("0"), undefined, "the oldest is forgotten");
});
