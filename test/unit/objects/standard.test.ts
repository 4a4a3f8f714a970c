/** DevInfo, DevDetail, DMAcc and the accounts (OMA-TS-DM-StdObj). */
import { ACCOUNT_TEXT_BYTES_MAX } from "../../../src/base/limits.ts";
import { pulled } from "../tree/pulled.ts";
import { NONCE_BYTES_MAX } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Accounts } from "../../../src/account/accounts.ts";
import { devInfoItems } from "../../../src/objects/devinfo.ts";
import { provision, withdraw } from "../../../src/account/enrolment.ts";
import { deepEqual, equal, test } from "../../check.ts";
import { MapStore } from "../tree/mapstore.ts";
import { ACCOUNT, Device, IDENTITY, SERVER, STRANGER } from "./device.ts";

test("DevInfo says who the device is, to every server, and changes for none", () => {
  const device = new Device();
  equal(device.read("./DevInfo", STRANGER), "DevId/Man/Mod/DmV/Lang");
  equal(device.read("./DevInfo/DevId", STRANGER), "urn:uuid:1");
  equal(device.read("./DevInfo/DmV"), "1.2");
  equal(device.read("./DevInfo?prop=Type"), "urn:oma:mo:oma-dm-devinfo:1.0");
  equal(device.replace("./DevInfo/Man", "x"), 405);
  equal(device.tree.remove("./DevInfo", SERVER), 405);
});

test("package 1 carries every leaf of DevInfo (OMA-TS-DM-Protocol §8.1)", () => {
  deepEqual(
    devInfoItems(IDENTITY).map((item) => item.uri),
    ["./DevInfo/DevId", "./DevInfo/Man", "./DevInfo/Mod", "./DevInfo/DmV", "./DevInfo/Lang"],
  );
  equal(devInfoItems(IDENTITY)[1]?.value, "Maker");
});

test("DevDetail has the firmware version, the limits of URIs, and large objects", () => {
  const device = new Device();
  equal(device.read("./DevDetail"), "URI/DevTyp/OEM/FwV/SwV/HwV/LrgObj");
  equal(device.read("./DevDetail/FwV"), "1.2.3");
  equal(device.read("./DevDetail/LrgObj"), "true");
  equal(device.read("./DevDetail/LrgObj?prop=Format"), "bool");
  equal(device.read("./DevDetail/URI/MaxDepth"), "16");
  equal(device.read("./DevDetail/URI/MaxTotLen"), "255");
  equal(device.read("./DevDetail/URI/MaxSegLen"), "64");
});

test("DMAcc shows the account, but never its secrets and nonces", () => {
  const device = new Device();
  equal(device.read("./DMAcc"), "main");
  equal(device.read("./DMAcc/main?prop=Type"), "urn:oma:mo:oma-dm-dmacc:1.0");
  equal(device.read("./DMAcc/main/AppID"), "w7");
  equal(device.read("./DMAcc/main/ServerID"), SERVER);
  equal(device.read("./DMAcc/main/AppAddr/1/Addr"), "https://dm.example/dm");
  equal(device.read("./DMAcc/main/AppAddr/1/Port/1/PortNbr"), "");
  equal(device.read("./DMAcc/main/AppAuth/Client/AAuthLevel"), "CLCRED");
  equal(device.read("./DMAcc/main/AppAuth/Client/AAuthType"), "DIGEST");
  equal(device.read("./DMAcc/main/AppAuth/Server/AAuthType"), "BASIC");
  equal(device.read("./DMAcc/main/AppAuth/Server/AAuthName"), "server");
  for (const side of ["Client", "Server"]) {
    equal(device.read(`./DMAcc/main/AppAuth/${side}/AAuthSecret`), 405);
    equal(device.read(`./DMAcc/main/AppAuth/${side}/AAuthData`), 405);
  }
  const results = pulled(device.tree.get("./DMAcc?list=StructData", SERVER));
  equal(
    results.some((result) => result.uri.endsWith("Secret") || result.uri.endsWith("Data")),
    false,
  );
});

const ADDR = "./DMAcc/main/AppAddr/1/Addr";

test("an address that is no URL of a server is refused: nobody could put it right again", () => {
  const device = new Device();
  for (const address of [
    "",
    "htp://new.example/",
    "new.example",
    "https://",
    "https://u:p@new.example/",
    "https://0x7f.1/",
  ]) {
    equal(device.replace(ADDR, address), 500, address);
  }
  equal(device.read(ADDR), "https://dm.example/dm");
  equal(device.refused.length, 6);
  equal(
    device.refused[1],
    "Addr of ./DMAcc/main is not replaced: the new one does not begin with http:// or https://",
  );
});

test("an address that the provisioning does not allow is 403, and the log says why", () => {
  const device = new Device();
  for (const address of [
    "http://new.example/",
    "https://127.0.0.1/",
    "https://[::ffff:7f00:1]/",
    "https://localhost/",
    "https://169.254.169.254/",
  ]) {
    equal(device.replace(ADDR, address), 403, address);
  }
  equal(device.read(ADDR), "https://dm.example/dm");
  equal(
    device.refused[0],
    "Addr of ./DMAcc/main is not replaced: the new one leads to new.example by plain http: " +
      "use https, or set allowHttp in a laboratory",
  );
});

