/** Which RespURI is followed (OMA-TS-DM-RepPro §4.1.1.17). */
import { ADDRESS_BYTES_MAX } from "../../../src/base/limits.ts";
import { urlText } from "../../../src/base/url.ts";
import { responseUrl } from "../../../src/session/peer.ts";
import { equal, ok, test } from "../../check.ts";
import { address } from "../base/address.ts";

const ACCOUNT = "https://dm.example:8443/dm/a";

/** The text of where the answer goes; "" when it is not followed. */
function followed(respURI: string, account = ACCOUNT): string {
  const url = responseUrl(respURI, address(account));
  return typeof url === "string" ? "" : urlText(url);
}

test("scheme, host and port of the account are followed, however they are spelled", () => {
  const cases = [
    ["https://dm.example:8443/dm?s=1", "https://dm.example:8443/dm?s=1"],
    ["HTTPS://DM.example:08443/other", "https://dm.example:8443/other"],
    ["https://dm.example:8443", "https://dm.example:8443/"],
    ["https://dm.example:8443?s", "https://dm.example:8443/?s"],
    [" https://dm.example:8443/x\n", "https://dm.example:8443/x"],
  ] as const;
  for (const [given, expected] of cases) equal(followed(given), expected, given);
  equal(followed("https://dm.example:443/x", "https://dm.example/dm"), "https://dm.example/x");
  equal(followed("http://dm.example/x", "http://dm.example:80/dm"), "http://dm.example/x");
});

test("a relative RespURI is resolved against the account's address (RFC 3986 §5)", () => {
  const cases = [
    ["/dm;id=7", "https://dm.example:8443/dm;id=7"],
    ["b?s=1", "https://dm.example:8443/dm/b?s=1"],
    ["?s=1", "https://dm.example:8443/dm/a?s=1"],
    ["../../c", "https://dm.example:8443/c"],
    ["/a b", "https://dm.example:8443/a%20b"],
  ] as const;
  for (const [given, expected] of cases) equal(followed(given), expected, given);
});

test("anything that leads elsewhere is not followed, and the log says why", () => {
  const elsewhere = [
    "",
    "//evil.example/dm",
    "http://dm.example:8443/dm",
    "https://dm.example/dm",
    "https://dm.example:8443.evil.example/",
    "https://evil.example/dm.example:8443",
    "https://dm.example:8443@evil.example/",
    "https://evil@dm.example:8443/",
    "ftp://dm.example:8443/",
    "https:/dm.example:8443/",
    "https://dm.example:8443\\@evil/",
    "/a\r\nHost: evil",
    "dm:x",
  ];
  for (const url of elsewhere) {
    equal(followed(url), "", url);
    const why = responseUrl(url, address(ACCOUNT));
    ok(typeof why === "string" && why.length > 5, url);
  }
});

test("a RespURI has at most ADDRESS_BYTES_MAX bytes, as it comes and as it is resolved", () => {
  const account = address("https://h/");
  const longest = `https://h/${"a".repeat(ADDRESS_BYTES_MAX - 10)}`;
  const url = responseUrl(longest, account);
  equal(typeof url === "string" ? url : urlText(url), longest);
  const tooLong = `is longer than ${ADDRESS_BYTES_MAX} bytes`;
  equal(responseUrl(`${longest}a`, account), tooLong);
  equal(responseUrl("a".repeat(ADDRESS_BYTES_MAX), account), tooLong);
});
