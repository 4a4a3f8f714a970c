/** Where a device may go: plain http, and addresses that are not on the public internet. */
import { admitUrl, refusalOf, STRICT_RULES, type UrlRules } from "../../../src/base/urlrules.ts";
import { equal, ok, test } from "../../check.ts";
import { address } from "./address.ts";

function admitted(text: string, rules: Partial<UrlRules> = {}, from?: string): boolean {
  const source = from === undefined ? undefined : address(from);
  const all = { allowHttp: true, allowPrivate: false, ...rules };
  return typeof admitUrl(text, all, source) !== "string";
}

test("where the provisioning says nothing, plain http and private addresses are refused", () => {
  equal(typeof admitUrl("http://h/", STRICT_RULES), "string");
  equal(typeof admitUrl("https://10.0.0.1/", STRICT_RULES), "string");
  equal(typeof admitUrl("https://h/", STRICT_RULES), "object");
});

test("a refusal says where it leads, why not, and what to do", () => {
  equal(
    refusalOf(address("http://dm.example/"), STRICT_RULES),
    "leads to dm.example by plain http: use https, or set allowHttp in a laboratory",
  );
  equal(
    refusalOf(address("https://[::1]/"), STRICT_RULES),
    "leads to [::1], which is no public address: set allowPrivate if it may",
  );
  equal(
    refusalOf(address("http://h/"), { allowHttp: true, allowPrivate: true }, address("https://i/")),
    "leads from https to h by plain http: use https there too",
  );
  equal(admitUrl("nonsense", STRICT_RULES), "does not begin with http:// or https://");
});

test("a reference is judged where it leads", () => {
  const base = address("https://h/a/b");
  const url = admitUrl("../c", STRICT_RULES, base);
  ok(typeof url !== "string" && url.path === "/c");
  equal(typeof admitUrl("//127.0.0.1/", STRICT_RULES, base), "string");
});

test("plain http needs leave, and is never gone to from https", () => {
  equal(admitted("http://h/"), true);
  equal(admitted("http://h/", { allowHttp: false }), false);
  equal(admitted("https://h/", { allowHttp: false }), true);
  equal(admitted("http://h/", {}, "https://h/"), false);
  equal(admitted("https://h/", {}, "http://h/"), true);
  equal(admitted("http://h/", {}, "http://i/"), true);
});

test("this device, its link and private networks are refused unless allowed", () => {
  const closed = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "printer.local",
    "0.0.0.0",
    "10.1.2.3",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "100.127.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd12::1]",
    "[::ffff:10.0.0.1]",
    "[0:0:0:0:0:FFFF:127.0.0.1]",
    "[::ffff:808:808]",
    "[0000::0001]",
    "[::127.0.0.1]",
    "[ff02::1]",
    "[2002:7f00:1::]",
    "[2001::1]",
    "[2001:0:1::]",
    "[2001:0000:1::]",
    "[64:ff9b::a00:1]",
    "[200::1]",
  ];
  const open = [
    "example.com",
    "localhost.example.com",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "126.0.0.1",
    "128.0.0.1",
    "169.253.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.0.1",
    "192.169.0.1",
    "192.0.1.1",
    "198.17.0.1",
    "198.20.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "223.255.255.255",
    "[2001:4860::8888]",
    "[2606:4700::1]",
    "[3fff::1]",
    "[2001:1::1]",
  ];
  for (const host of closed) {
    equal(admitted(`http://${host}/`), false, host);
    equal(admitted(`http://${host}/`, { allowPrivate: true }), true, host);
  }
  for (const host of open) equal(admitted(`http://${host}/`), true, host);
});
