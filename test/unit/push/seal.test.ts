/** How bootstrap messages are sealed: HMACs made with another program. */
import { CP_TYPE, DM_TYPE, type Protection } from "../../../src/push/envelope.ts";
import { sealed } from "../../../src/push/seal.ts";
import { equal, ok, test } from "../../check.ts";
import { bytesOf } from "./samples.ts";

const BODY = bytesOf("030b6a0005");
const SECRETS = { network: "secret", pin: "4711" };

function good(
  type: string,
  protection: Protection | undefined,
  mac: string | undefined,
  secrets = SECRETS,
): boolean {
  return sealed({ type, protection, mac, body: BODY }, secrets);
}

test("the key is the secret, the PIN, or PIN:secret in the DM profile (§5.7.2.3)", () => {
  for (const type of [CP_TYPE, DM_TYPE]) {
    ok(good(type, "NETWORKID", "3373e5bfbd767d3c8c0dd9bc813dcb0b9d586f30"));
    ok(good(type, "USERPIN", "D0C4C8C130FFC519405AD4281A7E15CA62CA69CB"), "digits of either case");
  }
  ok(good(DM_TYPE, "USERPIN_NETWORKID", "627d4c4bccde7f6e1db6025342ec8b4bad480951"));
  ok(good(CP_TYPE, "USERPIN_NETWORKID", "8506b148b7488f1b8b8b42f8fa55d8ebcc235b27"));
  ok(!good(CP_TYPE, "USERPIN_NETWORKID", "627d4c4bccde7f6e1db6025342ec8b4bad480951"));
});

test("without a secret, a PIN, a protection or a seal nothing is sealed", () => {
  const empty = "90203507074ad5efcf49ee12a886a6413976a45a";
  const none = { network: "", pin: "" };
  for (const protection of ["NETWORKID", "USERPIN", "USERPIN_NETWORKID"] as const) {
    equal(good(DM_TYPE, protection, empty, none), false);
    equal(good(DM_TYPE, protection, undefined), false);
    equal(good(DM_TYPE, protection, ""), false);
    equal(good(DM_TYPE, protection, "3373"), false);
  }
  equal(good(DM_TYPE, undefined, "3373e5bfbd767d3c8c0dd9bc813dcb0b9d586f30"), false);
  equal(
    good(DM_TYPE, "USERPIN_NETWORKID", "d0c4c8c130ffc519405ad4281a7e15ca62ca69cb", {
      network: "",
      pin: "4711",
    }),
    false,
  );
});
