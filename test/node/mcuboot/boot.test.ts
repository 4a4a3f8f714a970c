/**
 * hal/mcuboot agrees with the state table of MCUboot, and keeps the contract of Boot, with power
 * cut in each write of a trailer.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { McubootBoot, SecondarySlot } from "../../../hal/mcuboot/boot.ts";
import { Power } from "../../../hal/sim/power.ts";
import { generateKey } from "../../rig/keys.ts";
import { buildImage } from "../../rig/image.ts";
import { mcubootBench } from "../../rig/conformance/mcubootbench.ts";
import { McubootModel } from "../../rig/conformance/mcubootmodel.ts";
import { conformance, PART_NAMES } from "../../rig/conformance/plan.ts";

for (const maxAlign of [8, 16, 32]) {
  test(`MCUboot with writes of ${maxAlign} bytes: every promise, and a cut in every operation`, {
    timeout: 600_000,
  }, async () => {
    const checks = await conformance(
      mcubootBench(maxAlign),
      maxAlign === 8 ? PART_NAMES : ["flash", "boot"],
    );
    assert.deepEqual(
      checks.filter(({ problem }) => problem !== undefined),
      [],
    );
    assert.ok(
      checks.some(({ name }) => name.includes("power loss in confirm")),
      `${checks.length} checks`,
    );
  });
}

const key = generateKey("ed25519");
const image = (major: number): Uint8Array =>
  new Uint8Array(
    buildImage({
      payload: Buffer.alloc(3000, major),
      version: { major, minor: 0, revision: 0, build: 0 },
      key,
    }),
  );
const ONE = image(1);
const TWO = image(2);
const MAX_ALIGN = 8;
const STATUS = { blocks: 3, blockLength: 4096, writeAlign: 8, eraseValue: 0xff };
const MAGIC = ["unset", "good", "bad"] as const;
const FLAG = ["unset", "set", "bad"] as const;
const BYTES = { unset: 0xff, set: 1, bad: 0x5a } as const;

interface Asked {
  readonly magic: (typeof MAGIC)[number];
  readonly imageOk: (typeof FLAG)[number];
  readonly copyDone: (typeof FLAG)[number];
}

function put(
  model: McubootModel,
  slot: "primary" | "secondary",
  { magic, imageOk, copyDone }: Asked,
): void {
  if (magic !== "unset")
    model[slot].load(magic === "good" ? model.magic : Buffer.alloc(16, 0x33), model.place("magic"));
  if (imageOk !== "unset") model[slot].load(Uint8Array.of(BYTES[imageOk]), model.place("imageOk"));
  if (copyDone !== "unset")
    model[slot].load(Uint8Array.of(BYTES[copyDone]), model.place("copyDone"));
}

/** Both slots with an image and a trailer, and the board over them. */
function board(
  primary: Asked,
  secondary: Asked,
): { readonly model: McubootModel; readonly boot: McubootBoot } {
  const model = new McubootModel(new Power(), STATUS, MAX_ALIGN, () => true);
  model.primary.load(ONE);
  model.secondary.load(TWO);
  put(model, "primary", primary);
  put(model, "secondary", secondary);
  const staging = new SecondarySlot(model.secondary, MAX_ALIGN, 1);
  const boot = new McubootBoot({
    primary: model.primary,
    secondary: staging,
    maxAlign: MAX_ALIGN,
    cause: () => "power",
    reset: () => {
      throw new Error("reset");
    },
  });
  return { model, boot };
}

const STATES: readonly Asked[] = MAGIC.flatMap((magic) =>
  FLAG.flatMap((imageOk) => FLAG.map((copyDone) => ({ magic, imageOk, copyDone }))),
);
const NOTHING: Asked = { magic: "unset", imageOk: "unset", copyDone: "unset" };

test("on trial means that MCUboot would revert, in 27 trailer states; confirm ends it", () => {
  for (const primary of STATES) {
    const { model, boot } = board(primary, NOTHING);
    const what = JSON.stringify(primary);
    assert.equal(boot.running().trial, model.decide() === "revert", what);
    boot.confirm();
    assert.equal(model.decide(), "none", what);
    assert.equal(boot.running().trial, false, what);
  }
});

test("arm requests a trial, in each of 729 trailer states, or throws and changes nothing", () => {
  let armed = 0;
  for (const primary of STATES) {
    for (const secondary of STATES) {
      const { model, boot } = board(primary, secondary);
      const before = model.decide();
      const what = JSON.stringify({ primary, secondary });
      if (boot.running().trial) {
        assert.throws(
          () => {
            boot.arm();
          },
          /on trial/,
          what,
        );
        assert.equal(model.decide(), before, what);
        continue;
      }
      boot.arm();
      assert.equal(model.decide(), "test", what);
      armed++;
    }
  }
  assert.equal(armed, 26 * 27);
});

test("another image that is staged takes back what was asked for", () => {
  const { model, boot } = board(NOTHING, NOTHING);
  const staging = new SecondarySlot(model.secondary, MAX_ALIGN, 1);
  boot.arm();
  assert.equal(model.decide(), "test");
  staging.eraseBlock(1);
  assert.equal(model.decide(), "none");
});
