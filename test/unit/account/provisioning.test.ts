/** The provisioning text. */
import { parseProvision } from "../../../src/account/provisioning.ts";
import { deepEqual, equal, throws, test } from "../../check.ts";

const ACCOUNT =
  '"account":{"serverId":"s","address":"http://h/","auth":"md5","name":"n","secret":"x"}';

test("an empty text is a device that does nothing by itself and accepts nothing", () => {
  const provision = parseProvision("{}");
  equal(provision.account, undefined);
  deepEqual(provision.keys, []);
  equal(provision.allowHttp, false);
  equal(provision.allowPrivate, false);
  equal(provision.allowDowngrade, false);
  equal(provision.pollSeconds, 0);
});

test("an account is read, and demands nothing of its server unless told", () => {
  const { account } = parseProvision(`{${ACCOUNT}}`);
  equal(account?.serverId, "s");
  equal(account?.auth, "md5");
  equal(account?.serverAuth, "none");
});

test("what is not known is ignored", () => {
  equal(parseProvision('{"later":1}').once, false);
});

test("what is wrong with a provisioning text is said in its own words", () => {
  for (const [text, problem] of [
    ['{"once":1}', "provision: once is not true or false"],
    ['{"keys":[1]}', "provision: keys is not a list of strings"],
    ["[]", "provision: not a JSON object"],
  ] as const) {
    let said = "";
    try {
      parseProvision(text);
    } catch (error) {
      said = error instanceof Error ? error.message : "";
    }
    equal(said, problem);
  }
});

for (const [what, text] of [
  ["not JSON", "{"],
  ["not an object", "[]"],
  ["an account without an address", '{"account":{"serverId":"s"}}'],
  [
    "an unknown kind of authentication",
    '{"account":{"serverId":"s","address":"http://h/","auth":"psk"}}',
  ],
  ["a flag that is a number", '{"once":1}'],
  ["keys that are not strings", '{"keys":[1]}'],
  ["a negative pause", '{"pollSeconds":-1}'],
] as const) {
  test(`a provisioning text is refused: ${what}`, () => {
    throws(() => parseProvision(text));
  });
}
