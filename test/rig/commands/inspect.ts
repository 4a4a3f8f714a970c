/** `xs-fumo inspect`: what a package says of itself, and whether it is whole and signed. */
import type { Command } from "commander";
import { createHash, createPublicKey } from "node:crypto";
import { hex } from "../../../src/base/bytes.ts";
import { isDelta, parseDeltaHeader } from "../../../src/image/deltaheader.ts";
import { type ImageHeader, parseImageHeader } from "../../../src/image/imageheader.ts";
import { parseTlvAreas, type TlvRecords, TlvType } from "../../../src/image/tlv.ts";
import { ImageVerifier } from "../../../src/image/verifier.ts";
import { versionText } from "../../../src/image/version.ts";
import { basePayload, DeltaError } from "../delta/package.ts";
import { decode } from "../delta/unpack.ts";
import { Exit, RigError } from "../exit.ts";
import { vendorKeyOf } from "../keys.ts";
import { size } from "../terminal.ts";
import { readInput } from "./pack.ts";

const PROTECTED = [
  [TlvType.vendorId, "vendor"],
  [TlvType.classId, "class"],
  [TlvType.securityCounter, "security counter"],
] as const;

/** Unprotected records that imgtool writes and devices of ours do not take, by type. */
const FOREIGN: ReadonlyMap<number, string> = new Map([
  [0x01, "hash of a key, of another length"],
  [0x02, "whole public key in the place of its hash"],
  [0x11, "digest SHA-384"],
  [0x12, "digest SHA-512"],
  [0x20, "signature RSA-2048"],
  [0x21, "signature ECDSA P-224"],
  [0x23, "signature RSA-3072"],
  [0x24, "signature Ed25519 of another length"],
  [0x25, "signature over the image itself"],
  [0x30, "key encrypted with RSA-2048"],
  [0x31, "key encrypted with AES-KW"],
  [0x32, "key encrypted with P-256"],
  [0x33, "key encrypted with X25519"],
  [0x34, "key encrypted with X25519 and SHA-512"],
]);

function recordName(type: number): string {
  const name = FOREIGN.get(type) ?? "record that is not signed";
  return `${name} (0x${type.toString(16).padStart(2, "0")})`;
}

export function addInspect(program: Command): void {
  program
    .command("inspect")
    .description(
      "show what a package says of itself; with --key, whether a device with that key would " +
        "find it genuine",
    )
    .argument("<package>", "the package: an MCUboot image, or a delta package")
    .option("--key <file>", "public or private key of the vendor (PEM)")
    .option(
      "--base <package>",
      "the image that a delta package is for: shows what it makes of that",
    )
    .addHelpText(
      "after",
      `
Exit status 1 when the package is damaged, or not signed by the key.

Examples:
  xs-fumo inspect v2.img --key vendor.pem
  xs-fumo inspect v1-to-v2.xdp --base v1.img --key vendor.pem`,
    )
    .action((path: string, options: { key?: string; base?: string }) => {
      const bytes = imageIn(readInput(path), path, options.base);
      if (bytes === undefined) return;
      const header = parseImageHeader(bytes);
      if (header === undefined) throw new RigError(Exit.failed, `${path} is not an MCUboot image`);
      for (const [name, value] of describe(bytes, header))
        process.stdout.write(`${name.padEnd(18)}${value}\n`);
      if (options.key === undefined) return;
      const verdict = judge(bytes, header, options.key);
      process.stdout.write(`${"verdict".padEnd(18)}${verdict ?? "genuine"}\n`);
      process.exitCode = verdict === undefined ? Exit.ok : Exit.failed;
    });
}

/**
 * The image in a package. Of a delta package it shows the header first; undefined when the image
 * cannot be made, for want of its base.
 */
