/** Which texts are URLs of packages, where references lead, and where the device must not go. */
import { URL_BYTES_MAX } from "../../../src/base/limits.ts";
import { admitUrl, type UrlRules } from "../../../src/download/rules.ts";
import { parseUrl, resolveUrl, urlText } from "../../../src/download/url.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

function admitted(text: string, rules: Partial<UrlRules> = {}, from?: string): boolean {
  const url = parseUrl(text);
  const source = from === undefined ? undefined : parseUrl(from);
  ok(url !== undefined, text);
  return admitUrl(url, { allowHttp: true, allowPrivate: false, ...rules }, source);
}

test("a URL has scheme, host, port and path with query; the fragment is left out", () => {
  deepEqual(parseUrl("http://Example.com/a/b?c=d/e#f"), {
    scheme: "http",
    host: "example.com",
    port: 80,
    path: "/a/b?c=d/e",
  });
  deepEqual(parseUrl("HTTPS://h:8443"), { scheme: "https", host: "h", port: 8443, path: "/" });
  deepEqual(parseUrl("https://h?q=/"), { scheme: "https", host: "h", port: 443, path: "/?q=/" });
  deepEqual(parseUrl("http://[2001:DB8::1]:81/x"), {
    scheme: "http",
    host: "[2001:db8::1]",
    port: 81,
    path: "/x",
  });
  deepEqual(parseUrl("http://192.0.2.1:65535/@"), {
    scheme: "http",
    host: "192.0.2.1",
    port: 65535,
    path: "/@",
  });
  deepEqual(parseUrl("http://h/a#b?c"), { scheme: "http", host: "h", port: 80, path: "/a" });
});

test("what is no absolute http or https URL, or has user information, is refused", () => {
  const wrong = [
    "",
    "h",
    "/a",
    "//h/a",
    "ftp://h/a",
    "file:///etc",
    "http:/h",
    "http:h",
    "https:/h/",
    "http://",
    "http:///a",
    "http://:80/",
    "http://h:/",
    "http://h:0/",
    "http://h:65536/",
    "http://h:080/",
    "http://h:8a/",
    "http://u@h/",
    "http://u:p@h/",
    "http://@h/",
    "http://h\\@i/",
    "http://h/ a",
    "http://h/\n",
    "http://h/ü",
    "http://a..b/",
    "http://.a/",
    "http://a_ b/",
    "http://[::1/",
    "http://[]/",
    "http://[g::]/",
    "http://[::1]a/",
    "http://[::1]:/",
    " http://h/",
    "http://h/<",
    "http://h%20/",
    "http://h,i/",
    "javascript:alert(1)",
  ];
  for (const text of wrong) equal(parseUrl(text), undefined, text);
});

test("a host that ends in a number is four plain decimals and nothing else", () => {
  for (const host of [
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "1.2.3.256",
    "1.2.3.4.5",
    "1.2.3.4.",
    "a.1",
    "127.0.0.0x1",
  ]) {
    equal(parseUrl(`http://${host}/`), undefined, host);
  }
  ok(parseUrl("http://1.2.3.4/") !== undefined && parseUrl("http://1a.b2/") !== undefined);
});

test("a URL has a limited length", () => {
  const filler = new Array<string>(URL_BYTES_MAX - 9).fill("p").join("");
  ok(parseUrl(`http://h/${filler}`) !== undefined);
  equal(parseUrl(`http://h/${filler}p`), undefined);
});

test("a URL is written without the scheme's own port", () => {
  for (const text of [
    "http://h/a?b",
    "https://h/",
    "http://h:443/",
    "https://h:80/",
    "http://[::1]:8080/",
  ]) {
    const url = parseUrl(text);
    equal(url && urlText(url), text);
  }
  const own = parseUrl("https://h:443/a");
  equal(own && urlText(own), "https://h/a");
});

test("a reference is resolved against the URL that answered (RFC 3986 §5.2)", () => {
  const base = parseUrl("https://h:8443/a/b?c/d");
  ok(base !== undefined);
  const cases = [
    ["http://i/x", "http://i/x"],
    ["//i/x", "https://i/x"],
    ["/x", "https://h:8443/x"],
    ["x", "https://h:8443/a/x"],
    ["x?y:z", "https://h:8443/a/x?y:z"],
    ["?y", "https://h:8443/a/b?y"],
    ["./x", "https://h:8443/a/./x"],
    ["/x:y", "https://h:8443/x:y"],
  ] as const;
  for (const [reference, expected] of cases) {
    const url = resolveUrl(base, reference);
    equal(url && urlText(url), expected, reference);
  }
  for (const reference of ["", "ftp://h/", "mailto:a", "//u@h/", "http:x"])
    equal(resolveUrl(base, reference), undefined, reference);
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
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd12::1]",
    "[::ffff:10.0.0.1]",
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
    "100.63.0.1",
    "100.128.0.1",
    "223.255.255.255",
    "[2001:4860::8888]",
    "[2606:4700::1]",
    "[3fff::1]",
  ];
  for (const host of closed) {
    equal(admitted(`http://${host}/`), false, host);
    equal(admitted(`http://${host}/`, { allowPrivate: true }), true, host);
  }
  for (const host of open) equal(admitted(`http://${host}/`), true, host);
});

test("where hosts are listed there is no other", () => {
  const rules = { hosts: ["a.example", "b.example"] };
  equal(admitted("http://A.example/", rules), true);
  equal(admitted("http://c.example/", rules), false);
  equal(admitted("http://x.a.example/", rules), false);
});
