/** When the provisioned account is made, and when it is left alone. */
import { applyAccount } from "../../../src/account/provisioned.ts";
import { parseProvision, type ProvisionedAccount } from "../../../src/account/provisioning.ts";
import { accountChange, Accounts } from "../../../src/account/accounts.ts";
import { mountDmAcc } from "../../../src/account/dmacc.ts";
import { Store } from "../../../src/store/store.ts";
import { Tree } from "../../../src/tree/tree.ts";
import { equal, ok, test } from "../../check.ts";
import { MemoryFlash } from "../update/fixture.ts";

function accountOf(secret: string, more = ""): ProvisionedAccount {
  const { account } = parseProvision(
    `{"account":{"serverId":"s","address":"http://h/","auth":"md5","name":"n",` +
      `"secret":"${secret}"${more}}}`,
  );
  ok(account !== undefined);
  return account;
}

class Device {
  readonly store = Store.open(
    new MemoryFlash({ blocks: 4, blockLength: 4096, writeAlign: 4, eraseValue: 0xff }),
  );

  /** The server that the device goes to. */
  start(account: ProvisionedAccount, trial = false): string {
    const tree = new Tree(this.store);
    mountDmAcc(tree, this.store);
    return applyAccount(this.store, tree, account, trial);
  }

  get secret(): string | undefined {
    return new Accounts(this.store).byServer("s")?.client.secret;
  }

  /** The server gives the device another secret. */
  rotate(secret: string): void {
    const account = new Accounts(this.store).byServer("s");
    ok(account !== undefined);
    this.store.commit([accountChange({ ...account, client: { ...account.client, secret } })]);
  }
}

test("the account is made at the first start", () => {
  const device = new Device();
  device.start(accountOf("factory"));
  equal(device.secret, "factory");
});

test("what a server has changed since stays, start after start", () => {
  const device = new Device();
  device.start(accountOf("factory"));
  device.rotate("rotated");
  device.start(accountOf("factory"));
  equal(device.secret, "rotated");
});

test("it stays also when later firmware reads more of the same text", () => {
  const device = new Device();
  const account = accountOf("factory");
  device.start(account);
  device.rotate("rotated");
  device.start({ ...account, later: true } as ProvisionedAccount);
  equal(device.secret, "rotated");
});

test("another text makes the account again", () => {
  const device = new Device();
  device.start(accountOf("factory"));
  device.start(accountOf("second"));
  equal(device.secret, "second");
});

test("an image on trial leaves the account that is there alone, and makes the first one", () => {
  const device = new Device();
  device.start(accountOf("factory"), true);
  equal(device.secret, "factory");
  device.start(accountOf("second"), true);
  equal(device.secret, "factory");
  device.start(accountOf("second"));
  equal(device.secret, "second");
});

test("an image on trial uses the server of its predecessor, not its own", () => {
  const device = new Device();
  const other: ProvisionedAccount = { ...accountOf("second"), serverId: "t", origin: "t" };
  equal(device.start(accountOf("factory")), "s");
  equal(device.start(other, true), "s");
  equal(device.start(other), "t");
  equal(device.start(other), "t");
});