test("an address is kept in its one spelling, which sessions go to", () => {
  const device = new Device();
  equal(device.replace(ADDR, "HTTPS://New.Example:443/a/../dm x#main"), 200);
  equal(device.read(ADDR), "https://new.example/dm%20x");
});

test("a name and a secret of an account are taken to their limit, and past it 413", () => {
  const device = new Device();
  for (const leaf of ["Name", "AppAuth/Client/AAuthName", "AppAuth/Server/AAuthSecret"]) {
    const uri = `./DMAcc/main/${leaf}`;
    equal(device.replace(uri, "n".repeat(ACCOUNT_TEXT_BYTES_MAX)), 200);
    equal(device.replace(uri, "n".repeat(ACCOUNT_TEXT_BYTES_MAX + 1)), 413);
  }
});

test("only the account's server changes address, secrets and nonces, durably", () => {
  const device = new Device();
  const accounts = new Accounts(device.store);
  equal(device.replace("./DMAcc/main/AppAuth/Client/AAuthSecret", "x", STRANGER), 425);
  device.tree.begin();
  equal(device.replace("./DMAcc/main/AppAuth/Client/AAuthSecret", "open"), 200);
  equal(device.replace("./DMAcc/main/AppAddr/1/Addr", "https://new.example/"), 200);
  equal(device.replace("./DMAcc/main/AppAuth/Server/AAuthData", "n".repeat(NONCE_BYTES_MAX)), 200);
  equal(
    device.replace("./DMAcc/main/AppAuth/Server/AAuthData", "n".repeat(NONCE_BYTES_MAX + 1)),
    413,
  );
  equal(device.replace("./DMAcc/main/AppAuth/Server/AAuthData", "nonce"), 200);
  equal(accounts.get("main")?.client.secret, "sesame");
  equal(device.tree.commit(), 200);
  equal(accounts.get("main")?.client.secret, "open");
  equal(accounts.get("main")?.address, "https://new.example/");
  deepEqual(accounts.nonce("main", "server"), utf8("nonce"));
  equal(device.replace("./DMAcc/main/ServerID", "x"), 405);
  equal(device.replace("./DMAcc/main/Name", "x".repeat(1025)), 413);
});

test("accounts are provisioned, not added", () => {
  const device = new Device();
  equal(device.tree.add("./DMAcc/other", undefined, SERVER), 405);
  equal(device.tree.remove("./DMAcc/main", SERVER), 405);
});

test("an account is found by name and by server, after a restart too", () => {
  const store = new MapStore();
  new Device(store);
  const accounts = new Accounts(store);
  deepEqual(
    accounts.list().map((account) => account.name),
    ["main"],
  );
  equal(accounts.byServer(SERVER)?.name, "main");
  equal(accounts.byServer(STRANGER), undefined);
  equal(accounts.get("other"), undefined);
});

test("a nonce is durable, and provisioning forgets it", () => {
  const device = new Device();
  const accounts = new Accounts(device.store);
  equal(accounts.nonce("main", "client"), undefined);
  accounts.storeNonce("main", "client", utf8("n"));
  deepEqual(new Accounts(device.store).nonce("main", "client"), utf8("n"));
  provision(device.tree, { ...ACCOUNT, address: "https://b.example/" }, []);
  equal(accounts.nonce("main", "client"), undefined);
  equal(accounts.get("main")?.address, "https://b.example/");
});

test("a record that cannot be read is no account", () => {
  const device = new Device();
  const accounts = new Accounts(device.store);
  const records = [
    "",
    "{",
    "[]",
    "null",
    '{"v":1,"name":"main"}',
    '{"name":"a","serverId":"b","address":"c","client":1,"server":2}',
    '{"name":"a","serverId":"b","address":"c","client":{"type":"odd","name":"n","secret":"s"},' +
      '"server":{"type":"none","name":"n","secret":"s"}}',
  ];
  for (const record of records) {
    device.store.commit([["account.main", utf8(record)]]);
    equal(accounts.get("main"), undefined, record);
    equal(device.read("./DMAcc/main/ServerID"), 404, record);
  }
});

test("provisioning grants the server its rights in one commit; others keep theirs", () => {
  const device = new Device();
  const { store } = device;
  const before = store.commits;
  equal(provision(device.tree, { ...ACCOUNT, port: 8443 }, ["./FwUpdate"]), 200);
  equal(device.read("./DMAcc/main/AppAddr/1/Port/1/PortNbr"), "8443");
  equal(store.commits, before + 1);
  equal(device.read("./FwUpdate?prop=ACL"), "Add=*&Delete=srv&Exec=srv&Get=*&Replace=srv");
  equal(device.read("./DMAcc/main?prop=ACL"), "Add=*&Delete=srv&Exec=srv&Get=*&Replace=srv");
});

test("an account that is withdrawn takes its rights with it", () => {
  const device = new Device();
  equal(withdraw(device.tree, ACCOUNT), 200);
  equal(device.read("./DMAcc"), "");
  equal(device.read("./FwUpdate?prop=ACL"), "Add=*&Get=*");
  equal(device.exec("./FwUpdate/Main/Update"), 425);
});
