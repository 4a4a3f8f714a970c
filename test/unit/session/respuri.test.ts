/** Which RespURI is followed (OMA-TS-DM-RepPro §4.1.1.17). */
import { URL_BYTES_MAX } from "../../../src/base/limits.ts";
import { responseUrl } from "../../../src/session/respuri.ts";
import { equal, test } from "../../check.ts";

const ACCOUNT = "https://dm.example:8443/dm";

test("scheme, host and port of the account are followed, in any case", () => {
  for (const url of [
    "https://dm.example:8443/dm?s=1",
    "HTTPS://DM.example:8443/other",
    "https://dm.example:8443",
  ]) {
    equal(responseUrl(url, ACCOUNT), url);
  }
  equal(responseUrl("https://dm.example:8443?s", ACCOUNT), "https://dm.example:8443?s");
  equal(
    responseUrl("https://dm.example:443/x", "https://dm.example/dm"),
    "https://dm.example:443/x",
  );
  equal(responseUrl("http://dm.example/x", "http://dm.example:80/dm"), "http://dm.example/x");
});

test("a path is one of the account's server", () => {
  equal(responseUrl("/dm;id=7", ACCOUNT), "https://dm.example:8443/dm;id=7");
});

test("anything that leads elsewhere is not followed", () => {
  for (const url of [
    "",
    "dm",
    "?x",
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
    "/a b",
    "/a\r\nHost: evil",
    "/a#b",
  ])
    equal(responseUrl(url, ACCOUNT), undefined, url);
});

test("a RespURI has at most URL_BYTES_MAX bytes", () => {
  const longest = `/${"a".repeat(URL_BYTES_MAX - 1)}`;
  equal(responseUrl(longest, ACCOUNT), `https://dm.example:8443${longest}`);
  equal(responseUrl(`${longest}a`, ACCOUNT), undefined);
});
