/**
 * The one way to the log: whatever the client says goes through here, since there is hardly a line
 * without something in it that a server, a package host or a person has written.
 */
import type { Hal } from "../../hal/hal.ts";
import { line } from "../base/line.ts";

/** The board, whose log gets no line that is longer than it may be or has a control character. */
export function logged(hal: Hal): Hal {
  return {
    store: hal.store,
    base: hal.base,
    staging: hal.staging,
    boot: hal.boot,
    link: hal.link,
    identity: hal.identity,
    datagrams: hal.datagrams,
    now: () => hal.now(),
    random: (bytes) => {
      hal.random(bytes);
    },
    log: (level, source, text) => {
      hal.log(level, source, line(text));
    },
  };
}
