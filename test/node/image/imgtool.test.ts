/**
 * MCUboot's imgtool as a witness: it verifies what we sign, and what it signs, in every way it has,
 * is taken or refused for a reason that `inspect` names.
 */
import { match, ok, strictEqual } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fromHex } from "../../../src/base/bytes.ts";
import type { ImageFault } from "../../../src/image/policy.ts";
import { ImageVerifier } from "../../../src/image/verifier.ts";
import { buildImage } from "../../rig/image.ts";
import { generateKey, readKey, vendorKeyOf, writeKey } from "../../rig/keys.ts";
import { root } from "../../root.ts";

const IMGTOOL = join(root, "build/imgtool/bin/imgtool");
const skip =
  !existsSync(IMGTOOL) &&
  process.env.CI === undefined &&
  "no imgtool: python3 -m venv build/imgtool && build/imgtool/bin/pip install -r " +
    "test/node/image/requirements.txt";

const folder = mkdtempSync(join(tmpdir(), "imgtool-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});
const VENDOR = randomUUID();
const CLASS = randomUUID();
const PAYLOAD = join(folder, "payload.bin");
// A half that can be compressed.
writeFileSync(PAYLOAD, Buffer.concat([randomBytes(2000), Buffer.alloc(8000)]));

function uuid(text: string): Uint8Array {
  return fromHex(text.replaceAll("-", "")) ?? new Uint8Array(0);
}

/** A key in a file of its own: both tools read PKCS #8. */
function keyFile(type: "ed25519" | "p256"): string {
  const path = join(folder, `${type}-${randomUUID()}.pem`);
  writeKey(path, generateKey(type));
  return path;
}

for (const type of ["ed25519", "p256"] as const) {
  test(`imgtool verifies what we sign with ${type}, and nothing that was changed`, { skip }, () => {
    const key = keyFile(type);
    const image = buildImage({
      payload: readFileSync(PAYLOAD),
      version: { major: 2, minor: 3, revision: 4, build: 5 },
      securityCounter: 7,
      vendorId: uuid(VENDOR),
      classId: uuid(CLASS),
      key: readKey(key),
    });
    const path = join(folder, `${type}.img`);
    const verify = (bytes: Uint8Array): ReturnType<typeof spawnSync> => {
      writeFileSync(path, bytes);
      return spawnSync(IMGTOOL, ["verify", "-k", key, path], { encoding: "utf8" });
    };
    const good = verify(image);
    strictEqual(good.status, 0, String(good.stderr));
    match(String(good.stdout), /Image version: 2\.3\.4\+5/);
    for (const at of [40, image.length - 1]) {
      const changed = Buffer.from(image);
      changed[at] = (changed[at] ?? 0) ^ 1;
      ok(verify(changed).status !== 0, `byte ${at}`);
    }
    const dump = execFileSync(IMGTOOL, ["dumpinfo", path], { encoding: "utf8" });
    match(dump, /UUID_VID|VID/);
  });
}

interface Way {
  readonly what: string;
  readonly key: "ed25519" | "p256" | "ecdsa-p384" | "rsa-2048" | "rsa-3072" | undefined;
  readonly words?: readonly string[];
  /** What a device makes of it; undefined: it is taken. */
  readonly fault?: ImageFault;
  /** What `inspect` says. */
  readonly said?: RegExp;
}

const NOT_OURS = "not ours +";

/** Each option of `imgtool sign` that changes what a device gets. */
const WAYS: readonly Way[] = [
  { what: "Ed25519", key: "ed25519", said: /signature +Ed25519, key/ },
  { what: "ECDSA P-256", key: "p256", said: /signature +ECDSA P-256, key/ },
  {
    what: "ECDSA P-256 with padding",
    key: "p256",
    words: ["--pad-sig"],
    fault: "untrusted",
    said: /signature +ECDSA P-256 with padding: devices refuse/,
  },
  { what: "a larger header", key: "ed25519", words: ["-H", "512"] },
  { what: "the counter of the version", key: "ed25519", words: ["-s", "auto"] },
  { what: "a boot record", key: "ed25519", words: ["--boot-record", "fw"] },
  { what: "a vendor's record", key: "ed25519", words: ["--custom-tlv", "0x00a0", "0x01"] },
  { what: "a dependency that is met", key: "ed25519", words: ["-d", "(0, 1.0.0+0)"] },
  { what: "another erased value", key: "ed25519", words: ["-R", "0"] },
  { what: "another alignment", key: "ed25519", words: ["--align", "32", "--max-align", "32"] },
  {
    what: "a dependency that is not met",
    key: "ed25519",
    words: ["-d", "(0, 9.0.0+0)"],
    fault: "unacceptable",
  },
  {
    what: "a dependency on a second image",
    key: "ed25519",
    words: ["-d", "(1, 1.0.0+0)"],
    fault: "unacceptable",
  },
  { what: "not bootable", key: "ed25519", words: ["--non-bootable"], fault: "unacceptable" },
  { what: "for RAM", key: "ed25519", words: ["-L", "0x20000000"], fault: "unacceptable" },
  {
    what: "for a fixed address",
    key: "ed25519",
    words: ["-F", "0x8000000"],
    fault: "unacceptable",
  },
  { what: "compressed", key: "ed25519", words: ["--compression", "lzma2"], fault: "unacceptable" },
  {
    what: "RSA-2048",
    key: "rsa-2048",
    fault: "untrusted",
    said: new RegExp(`${NOT_OURS}signature RSA-2048 \\(0x20\\)`),
  },
  {
    what: "RSA-3072",
    key: "rsa-3072",
    fault: "untrusted",
    said: new RegExp(`${NOT_OURS}signature RSA-3072 \\(0x23\\)`),
  },
  {
    what: "ECDSA P-384",
    key: "ecdsa-p384",
    fault: "untrusted",
    said: new RegExp(`${NOT_OURS}digest SHA-384 \\(0x11\\)`),
  },
  {
    what: "the whole public key",
    key: "ed25519",
    words: ["--public-key-format", "full"],
    fault: "untrusted",
    said: new RegExp(`${NOT_OURS}whole public key`),
  },
  {
    what: "SHA-512",
    key: "ed25519",
    words: ["--sha", "512"],
    fault: "untrusted",
    said: new RegExp(`${NOT_OURS}digest SHA-512 \\(0x12\\)`),
  },
  {
    what: "the image itself signed",
    key: "ed25519",
    words: ["--pure"],
    fault: "untrusted",
    said: new RegExp(`${NOT_OURS}signature over the image itself \\(0x25\\)`),
  },
  { what: "no signature", key: undefined, fault: "untrusted", said: /signature +none/ },
  {
    what: "padded to the slot",
    key: "ed25519",
    words: ["--pad"],
    fault: "corrupt",
    said: /records/,
  },
  { what: "big-endian", key: "ed25519", words: ["-e", "big"], fault: "corrupt" },
];

function keyOf(key: NonNullable<Way["key"]>): string {
  if (key === "ed25519" || key === "p256") return keyFile(key);
  const path = join(folder, `${key}-${randomUUID()}.pem`);
  execFileSync(IMGTOOL, ["keygen", "-k", path, "-t", key]);
  return path;
}

/** Signed by imgtool: the package, and the key. */
function signed({ key, words = [] }: Way): {
  readonly path: string;
  readonly key: string | undefined;
} {
  const path = join(folder, `${randomUUID()}.img`);
  const file = key === undefined ? undefined : keyOf(key);
  const sign = (): void => {
    execFileSync(IMGTOOL, signWords(file, words, path));
  };
  sign();
  // A signature of full length needs no padding.
  while (
    words.includes("--pad-sig") &&
    readFileSync(path).at(1 - PADDED_BYTES) === PADDED_BYTES - 2
  )
    sign();
  return { path, key: file };
}

/** An ECDSA signature of P-256 in DER, at its longest. */
const PADDED_BYTES = 72;

function signWords(file: string | undefined, words: readonly string[], path: string): string[] {
  return [
    "sign",
    ...(file === undefined ? [] : ["-k", file]),
    ...["--vid", VENDOR, "--cid", CLASS, "-s", "5", "-v", "2.0.0", "-S", "0x40000"],
    ...["--align", "4", "-H", "32", "--pad-header", ...words],
    PAYLOAD,
    path,
  ];
}

for (const way of WAYS) {
  test(`what imgtool signs is ${way.fault ?? "taken"}, and inspect says why: ${way.what}`, {
    skip,
  }, () => {
    const { path, key } = signed(way);
    const image = readFileSync(path);
    const ours = way.key === "ed25519" || way.key === "p256";
    const verifier = new ImageVerifier(
      (buffer, offset) => {
        buffer.set(image.subarray(offset, offset + buffer.length));
      },
      image.length,
      {
        keys: [vendorKeyOf(ours && key !== undefined ? readKey(key) : generateKey("ed25519"))],
        capacity: 0x40000,
        runningVersion: { major: 1, minor: 0, revision: 0, build: 0 },
        vendorId: uuid(VENDOR),
        classId: uuid(CLASS),
        securityCounter: 5,
        allowDowngrade: false,
      },
    );
    const result = verifier.step(Infinity);
    strictEqual(typeof result === "string" ? result : undefined, way.fault);
    const cli = join(root, "build/js/test/rig/cli.js");
    const shown = spawnSync(process.execPath, [cli, "inspect", path], { encoding: "utf8" });
    if (way.said !== undefined) match(shown.stdout, way.said);
    else if (way.what === "big-endian") match(shown.stderr, /is not an MCUboot image/);
  });
}
