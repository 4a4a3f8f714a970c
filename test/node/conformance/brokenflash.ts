/** Flash that lies. */
import type { Flash, FlashStatus } from "../../../hal/hal.ts";
import { FlashFault } from "../../../hal/common/checked.ts";
import type { Wrapper } from "../../rig/conformance/simbench.ts";
import { overlay } from "../../simulation/overlay.ts";
import type { BrokenHal } from "./brokenboot.ts";

/** Bytes of a page of a part, and those that a controller moves at once. */
const PAGE = 512;
const DMA_BYTES = 4096;
const MANY_BLOCKS: FlashStatus = {
  blocks: 16,
  blockLength: 4096,
  writeAlign: 16,
  eraseValue: 0xff,
};

function withStore(change: (store: Flash) => Partial<Flash>): Wrapper {
  return (hal) => ({ ...hal, store: overlay(hal.store, change(hal.store)) });
}

/** The clock goes on by so many milliseconds in an erase of the store. */
function slowErase(ms: (block: number, blocks: number) => number): () => Wrapper {
  return () => (hal) => {
    let spent = 0;
    const { store } = hal;
    const eraseBlock = (block: number): void => {
      store.eraseBlock(block);
      spent += ms(block, store.status().blocks);
    };
    return { ...hal, now: () => hal.now() + spent, store: overlay(store, { eraseBlock }) };
  };
}

