/** Versions of images: order, text, and the limits of the four numbers. */
import { compareVersions, parseVersion, versionText } from "../../../src/image/version.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

test("a version is read from one to three numbers and a build number", () => {
  deepEqual(parseVersion("1.2.3+4"), { major: 1, minor: 2, revision: 3, build: 4 });
  deepEqual(parseVersion("1.2.3"), { major: 1, minor: 2, revision: 3, build: 0 });
  deepEqual(parseVersion("7"), { major: 7, minor: 0, revision: 0, build: 0 });
  deepEqual(parseVersion("255.255.65535+4294967295"), {
    major: 255,
    minor: 255,
    revision: 65535,
    build: 4294967295,
  });
});

test("what is not a version is refused", () => {
  const wrong = [
    "",
    ".",
    "1.",
    "1..2",
    "a",
    "1.2.3.4",
    "1+2",
    "1.2+3",
    "1.2.3+",
    "-1",
    " 1",
    "1.2.3+4+5",
    "256",
    "1.256",
    "1.2.65536",
    "1.2.3+4294967296",
    "1.2.3+4 ",
  ];
  for (const text of wrong) equal(parseVersion(text), undefined, text);
});

test("versions are ordered number by number, not as text", () => {
  const ordered = [
    "0.0.0",
    "0.0.1",
    "0.0.10",
    "0.2.0",
    "0.10.0",
    "1.0.0",
    "1.0.0+1",
    "1.0.0+10",
    "2.0.0",
  ];
  for (let i = 1; i < ordered.length; i++) {
    const a = parseVersion(ordered[i - 1] ?? "");
    const b = parseVersion(ordered[i] ?? "");
    ok(a !== undefined && b !== undefined);
    ok(
      compareVersions(a, b) < 0 && compareVersions(b, a) > 0 && compareVersions(a, a) === 0,
      ordered[i],
    );
  }
});

test("a version is written as it is read", () => {
  for (const text of ["1.2.3+4", "0.0.0", "255.255.65535+4294967295"]) {
    const version = parseVersion(text);
    equal(version && versionText(version), text);
  }
});
