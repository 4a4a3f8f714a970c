/** The host board on the bench: the agent as XS bytecode. */
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { root } from "../../root.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { spkiOf } from "../keys.ts";
import { onState, ProcessBench } from "./processbench.ts";

/** Builds board and agent. */
export function hostBench(print?: (line: string) => void): ProcessBench {
  const blob = join(root, "build/host/conformance.blob");
  runMake(["build/host/xs-fumo-host"], "hal/host/Makefile");
  const payload = buildBlob({
    entry: "test/conformance/program",
    modules: BASE_MODULES,
    out: blob,
    version: "conformance",
    positions: true,
  });
  const { privateKey } = generateKeyPairSync("ed25519");
  const build = (major: number): Buffer =>
    buildImage({
      payload,
      version: { major, minor: 0, revision: 0, build: 0 },
      securityCounter: 1,
      vendorId: VENDOR_ID,
      classId: CLASS_ID.host,
      key: privateKey,
    });
  const image = build(2);
  return new ProcessBench(
    {
      program: onState(join(root, "build/host/xs-fumo-host")),
      files: { keys: spkiOf(privateKey), "slot-a.flash": build(1) },
      image,
      damages: [0, Math.floor(image.length / 2), image.length - 1],
      identity: { vendorId: hex(VENDOR_ID), classId: hex(CLASS_ID.host) },
    },
    print,
  );
}