export const BROKEN_FLASH: readonly BrokenHal[] = [
  {
    lie: "every seventh write is lost",
    part: "flash",
    caught: "store: every unit that is written reads back",
    make: () => {
      let writes = 0;
      return withStore((store) => ({
        write: (bytes, at) => {
          if (++writes % 7 !== 0) store.write(bytes, at);
        },
      }));
    },
  },
  {
    lie: "misaligned writes are padded and accepted",
    part: "flash",
    caught: "store: misaligned writes throw misaligned and change nothing",
    make: () =>
      withStore((store) => ({
        write: (bytes, at) => {
          const { writeAlign, eraseValue } = store.status();
          const from = at - (at % writeAlign);
          const padded = new Uint8Array(
            Math.ceil((at + bytes.length - from) / writeAlign) * writeAlign,
          ).fill(eraseValue);
          padded.set(bytes, at - from);
          store.write(padded, from);
        },
      })),
  },
  {
    lie: "addresses wrap around",
    part: "flash",
    caught: "store: what lies outside throws bounds and changes nothing",
    make: () =>
      withStore((store) => {
        const { blocks, blockLength } = store.status();
        const size = blocks * blockLength;
        return {
          read: (buffer, at) => {
            store.read(buffer, at + buffer.length > size ? 0 : at);
          },
        };
      }),
  },
  {
    lie: "bounds are refused, without a kind",
    part: "flash",
    caught: "store: what lies outside throws bounds and changes nothing",
    make: () =>
      withStore((store) => ({
        eraseBlock: (block) => {
          if (block < 0 || block >= store.status().blocks) throw new Error("no such block");
          store.eraseBlock(block);
        },
      })),
  },
  {
    lie: "the block behind is erased",
    part: "flash",
    caught: "store: an erased block reads as eraseValue, all of it",
    make: () =>
      withStore((store) => ({
        eraseBlock: (block) => {
          store.eraseBlock((block + 1) % store.status().blocks);
        },
      })),
  },
  {
    lie: "an erase takes two blocks",
    part: "flash",
    caught: "store: an erase takes its block and no other",
    make: () =>
      withStore((store) => ({
        eraseBlock: (block) => {
          store.eraseBlock(block);
          if (block + 1 < store.status().blocks) store.eraseBlock(block + 1);
        },
      })),
  },
  {
    lie: "a cache of reads survives an erase",
    part: "flash",
    caught: "store: what is read is what is there now",
    make: () => {
      const cache = new Map<string, Uint8Array>();
      return withStore((store) => ({
        read: (buffer, at) => {
          const kept = cache.get(`${at} ${buffer.length}`);
          if (kept !== undefined) {
            buffer.set(kept);
            return;
          }
          store.read(buffer, at);
          cache.set(`${at} ${buffer.length}`, buffer.slice());
        },
      }));
    },
  },
  {
    lie: "the buffer behind a view is written",
    part: "flash",
    caught: "store: a view is written and filled as a view, and is not kept",
    make: () =>
      withStore((store) => ({
        write: (bytes, at) => {
          store.write(new Uint8Array(bytes.buffer, 0, bytes.length), at);
        },
      })),
  },
  {
    lie: "blocks 2 and 3 are the same",
    part: "flash",
    caught: "store: every block is a block of its own",
    make: () =>
      withStore((store) => {
        const { blockLength } = store.status();
        const fold = (at: number): number => (at >= 3 * blockLength ? at - blockLength : at);
        return {
          read: (buffer, at) => {
            store.read(buffer, fold(at));
          },
          write: (bytes, at) => {
            store.write(bytes, fold(at));
          },
          eraseBlock: (block) => {
            store.eraseBlock(Math.min(block, 2));
          },
        };
      }),
  },
  {
    lie: "writes wait in RAM for the next one",
    part: "flash",
    caught: "store: what was written is there after a reset and after power loss",
    make: () =>
      withStore((store) => {
        let waiting: readonly [Uint8Array, number] | undefined;
        const flush = (): void => {
          if (waiting !== undefined) store.write(...waiting);
          waiting = undefined;
        };
        return {
          write: (bytes, at) => {
            flush();
            waiting = [bytes.slice(), at];
          },
          eraseBlock: (block) => {
            flush();
            store.eraseBlock(block);
          },
          read: (buffer, at) => {
            store.read(buffer, at);
            if (waiting !== undefined)
              for (const [i, byte] of waiting[0].entries()) {
                const place = waiting[1] + i - at;
                if (place >= 0 && place < buffer.length) buffer[place] = byte;
              }
          },
        };
      }),
  },
  {
    lie: "a write erases its block and writes all of it again",
    part: "flash",
    caught: "store: power loss in write leaves every other byte",
    make: () =>
      withStore((store) => ({
        write: (bytes, at) => {
          const { blockLength } = store.status();
          const block = Math.floor(at / blockLength);
          const whole = new Uint8Array(blockLength);
          if (at + bytes.length > (block + 1) * blockLength)
            throw new FlashFault("bounds", "across blocks");
          store.read(whole, block * blockLength);
          whole.set(bytes, at - block * blockLength);
          store.eraseBlock(block);
          store.write(whole, block * blockLength);
        },
      })),
  },
  {
    lie: "the staging partition is the store",
    part: "flash",
    caught: "store and staging do not overlap",
    make: () => (hal) => ({ ...hal, staging: hal.store }),
  },
  {
    lie: "writeAlign is 1, but the part wants 16",
    part: "flash",
    caught: "store: every unit that is written reads back",
    make: () => withStore((store) => ({ status: () => ({ ...store.status(), writeAlign: 1 }) })),
  },
  {
    lie: "a write that is longer than a page wraps around in it",
    part: "flash",
    caught: "store: a long write is whole",
    make: () =>
      withStore((store) => ({
        write: (bytes, at) => {
          const wrapped = bytes.slice();
          if (bytes.length > PAGE) wrapped.fill(store.status().eraseValue, PAGE);
          store.write(wrapped, at);
        },
      })),
  },
  {
    lie: "a read moves 4096 bytes at most",
    part: "flash",
    caught: "store: a long read is whole",
    make: () =>
      withStore((store) => ({
        read: (buffer, at) => {
          store.read(buffer, at);
          buffer.fill(0xff, Math.min(DMA_BYTES, buffer.length));
        },
      })),
  },
  {
    lie: "a write takes its bytes from the word in which its buffer begins",
    part: "flash",
    caught: "store: a buffer may begin at any address",
    make: () =>
      withStore((store) => ({
        write: (bytes, at) => {
          const start = bytes.byteOffset - (bytes.byteOffset % 4);
          store.write(new Uint8Array(bytes.buffer, start, bytes.length), at);
        },
      })),
  },
  {
    lie: "a read puts its bytes from the word on in which its buffer begins",
    part: "flash",
    caught: "store: a buffer may begin at any address",
    make: () =>
      withStore((store) => ({
        read: (buffer, at) => {
          const start = buffer.byteOffset - (buffer.byteOffset % 4);
          store.read(new Uint8Array(buffer.buffer, start, buffer.length), at);
        },
      })),
  },
  {
    lie: "a call for no bytes is refused",
    part: "flash",
    caught: "store: a call for no bytes changes nothing, and is no error",
    make: () =>
      withStore((store) => ({
        write: (bytes, at) => {
          if (bytes.length === 0) throw new FlashFault("bounds", "no bytes");
          store.write(bytes, at);
        },
      })),
  },
  {
    lie: "sectors are mixed: from block 4 on an erase takes four",
    part: "flash",
    caught: "store: an erase of any block leaves those beside it",
    options: { store: MANY_BLOCKS },
    make: () =>
      withStore((store) => ({
        eraseBlock: (block) => {
          const first = block < 4 ? block : block - (block % 4);
          const last = block < 4 ? block : first + 3;
          for (let each = first; each <= last; each++) store.eraseBlock(each);
        },
      })),
  },
  {
    lie: "an erase of the last block takes the one before it, too",
    part: "flash",
    caught: "staging: an erase of any block leaves those beside it",
    make: () => (hal) => {
      const { staging } = hal;
      const last = staging.status().blocks - 1;
      return {
        ...hal,
        staging: overlay(staging, {
          eraseBlock: (block) => {
            staging.eraseBlock(block);
            if (block === last) staging.eraseBlock(block - 1);
          },
        }),
      };
    },
  },
  {
    lie: "the last byte of a write is lost",
    part: "flash",
    caught: "store: every unit that is written reads back",
    make: () =>
      withStore((store) => ({
        write: (bytes, at) => {
          const shortened = bytes.slice();
          if (bytes.length > 0) shortened[bytes.length - 1] = store.status().eraseValue;
          store.write(shortened, at);
        },
      })),
  },
  {
    lie: "an erase takes the first unit of the next block",
    part: "flash",
    caught: "store: an erase takes its block and no other",
    make: () =>
      withStore((store) => {
        const { blocks, blockLength, writeAlign, eraseValue } = store.status();
        return {
          eraseBlock: (block) => {
            const next = new Uint8Array(blockLength);
            if (block >= 0 && block + 1 < blocks) store.read(next, (block + 1) * blockLength);
            store.eraseBlock(block);
            if (block + 1 >= blocks) return;
            store.eraseBlock(block + 1);
            for (let at = writeAlign; at < blockLength; at += writeAlign) {
              const unit = next.subarray(at, at + writeAlign);
              if (unit.some((byte) => byte !== eraseValue))
                store.write(unit, (block + 1) * blockLength + at);
            }
          },
        };
      }),
  },
  {
    lie: "a cache of lines is forgotten by an erase, and not by a write",
    part: "flash",
    caught: "store: what is read is what is there now",
    make: () => {
      const lines = new Map<string, Uint8Array>();
      return withStore((store) => ({
        eraseBlock: (block) => {
          store.eraseBlock(block);
          lines.clear();
        },
        read: (buffer, at) => {
          const line = `${at} ${buffer.length}`;
          store.read(buffer, at);
          const kept = lines.get(line);
          if (kept === undefined) lines.set(line, buffer.slice());
          else buffer.set(kept);
        },
      }));
    },
  },
  {
    lie: "an erase is done with the next call",
    part: "flash",
    caught: "store: erase is durable when it returns",
    make: () =>
      withStore((store) => {
        let waiting: number | undefined;
        const flush = (): void => {
          if (waiting !== undefined) store.eraseBlock(waiting);
          waiting = undefined;
        };
        return {
          eraseBlock: (block) => {
            flush();
            if (block < 0 || block >= store.status().blocks) store.eraseBlock(block);
            waiting = block;
          },
          read: (buffer, at) => {
            flush();
            store.read(buffer, at);
          },
          write: (bytes, at) => {
            flush();
            store.write(bytes, at);
          },
        };
      }),
  },
  {
    lie: "an erase takes three seconds",
    part: "flash",
    caught: "store: no call takes longer than 2500 ms",
    make: slowErase((block) => (block >= 0 ? 3000 : 0)),
  },
  {
    lie: "an erase of the last block, a larger sector, takes three seconds",
    part: "flash",
    caught: "store: no call takes longer than 2500 ms",
    options: { store: MANY_BLOCKS },
    make: slowErase((block, blocks) => (block === blocks - 1 ? 3000 : 0)),
  },
  {
    lie: "blockLength is half of what an erase takes",
    part: "flash",
    caught: "store: an erase takes its block and no other",
    make: () =>
      withStore((store) => {
        const { blocks, blockLength, ...rest } = store.status();
        const told = { ...rest, blocks: blocks * 2, blockLength: blockLength / 2 };
        return {
          status: () => told,
          eraseBlock: (block) => {
            store.eraseBlock(Math.floor(block / 2));
          },
        };
      }),
  },
];
