/** Clocks and generators of random bytes that lie. */
import type { BrokenHal } from "./brokenboot.ts";

/** Random bytes of a seed, good ones but for that. */
function generator(seed: number): (bytes: Uint8Array) => void {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = state >>> 24;
    }
  };
}

export const BROKEN_REST: readonly BrokenHal[] = [
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
    lie: "the clock of 16 bits wraps",
    part: "uptime",
    caught: "clock: it counts past 2^16 ms",
    make: () => (hal) => ({ ...hal, now: () => hal.now() % 65_536 }),
  },
  {
    lie: "the watchdog bites after two seconds, in the erase of a worn block",
    part: "uptime",
    caught: "watchdog: it waits for 3 calls of 2500 ms",
    make: () => (hal) => {
      let fed = hal.now();
      return {
        ...hal,
        now: () => {
          const now = hal.now();
          if (now - fed > 2000) throw new Error("the watchdog bites");
          fed = now;
          return now;
        },
      };
    },
  },
  {
    lie: "the clock wraps after 300 ms",
    part: "rest",
    caught: "clock: it counts and never goes back",
    make: () => (hal) => ({ ...hal, now: () => hal.now() % 300 }),
  },
  {
    lie: "the clock goes on over a restart",
    part: "rest",
    caught: "clock: it counts from a restart as from power-on",
    make: () => {
      let before = 5000;
      return (hal, cause) => {
        if (cause === "power") before = 0;
        const now = (): number => before + hal.now();
        const { boot } = hal;
        return {
          ...hal,
          now,
          boot: {
            running: () => boot.running(),
            arm: () => {
              boot.arm();
            },
            confirm: () => {
              boot.confirm();
            },
            restart: () => {
              before = now() + 5000;
              return boot.restart();
            },
          },
        };
      };
    },
  },
  {
    lie: "random bytes come from one seed",
    part: "rest",
    caught: "random: no two boots give the same bytes",
    make: () => (hal) => ({ ...hal, random: generator(1) }),
  },
  {
    lie: "random bytes come from a seed of six bits",
    part: "rest",
    caught: "random: no two boots give the same bytes",
    options: { randomBoots: 65 },
    make: () => (hal) => {
      const seed = new Uint8Array(1);
      hal.random(seed);
      return { ...hal, random: generator((seed[0] ?? 0) & 63) };
    },
  },
  {
    // This noise repeats itself early; most repeats come within 300 boots, as runs with cuts have.
    lie: "random bytes come from a seed of sixteen bits, the noise of a converter",
    part: "rest",
    caught: "random: no two boots give the same bytes",
    options: { randomBoots: 120 },
    make: () => {
      const noise = generator(17);
      const seed = new Uint8Array(2);
      return (hal) => {
        noise(seed);
        return { ...hal, random: generator((seed[0] ?? 0) | ((seed[1] ?? 0) << 8)) };
      };
    },
  },
  {
    lie: "the first random word is that of a generator which is not warm",
    part: "rest",
    caught: "random: no byte is the same at every boot",
    make: () => (hal) => {
      let isFirst = true;
      return {
        ...hal,
        random: (bytes) => {
          hal.random(bytes);
          if (isFirst) bytes.fill(0x5a, 0, 4);
          isFirst = false;
        },
      };
    },
  },
  {
    lie: "256 random bytes come again and again",
    part: "rest",
    caught: "random: a long call does not repeat itself",
    make: () => (hal) => ({
      ...hal,
      random: (bytes) => {
        hal.random(bytes.subarray(0, 256));
        for (let i = 256; i < bytes.length; i++) bytes[i] = bytes[i % 256] ?? 0;
      },
    }),
  },
  {
    lie: "only 256 random bytes are filled in",
    part: "rest",
    caught: "random: each bit is as often set as not",
    make: () => (hal) => ({
      ...hal,
      random: (bytes) => {
        hal.random(bytes.subarray(0, 256));
      },
    }),
  },
  {
    lie: "the version is a word",
    part: "rest",
    caught: "identity: FwV is MAJOR.MINOR.REVISION",
    make: () => (hal) => ({ ...hal, identity: { ...hal.identity, FwV: "release" } }),
  },
];
