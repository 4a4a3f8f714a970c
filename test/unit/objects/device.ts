/**
 * A device for tests: all objects in one tree, one account that is provisioned, an engine that does
 * as it is told.
 */
import { pulled } from "../tree/pulled.ts";
import type { Identity } from "../../../hal/hal.ts";
import { resultOf } from "../../../src/base/work.ts";
import { STRICT_RULES } from "../../../src/base/urlrules.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import type { Account } from "../../../src/account/accounts.ts";
import { mountDevDetail } from "../../../src/objects/devdetail.ts";
import { mountDevInfo } from "../../../src/objects/devinfo.ts";
import { mountDmAcc } from "../../../src/account/dmacc.ts";
import { mountInbox } from "../../../src/objects/inbox.ts";
import { Fumo } from "../../../src/objects/fumo.ts";
import { provision } from "../../../src/account/enrolment.ts";
import { Tree } from "../../../src/tree/tree.ts";
import { MapStore } from "../tree/mapstore.ts";
import { FakeEngine } from "./fakeengine.ts";

export const SERVER = "srv";
export const STRANGER = "stranger";
export const ACCOUNT: Account = {
  name: "main",
  serverId: SERVER,
  address: "https://dm.example/dm",
  client: { type: "md5", name: "device", secret: "sesame" },
  server: { type: "basic", name: "server", secret: "mellon" },
};
export const IDENTITY: Identity = {
  DevId: "urn:uuid:1",
  Man: "Maker",
  Mod: "Model",
  Lang: "en",
  DevTyp: "sensor",
  OEM: "OEM",
  FwV: "1.2.3",
  SwV: "4",
  HwV: "5",
  vendorId: new Uint8Array(16),
  classId: new Uint8Array(16),
};

export class Device {
  readonly store: MapStore;
  readonly tree: Tree;
  readonly engine = new FakeEngine();
  readonly fumo: Fumo;
  /** What was said of addresses that were not taken. */
  readonly refused: string[] = [];

  constructor(store = new MapStore()) {
    this.store = store;
    this.tree = new Tree(store);
    mountDevInfo(this.tree, IDENTITY);
    mountDevDetail(this.tree, IDENTITY);
    mountDmAcc(this.tree, store, STRICT_RULES, (text) => {
      this.refused.push(text);
    });
    mountInbox(this.tree);
    this.fumo = new Fumo(this.tree, this.engine, { root: "FwUpdate", objects: ["Main"] });
    provision(this.tree, ACCOUNT, ["./FwUpdate"]);
  }

  /** The text that a Get gives, or its status. */
  read(uri: string, server = SERVER): string | number {
    const answer = this.tree.get(uri, server);
    const { status } = answer;
    const data = pulled(answer)[0]?.value.data;
    return status === 200 && data !== undefined ? text(data, 0, data.length) : status;
  }

  add(uri: string, value: string, server = SERVER): number {
    const chr = { format: "chr", type: "text/plain", data: utf8(value) };
    return resultOf(this.tree.add(uri, chr, server));
  }

  replace(uri: string, value: string, server = SERVER): number {
    const chr = { format: "chr", type: "text/plain", data: utf8(value) };
    return resultOf(this.tree.replace(uri, chr, server));
  }

  exec(uri: string, correlator?: string, server = SERVER): number {
    return this.tree.exec(uri, correlator === undefined ? {} : { correlator }, server);
  }
}
