/** Faults that the scenarios server.* and power.* have to find. */
import { LOSES_ITS_PLACE } from "./networks.ts";
import { CRASHED, ENDLESS_SECONDS, NO_RESULT, type Plant, type Plants } from "./plant.ts";

const SESSION = "src/session/session";
const CONVERSATION = "src/client/conversation";

/** A device that is struck dumb: no session follows one that has failed in this way. */
function dumb(file: string, find: string, replace: string): Pick<Plant, "bug" | "limit" | "says"> {
  return { bug: { file, find, replace }, limit: ENDLESS_SECONDS, says: NO_RESULT };
}

function crash(file: string, find: string, replace: string): Pick<Plant, "bug" | "says"> {
  return { bug: { file, find, replace }, says: CRASHED };
}

/** Until power fails the device is sound. */
const ENDS_BY_POWER: Plant = {
  what: "power that fails ends the installation",
  bug: {
    file: "src/update/machine",
    find: 'return event.type === "booted" ? truthful(after, event) : after;',
    replace:
      'const isHit = ["verifying", "ready", "proving", "arming", "trial"].includes(record.phase);' +
      ' if (event.type !== "booted") return after;' +
      ' return event.cause === "power" && isHit ?' +
      ' end(record, "failed", "reverted", false) : truthful(after, event);',
  },
  says: /^the result is 410, not 200/,
};

const LOSES_REQUESTS: Plant = {
  what: "a connection that ends with a request on it ends the program",
  ...crash(
    "hal/common/http/exchange",
    "this.#again = this.#connection = undefined;",
    'queueMicrotask(() => { throw new Error("no answer"); });' +
      " this.#again = this.#connection = undefined;",
  ),
};

export const SERVERS: Plants = {
  "server.request-lost": LOSES_REQUESTS,
  "server.answer-lost": LOSES_REQUESTS,
  "server.reset": {
    what: "a connection that is reset within a message ends the program",
    ...crash(
      CONVERSATION,
      "const count = this.#try(() => exchange.read(this.#inbound.subarray(this.#length)));",
      "const count = exchange.read(this.#inbound.subarray(this.#length));",
    ),
  },
  "server.duplicate": {
    what: "a message that comes again is executed again",
    bug: {
      file: SESSION,
      find: "else if (repeated(message.header.msgID, this.#lastID))",
      replace: "else if (false)",
    },
    says: /^the device breaks the protocol: /,
  },
  "server.malformed": {
    what: "a message that breaks off ends the program",
    ...crash(
      SESSION,
      "if (header === undefined || header.sessionID !== this.#options.sessionID)",
      "throw new Error(problem);",
    ),
  },
  "server.oversize": {
    what: "a message that is too long ends the program",
    ...crash(
      CONVERSATION,
      "this.overlong = true;",
      'throw new RangeError("the buffer is too short");',
    ),
  },
  "server.restart": {
    what: "no session follows one that the server has forgotten",
    ...dumb(
      "src/client/schedule",
      "return since + Math.min(patientMs(",
      "return Infinity + Math.min(patientMs(",
    ),
  },
  "server.stale-nonce": {
    what: "a second challenge ends the program",
    ...crash(
      "src/session/authentication",
      "const wanted = kindOfSyncml(chal?.type);",
      "const wanted = kindOfSyncml(chal?.type);" +
        ' if (this.#challenges > 1) throw new Error("challenged again");',
    ),
  },
  "server.wrong-credentials": {
    what: "whoever gives credentials is believed",
    bug: {
      file: "src/session/authentication",
      find:
        "if (!checkCredential(cred, type, name, secret, this.#nonce))" +
        " return { status: Status.invalidCredentials };",
      replace: "",
    },
    says: /^the device believed a server that did not prove itself$/,
  },
  "server.wrong-msgref": {
    what: "a Status of another message ends the program",
    ...crash(
      SESSION,
      "if (status.msgRef !== String(this.#messageID)) {",
      "if (status.msgRef !== String(this.#messageID)) { throw new Error(status.msgRef);",
    ),
  },
  "server.500-twice": {
    what: "a server that fails is left alone for ever",
    ...dumb(
      CONVERSATION,
      "this.retryAfterMs = retryAfterMs(headers);",
      "this.retryAfterMs = 3_600_000;",
    ),
  },
  "server.silent": {
    what: "an answer that is late ends the program",
    ...crash(
      CONVERSATION,
      "if (now >= this.#deadline)",
      'if (now >= this.#deadline) throw new Error("no answer");',
    ),
  },
  "server.down-at-report": {
    what: "a report counts as answered when it is sent",
    ...dumb(
      "src/client/server",
      'return this.#asks === "none" ? reports',
      "for (const report of reports) this.#options.fumo.acknowledge(report.id);" +
        ' return this.#asks === "none" ? reports',
    ),
  },

  "power.cut-download-10": {
    what: "power that fails ends the download",
    bug: {
      file: "src/update/booted",
      find: "event.trial ? unknown(record, event) : watched(coming(record, event), event)",
      replace: 'end(record, "failed", "network", false)',
    },
    says: /^the result is 503, not 200/,
  },
  "power.cut-download-50": LOSES_ITS_PLACE,
  "power.cut-download-90": LOSES_ITS_PLACE,
  "power.cut-verified": ENDS_BY_POWER,
  "power.cut-armed": ENDS_BY_POWER,
  "power.cut-trial": ENDS_BY_POWER,
  "power.cut-confirmed": {
    what: "a report that is owed does not outlive a power cut",
    bug: {
      file: "src/update/booted",
      find: "const { reason, target } = record;",
      replace:
        'if (event.cause === "power") return { ...record, tickets: [] };' +
        " const { reason, target } = record;",
    },
    limit: ENDLESS_SECONDS,
    says: NO_RESULT,
  },
};
