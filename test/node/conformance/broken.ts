/** HALs that lie, each in one way: wrappers of the sim board, and the case that catches it. */
import type { Flash, Hal, Link, LinkHead } from "../../../hal/hal.ts";
import { FlashFault } from "../../../hal/common/checked.ts";
import type { Wrapper } from "../../rig/conformance/simbench.ts";
import { BROKEN_BOOTS, type BrokenHal } from "./brokenboot.ts";

type FlashPart = Partial<Flash>;

function withStore(change: (store: Flash) => FlashPart): Wrapper {
  return (hal) => ({ ...hal, store: overlay(hal.store, change(hal.store)) });
}

function overlay(flash: Flash, change: FlashPart): Flash {
  return {
    status: () => flash.status(),
    read: (buffer, at) => {
      flash.read(buffer, at);
    },
    write: (bytes, at) => {
      flash.write(bytes, at);
    },
    eraseBlock: (block) => {
      flash.eraseBlock(block);
    },
    ...change,
  };
}

function withLink(change: (link: Link) => Link["request"]): Wrapper {
  return (hal) => ({ ...hal, link: { request: change(hal.link) } });
}

const FLASH: readonly BrokenHal[] = [
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
];

const LINK: readonly BrokenHal[] = [
  {
    lie: "a body that is cut short is an end",
    part: "link",
    caught: "link: a body shorter than announced is broken, after its bytes",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        return {
          head: () => exchange.head(),
          close: () => {
            exchange.close();
          },
          read: (buffer) => {
            try {
              return exchange.read(buffer);
            } catch {
              return -1;
            }
          },
        };
      }),
  },
  {
    lie: "all of a body is fetched at once",
    part: "link",
    caught: "link: what is not read stays with the peer",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        const scrap = new Uint8Array(65536);
        let open = true;
        let draining = false;
        const drain = (): void => {
          for (let i = 0; i < 64 && open; i++) exchange.read(scrap);
          if (open) setImmediate(drain);
        };
        return {
          head: () => exchange.head(),
          close: () => {
            open = false;
            exchange.close();
          },
          read: (buffer) => {
            if (request.url.path.endsWith("/flood") && !draining) setImmediate(drain);
            draining = true;
            return exchange.read(buffer);
          },
        };
      }),
  },
  {
    lie: "headers keep their case",
    part: "link",
    caught: "link: names of headers are in lower case, a repeated one keeps its first value",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        const shout = (head: LinkHead): LinkHead => ({
          status: head.status,
          headers: new Map([...head.headers].map(([name, value]) => [name.toUpperCase(), value])),
        });
        return {
          head: () => {
            const head = exchange.head();
            return head === undefined ? undefined : shout(head);
          },
          read: (buffer) => exchange.read(buffer),
          close: () => {
            exchange.close();
          },
        };
      }),
  },
  {
    lie: "there is one socket, which is free when its exchange is closed",
    part: "link",
    caught: "link: an exchange that is over and open is followed by others",
    make: () => {
      let busy = false;
      return withLink((link) => (request) => {
        if (busy) throw Object.assign(new Error("busy"), { name: "LinkError", kind: "broken" });
        busy = true;
        const exchange = link.request(request);
        return {
          head: () => exchange.head(),
          read: (buffer) => exchange.read(buffer),
          close: () => {
            busy = false;
            exchange.close();
          },
        };
      });
    },
  },
  {
    lie: "errors have no kind",
    part: "link",
    caught: "link: nobody listens: refused",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        const plain = <T>(body: () => T): T => {
          try {
            return body();
          } catch {
            throw new Error("failed");
          }
        };
        return {
          head: () => plain(() => exchange.head()),
          read: (buffer) => plain(() => exchange.read(buffer)),
          close: () => {
            exchange.close();
          },
        };
      }),
  },
];

const REST: readonly BrokenHal[] = [
  {
    lie: "the clock counts seconds",
    part: "rest",
    caught: "clock: it counts milliseconds",
    make: () => (hal) => ({ ...hal, now: () => hal.now() / 10 }),
  },
  {
    lie: "the clock counts from another boot",
    part: "rest",
    caught: "clock: it counts from this boot",
    make: () => (hal) => ({ ...hal, now: () => hal.now() + 3_600_000 }),
  },
  {
    lie: "the clock goes back",
    part: "rest",
    caught: "clock: it counts and never goes back",
    make: () => (hal) => {
      let calls = 0;
      return { ...hal, now: () => hal.now() - (++calls % 500 === 0 ? 5 : 0) };
    },
  },
  {
    lie: "random bytes come from a seed",
    part: "rest",
    caught: "random: two boots differ",
    make: () => (hal: Hal) => {
      let state = 1;
      const next = (): number => ((state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16) & 0xff;
      return {
        ...hal,
        random: (bytes) => {
          for (let i = 0; i < bytes.length; i++) bytes[i] = next();
        },
      };
    },
  },
];

const DEAF: readonly BrokenHal[] = [
  {
    lie: "datagrams are heard until the first restart",
    part: "link",
    caught: "datagrams: they come after a restart too",
    make: () => (hal, cause) => ({
      ...hal,
      datagrams: cause === "restart" ? { receive: () => 0 } : hal.datagrams,
    }),
  },
  {
    lie: "a datagram is cut to the buffer",
    part: "link",
    caught: "datagrams: one that is longer than the buffer is lost",
    make: () => (hal) => ({
      ...hal,
      datagrams: {
        receive: (buffer) => {
          const whole = new Uint8Array(2000);
          const count = Math.min(hal.datagrams?.receive(whole) ?? 0, buffer.length);
          buffer.set(whole.subarray(0, count));
          return count;
        },
      },
    }),
  },
];

export const BROKEN: readonly BrokenHal[] = [...FLASH, ...BROKEN_BOOTS, ...LINK, ...DEAF, ...REST];
