/**
 * What a client without the part `push` says in its place. Runs on XS, where stand-ins are
 * loaded: `node build/js/test/xs.js --without push`.
 */
import type { Hal } from "../../../hal/hal.ts";
import { openPushPort } from "../../../hal/common/natives/datagram.ts";
import { parseProvision } from "../../../src/account/provisioning.ts";
import { type PushOptions, openPushes } from "../../../src/client/pushes.ts";
import { equal, test } from "../../check.ts";

test("without push: no port is opened, no datagram taken, and the log says so", () => {
  const lines: string[] = [];
  const log = (_level: string, line: string): void => {
    lines.push(line);
  };
  equal(openPushPort("{}", log), undefined);
  equal(lines.length, 0);
  equal(openPushPort('{"pushPort": 2948}', log), undefined);
  const hal = {
    log: (_level: string, _source: string, line: string) => {
      lines.push(line);
    },
    datagrams: {
      receive: () => {
        throw new Error("a datagram is asked for");
      },
    },
  } as unknown as Hal;
  const provision = parseProvision('{"bootstrap": ["NETWORKID"]}');
  const pushes = openPushes({ hal, provision } as PushOptions);
  equal(pushes.step(0, true, true), Infinity);
  equal(lines.filter((line) => line.includes("without the part push")).length, 2);
});