function imageIn(bytes: Buffer, path: string, base: string | undefined): Buffer | undefined {
  if (!isDelta(bytes)) return bytes;
  const header = parseDeltaHeader(bytes);
  if (header === undefined)
    throw new RigError(Exit.failed, `${path} has the header of no delta package`);
  const { baseLength, imageLength, image, records } = header;
  const lines = [
    ["package", `${bytes.length} bytes (${size(bytes.length)}), header ${header.size}`],
    ["base", baseLength === 0 ? "none" : `${baseLength} bytes, ${hex(header.baseDigest)}`],
    ["makes", `${imageLength} bytes, version ${versionText(image.version)}`],
    ["digest claimed", hex(header.imageDigest)],
    ...PROTECTED.map(([type, name]) => [`${name} claimed`, protectedValue(records, type)] as const),
  ] as const;
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(26)}${value}\n`);
  if (baseLength > 0 && base === undefined) return undefined;
  const payload = base === undefined ? Buffer.alloc(0) : payloadOf(base);
  const used = payload.subarray(0, baseLength);
  if (baseLength > 0 && !createHash("sha256").update(used).digest().equals(header.baseDigest))
    throw new RigError(Exit.failed, `${base ?? ""} is not the base of ${path}`);
  const made = decode({ base: used, imageLength, body: bytes.subarray(header.size) });
  if (made === undefined) throw new RigError(Exit.failed, `${path} is damaged: it makes no image`);
  return Buffer.from(made);
}

function payloadOf(path: string): Buffer {
  try {
    return basePayload(readInput(path));
  } catch (error) {
    if (!(error instanceof DeltaError)) throw error;
    throw new RigError(Exit.usage, `${path}: ${error.message}`);
  }
}

/** Why no device takes these bytes for a package, whatever its keys; undefined: none. */
export function packageFault(bytes: Buffer): string | undefined {
  if (isDelta(bytes))
    return parseDeltaHeader(bytes) === undefined ? "has the header of no delta package" : undefined;
  const header = parseImageHeader(bytes);
  if (header === undefined) return "is not an MCUboot image";
  const records = areasOf(bytes, header)?.unprotectedRecords;
  if (records === undefined) return "is damaged or cut short: its records are not well-formed";
  const announced = records.get(TlvType.sha256);
  return announced === undefined || digestOf(bytes, header).equals(announced)
    ? undefined
    : "is damaged: its digest differs from the one in it";
}

function digestOf(bytes: Buffer, header: ImageHeader): Buffer {
  const signedLength = header.headerSize + header.payloadSize + header.protectedSize;
  return createHash("sha256").update(bytes.subarray(0, signedLength)).digest();
}

function areasOf(bytes: Buffer, header: ImageHeader): ReturnType<typeof parseTlvAreas> {
  const start = header.headerSize + header.payloadSize;
  if (start + header.protectedSize > bytes.length) return undefined;
  return parseTlvAreas(bytes.subarray(start), bytes.length - start, header.protectedSize);
}

function describe(bytes: Buffer, header: ImageHeader): (readonly [string, string])[] {
  const lines: (readonly [string, string])[] = [
    ["version", versionText(header.version)],
    [
      "length",
      `${bytes.length} bytes (${size(bytes.length)}): header ${header.headerSize}, payload ` +
        `${header.payloadSize}`,
    ],
  ];
  const areas = areasOf(bytes, header);
  if (areas === undefined)
    return [...lines, ["records", "not well-formed: the package is damaged or cut short"]];
  const digest = digestOf(bytes, header);
  const announced = areas.unprotectedRecords.get(TlvType.sha256);
  const whole = announced !== undefined && digest.equals(announced);
  const other =
    announced === undefined ? " (the package has none)" : " (differs from the one in the package)";
  lines.push(["digest", `${hex(digest)}${whole ? "" : other}`]);
  for (const [type, name] of PROTECTED)
    lines.push([name, protectedValue(areas.protectedRecords, type)]);
  lines.push(["signature", signatureOf(areas.unprotectedRecords)]);
  for (const type of areas.foreign)
    lines.push(["not ours", `${recordName(type)}: devices refuse the package with 404`]);
  return lines;
}

function signatureOf(records: TlvRecords): string {
  const keyHash = records.get(TlvType.keyHash);
  const kind = kindOf(records);
  return keyHash === undefined ? kind : `${kind}, key ${hex(keyHash)}`;
}

function kindOf(records: TlvRecords): string {
  if (records.has(TlvType.ed25519)) return "Ed25519";
  const ecdsa = records.get(TlvType.ecdsa);
  if (ecdsa === undefined) return "none";
  const [, length = 0] = ecdsa;
  return ecdsa.length === length + 2
    ? "ECDSA P-256"
    : "ECDSA P-256 with padding: devices refuse the package with 404";
}

function protectedValue(records: TlvRecords, type: number): string {
  const value = records.get(type);
  if (value === undefined) return "none: devices refuse it";
  return type === TlvType.securityCounter ? String(Buffer.from(value).readUInt32LE()) : hex(value);
}

/** What a device of the package's own class and version would object to, or undefined. */
function judge(bytes: Buffer, header: ImageHeader, keyFile: string): string | undefined {
  const records = areasOf(bytes, header)?.protectedRecords;
  const verifier = new ImageVerifier(
    (buffer, offset) => {
      buffer.set(bytes.subarray(offset, offset + buffer.length));
    },
    bytes.length,
    {
      keys: [vendorKeyOf(createPublicKey(readInput(keyFile)))],
      capacity: bytes.length,
      runningVersion: header.version,
      vendorId: records?.get(TlvType.vendorId) ?? new Uint8Array(16),
      classId: records?.get(TlvType.classId) ?? new Uint8Array(16),
      securityCounter: 0,
      allowDowngrade: true,
    },
  );
  const result = verifier.step(Infinity);
  return typeof result === "string" ? result : undefined;
}
