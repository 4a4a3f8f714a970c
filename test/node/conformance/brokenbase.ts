/** Bases that lie. */
import { FlashFault } from "../../../hal/common/checked.ts";
import type { Base, Hal } from "../../../hal/hal.ts";
import type { Wrapper } from "../../rig/conformance/simbench.ts";
import type { BrokenHal } from "./brokenboot.ts";

const LENGTH = "base: length is a whole number of bytes, one at least, and fits a slot";
const ANY = "base: reads have any offset and length";
const UPDATED = "base: after an update it is the payload of the image, no more and no less";
/** Bytes of the records behind a payload, or as good as. */
const RECORD_BYTES = 144;
const PAGE = 512;
const DMA_BYTES = 4096;

function withBase(change: (base: Base, hal: Hal) => Partial<Base>): () => Wrapper {
  return () => (hal) => {
    const { base } = hal;
    if (base === undefined) throw new Error("the sim board has a base");
    const read = (buffer: Uint8Array, offset: number): void => {
      base.read(buffer, offset);
    };
    return { ...hal, base: { length: base.length, read, ...change(base, hal) } };
  };
}

function reading(base: Base, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  base.read(bytes, offset);
  return bytes;
}

export const BROKEN_BASES: readonly BrokenHal[] = [
  {
    lie: "the base is longer than a slot",
    part: "flash",
    caught: LENGTH,
    make: withBase(({ length }) => ({ length: length * 100 })),
  },
  {
    lie: "the length of the base counts words, and a half",
    part: "flash",
    caught: LENGTH,
    make: withBase(({ length }) => ({ length: (length | 1) / 2 })),
  },
  {
    lie: "the base is empty",
    part: "flash",
    caught: LENGTH,
    make: withBase(() => ({ length: 0 })),
  },
  {
    lie: "the base cannot be read",
    part: "flash",
    caught: "base: it can be read",
    make: withBase(() => ({
      read: () => {
        throw new FlashFault("device", "the flash reports an error");
      },
    })),
  },
  {
    lie: "the length of the base is too short by a header",
    part: "boot",
    caught: UPDATED,
    make: withBase(({ length }) => ({ length: length - 32 })),
  },
  {
    lie: "the length of the base counts the records",
    part: "boot",
    caught: UPDATED,
    make: withBase(({ length }) => ({ length: length + RECORD_BYTES })),
  },
  {
    lie: "each read of the base is shifted by one",
    part: "boot",
    caught: UPDATED,
    make: withBase((base) => ({
      read: (buffer, offset) => {
        base.read(buffer, offset + 1);
      },
    })),
  },
  {
    lie: "a read of the base ignores odd offsets",
    part: "flash",
    caught: ANY,
    make: withBase((base) => ({
      read: (buffer, offset) => {
        base.read(buffer, offset - (offset % 2));
      },
    })),
  },
  {
    lie: "a read of the base moves whole words, and no others",
    part: "flash",
    caught: ANY,
    make: withBase((base) => ({
      read: (buffer, offset) => {
        base.read(buffer.subarray(0, buffer.length - (buffer.length % 4)), offset);
      },
    })),
  },
  {
    lie: "a read of the base stops at the end of its block",
    part: "flash",
    caught: ANY,
    make: withBase((base) => ({
      read: (buffer, offset) => {
        base.read(buffer.subarray(0, DMA_BYTES - (offset % DMA_BYTES)), offset);
      },
    })),
  },
  {
    lie: "the last byte of the base is outside of it",
    part: "flash",
    caught: "base: the last byte can be read by itself",
    make: withBase((base) => ({
      read: (buffer, offset) => {
        if (buffer.length === 1 && offset === base.length - 1) buffer.fill(0);
        else base.read(buffer, offset);
      },
    })),
  },
  {
    lie: "a read of the base fills the memory of the buffer, not the view",
    part: "flash",
    caught: "base: a view is filled as a view, at any address",
    make: withBase((base) => ({
      read: (buffer, offset) => {
        new Uint8Array(buffer.buffer).set(reading(base, offset, buffer.length));
      },
    })),
  },
  {
    lie: "a read of the base for no bytes is an error",
    part: "flash",
    caught: "base: a read of no bytes changes nothing, and is no error",
    make: withBase((base) => ({
      read: (buffer, offset) => {
        if (buffer.length === 0) throw new Error("no bytes");
        base.read(buffer, offset);
      },
    })),
  },
  {
    lie: "a page of the base is read into a cache of another page",
    part: "flash",
    caught: "base: the same bytes come twice",
    make: withBase((base) => {
      let reads = 0;
      return {
        read: (buffer, offset) => {
          base.read(buffer, offset);
          const isLast = buffer.length > PAGE && offset + buffer.length === base.length;
          if (isLast && ++reads % 2 === 0) buffer.fill(0, 0, PAGE);
        },
      };
    }),
  },
  {
    lie: "the base is what is staged",
    part: "flash",
    caught: "base: what is written to staging does not change it",
    make: withBase((_, hal) => ({
      read: (buffer, offset) => {
        hal.staging.read(buffer, offset);
      },
    })),
  },
  {
    lie: "the base is the first slot, whichever runs",
    part: "boot",
    caught: UPDATED,
    make: () => {
      let first: Base | undefined;
      return (hal) => ({ ...hal, base: (first ??= hal.base) });
    },
  },
];
