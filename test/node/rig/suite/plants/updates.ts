/** Faults that the scenarios update.*, package.* and image.* have to find. */
import { type Bug, ENDLESS_SECONDS, NO_RESULT, type Plants } from "./plant.ts";

const DEAF_TO_ENCODING: Bug = {
  file: "src/client/server",
  find: 'encoding: account.encoding ?? "xml"',
  replace: 'encoding: "xml"',
};
const XML_ONLY = {
  what: "the device speaks XML whatever its account says",
  bug: DEAF_TO_ENCODING,
  says: /^the device speaks xml, not wbxml$/,
};

const VERIFIER = "src/image/verifier";

export const UPDATES: Plants = {
  "update.replace-xml": {
    what: "the last characters of each piece of base64 are lost",
    bug: {
      file: "src/session/base64chunks",
      find: "const end = decodeBase64(bytes, from, to);",
      replace: "const end = decodeBase64(bytes, from, to - 4);",
    },
    says: /^the result is \d+, not 200/,
  },
  "update.replace-wbxml": XML_ONLY,
  "update.download-xml": {
    what: "a Download installs at once what it has fetched",
    bug: {
      file: "src/objects/fumo",
      find: 'way === "DownloadAndUpdate")',
      replace: "true)",
    },
    says: /^1 reports, not 2/,
  },
  "update.download-wbxml": XML_ONLY,
  "update.download-and-update-xml": {
    what: "DownloadAndUpdate only downloads",
    bug: {
      file: "src/objects/fumo",
      find: 'way === "DownloadAndUpdate")',
      replace: "false)",
    },
    says: /^the device tells the server that 1\.0\.0 runs, not 2\.0\.0$/,
  },
  "update.download-and-update-wbxml": XML_ONLY,
  "update.auth-none": {
    what: "the device wants a proof of a server that needs none",
    bug: {
      file: "src/session/authentication",
      find: 'this.#trusted = account.type === "none";',
      replace: "this.#trusted = false;",
    },
    limit: ENDLESS_SECONDS,
    says: NO_RESULT,
  },
  "update.auth-basic": {
    what: "name and secret are in the wrong order",
    bug: {
      file: "src/account/credential",
      find: "data: base64(proof(name, secret, nonce))",
      replace: "data: base64(proof(secret, name, nonce))",
    },
    limit: ENDLESS_SECONDS,
    says: NO_RESULT,
  },
  "update.auth-mac": {
    what: "the proof of a message leaves its body out",
    bug: {
      file: "src/account/mac",
      find: "copy(whole, head.length + nonce.length, tail, 0, tail.length);",
      replace: "",
    },
    limit: ENDLESS_SECONDS,
    says: NO_RESULT,
  },
  "update.descriptor": {
    what: "the host is told of a success by another status",
    bug: {
      file: "src/client/statusreports",
      find: "const status = REASONS[due.reason].status;",
      replace: "const status = 901;",
    },
    says: /^the host was told of status 901, not 900$/,
  },
  "update.https": {
    what: "the device knows another authority than that of the servers",
    world: {
      board: "esp32-fake",
      of: (scenario) => ({ ...scenario, wrongCertificate: "other-authority" }),
    },
    limit: ENDLESS_SECONDS,
    says: NO_RESULT,
  },
  "update.same-version": {
    what: "the version that runs counts as a lower one",
    bug: {
      file: "src/image/policy",
      find: "compareVersions(header.version, policy.runningVersion) < 0",
      replace: "compareVersions(header.version, policy.runningVersion) <= 0",
    },
    says: /^the result is 405, not 200/,
  },

  "package.foreign-signature": {
    what: "no signature is looked at",
    bug: {
      file: VERIFIER,
      find: "if (!signed(areas.unprotectedRecords, digest, this.#policy))",
      replace: "if (false)",
    },
    says: /^the result is 410, not 404/,
  },
  "package.unsigned": {
    what: "a package counts as signed where it names no key",
    bug: {
      file: VERIFIER,
      find: "const ecdsa = records.get(TlvType.ecdsa);",
      replace: "const ecdsa = records.get(TlvType.ecdsa); if (hash === undefined) return true;",
    },
    says: /^the result is 410, not 404/,
  },
  "package.corrupt": {
    what: "the digest is not compared",
    bug: { file: VERIFIER, find: "if (!equal(announced, digest))", replace: "if (false)" },
    says: /^the result is 404, not 402/,
  },
  "package.truncated": {
    what: "a package that is too short is said not to fit",
    bug: {
      file: "src/image/policy",
      find: 'size - signed + header.protectedSize > TLV_BYTES_MAX)\n return "corrupt";',
      replace: 'size - signed + header.protectedSize > TLV_BYTES_MAX) return "tooLarge";',
    },
    says: /^the result is 501, not 402/,
  },
  "package.wrong-vendor": {
    what: "packages of every vendor are taken",
    bug: {
      file: VERIFIER,
      find: "vendorId === undefined || !equal(vendorId, policy.vendorId)",
      replace: "vendorId === undefined",
    },
    says: /^the result is 200, not 403/,
  },
  "package.wrong-class": {
    what: "packages for every class are taken",
    bug: {
      file: VERIFIER,
      find: "classId === undefined || !equal(classId, policy.classId)",
      replace: "classId === undefined",
    },
    says: /^the result is 200, not 403/,
  },
  "package.not-an-image": {
    what: "what is no image is said to be for another device",
    bug: {
      file: "src/update/intake",
      find:
        "const header = parseImageHeader(this.#header);" +
        ' if (header === undefined) return "corrupt";',
      replace:
        "const header = parseImageHeader(this.#header);" +
        ' if (header === undefined) return "mismatch";',
    },
    says: /^the result is 403, not 402/,
  },
  "package.downgrade": {
    what: "every version is taken",
    bug: {
      file: "src/image/policy",
      find: "compareVersions(header.version, policy.runningVersion) < 0",
      replace: "false",
    },
    says: /^the result is 200, not 405/,
  },
  "package.old-counter": {
    what: "the security counter is not compared",
    bug: {
      file: VERIFIER,
      find: "counter === undefined || u32(counter, 0) < policy.securityCounter",
      replace: "counter === undefined",
    },
    says: /^the result is 200, not 405/,
  },

  "image.crashes": {
    what: "an image that went back counts as a success",
    bug: {
      file: "src/update/booted",
      find: 'return end(record, "failed", "reverted", record.kept && record.phase === "arming");',
      replace: "return succeed(record);",
    },
    says: /^the result is 200, not 410/,
  },
  "image.hangs": {
    what: "the board has no watchdog",
    bug: {
      file: "test/rig/simdevice",
      find: "await setTimeout(WATCHDOG_MS);",
      replace: "await setTimeout(1e9);",
    },
    limit: ENDLESS_SECONDS,
    says: NO_RESULT,
  },
  "image.never-confirms": {
    what: "an image that nobody answered is kept",
    bug: {
      file: "src/update/machine",
      find: 'unanswered: (record) => to(record, "rejecting")',
      replace: 'unanswered: (record) => to(record, "confirming")',
    },
    limit: ENDLESS_SECONDS,
    says: NO_RESULT,
  },
  "image.unhealthy": {
    what: "an image is kept that finds itself unhealthy",
    bug: {
      file: "src/update/machine",
      find: "unhealthy: condemn",
      replace: 'unhealthy: (record) => to(record, "confirming")',
    },
    says: /^the result is 200, not 410/,
  },
};
