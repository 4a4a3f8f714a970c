/** Faults that the scenarios network.* have to find. */
import type { Bug, Plant, Plants } from "./plant.ts";

const DOWNLOADER = "src/download/downloader";

export const BEGINS_AGAIN: Plant = {
  what: "a download that broke off begins again",
  bug: {
    file: DOWNLOADER,
    find: "this.#ranged = this.#offset > 0 && !this.#unranged;",
    replace: "this.#ranged = false;",
  },
  says: /^the download began again and did not go on$/,
};

export const LOSES_ITS_PLACE: Plant = {
  what: "a download that lost power begins again",
  bug: {
    file: "src/update/download",
    find: "const segment = staging.resume(generation, image);",
    replace: "const segment = staging.resume(-1, image);",
  },
  says: /^the download began again and did not go on$/,
};

function impatient(kind: string, reason: string): Bug {
  return {
    file: DOWNLOADER,
    find: 'if (failed === "secure" && ++this.#distrust >= this.#limits.distrustMax)',
    replace: `if (failed === "${kind}") return this.#over("${reason}", why); if (false)`,
  };
}

/** The device ends the download after so long a silence. */
function quiet(ms: number, when: string): string {
  return (
    `${when} { this.quietAt ??= now; return now - this.quietAt > ${ms} ?` +
    ' this.#over("timeout", SLOW) : { type: "wait", until: now + 20 }; }'
  );
}

/** A device that looks at no certificate finds nothing wrong with one. */
const BELIEVES: Plant = {
  what: "the device finds nothing wrong with the certificate",
  world: {
    board: "esp32-fake",
    of: (scenario) => ({ ...scenario, wrongCertificate: undefined }),
  },
  says: /^the device never refused the servers for their certificate$/,
};

export const NETWORKS: Plants = {
  "network.reset-0": {
    what: "a connection that ends before the answer ends the download",
    bug: {
      file: DOWNLOADER,
      find:
        "const outcome = attempt(() => exchange.head());" +
        ' if ("failed" in outcome) return this.#lost(outcome, now);',
      replace:
        "const outcome = attempt(() => exchange.head());" +
        ' if ("failed" in outcome) return this.#over("network", outcome.why);',
    },
    says: /^the result is 503, not 200/,
  },
  "network.reset-1": {
    what: "a connection that is reset within the package ends the download",
    bug: {
      file: DOWNLOADER,
      find: 'buffer.subarray(held))); if ("failed" in outcome) return this.#lost(outcome, now);',
      replace:
        'buffer.subarray(held))); if ("failed" in outcome)' +
        ' return this.#over("network", outcome.why);',
    },
    says: /^the result is 503, not 200/,
  },
  "network.reset-half": BEGINS_AGAIN,
  "network.reset-last": {
    what: "a package that lacks a byte counts as whole",
    bug: {
      file: DOWNLOADER,
      find: "this.#size > 0 && this.#offset === this.#size",
      replace: "this.#size > 0 && this.#offset >= this.#size - 1",
    },
    says: /^the result is 402, not 200/,
  },
  "network.fin-half": BEGINS_AGAIN,
  "network.slow": {
    what: "a download may take two seconds in all",
    bug: {
      file: DOWNLOADER,
      find: "this.#startedAt + this.#limits.totalMs -",
      replace: "this.#startedAt + 2000 -",
    },
    says: /^the result is 407, not 200/,
  },
  "network.no-range": {
    what: "what comes from the first byte is put behind what is there",
    bug: {
      file: DOWNLOADER,
      find: "if (this.#offset === 0) return undefined",
      replace: "return undefined",
    },
    says: /^the result is 402, not 200/,
  },
  "network.wrong-range": {
    what: "the device believes that it gets the range that it asked for",
    bug: {
      file: "src/download/answer",
      find: "const { first, last, total } = range;",
      replace: "const { last, total } = range; const first = offset;",
    },
    says: /^what had come was not given up, though another part followed it$/,
  },
  "network.etag-changes": {
    what: "the device does not say which package it goes on with",
    bug: {
      file: DOWNLOADER,
      find: 'headers.push(["If-Range", this.#validator]);',
      replace: ";",
    },
    says: /^what had come was not given up, though another part followed it$/,
  },
  "network.no-length": {
    what: "a package of unknown length is too long for the slot",
    bug: {
      file: "src/update/download",
      find: "if (size !== undefined && size > this.#policy.capacity)",
      replace: "if (!(size <= this.#policy.capacity))",
    },
    says: /^the result is 501, not 200/,
  },
  "network.overlong": {
    what: "what follows the records of a package is passed over",
    bug: {
      file: "src/image/tlv",
      find: "view.getUint16(from + 2, true) !== to - from",
      replace: "(to = from + view.getUint16(from + 2, true)) < from",
    },
    says: /^the result is \d+, not 402/,
  },
  "network.404": {
    what: "a package that is not there is a fault of its host",
    bug: {
      file: "src/download/answer",
      find: 'if (status === 404 || status === 410) return failed("serverUnavailable", false, why);',
      replace: "",
    },
    says: /^the result is 500, not 412/,
  },
  "network.503-twice": {
    what: "a host that is busy ends the download",
    bug: {
      file: "src/download/answer",
      find: 'return failed("serverUnavailable", true, why, retryAfterMs(headers));',
      replace: 'return failed("serverUnavailable", false, why);',
    },
    says: /^the result is 412, not 200/,
  },
  "network.redirect": {
    what: "no redirect is followed",
    bug: {
      file: "src/download/answer",
      find: "if (REDIRECTS.includes(status))",
      replace: "if (false)",
    },
    says: /^the result is 500, not 200/,
  },
  "network.stalls": {
    what: "a host that falls silent ends the download",
    bug: {
      file: DOWNLOADER,
      find: 'return this.#pace.late(now) ? this.#again("timeout", SLOW, 0, now)',
      replace: 'return this.#pace.late(now) ? this.#over("timeout", SLOW)',
    },
    says: /^the result is 407, not 200/,
  },
  "network.silent": {
    what: "a host that never answers ends the download",
    bug: {
      file: DOWNLOADER,
      find: "if (outcome.value === undefined) return this.#wait(this.#pace.until(), now);",
      replace:
        "if (outcome.value === undefined) return this.#pace.late(now)" +
        ' ? this.#over("timeout", SLOW)' +
        ' : { type: "wait", until: this.#pace.until() };',
    },
    says: /^the result is 407, not 200/,
  },
  "network.captive-portal": {
    what: "a page of HTML is a damaged package",
    bug: {
      file: DOWNLOADER,
      find: 'return this.#again("serverUnavailable", PAGE, 0, now);',
      replace: 'return this.#over("corrupt", PAGE);',
    },
    says: /^the result is 402, not 200/,
  },
  "network.refused": {
    what: "a host that refuses a connection ends the download",
    bug: impatient("refused", "network"),
    says: /^the result is 503, not 200/,
  },
  "network.unanswered": {
    what: "a connection that is not open within a second ends the download",
    bug: {
      file: DOWNLOADER,
      find: "if (outcome.value === undefined) return this.#wait(this.#pace.until(), now);",
      replace: quiet(1000, "if (outcome.value === undefined)"),
    },
    says: /^the result is 407, not 200/,
  },
  "network.lossy": {
    what: "a silence of 150 ms ends the download",
    bug: {
      file: DOWNLOADER,
      find: "if (count === 0) return this.#wait(this.#pace.until(), now);",
      replace: `if (count > 0) this.quietAt = undefined; ${quiet(150, "if (count === 0)")}`,
    },
    says: /^the result is 407, not 200/,
  },
  "network.no-name": {
    what: "a name that DNS does not know ends the download",
    bug: impatient("resolve", "badURL"),
    says: /^the result is 411, not 407/,
  },
  "network.certificate-authority": BELIEVES,
  "network.certificate-host": BELIEVES,
  "network.redirect-loop": {
    what: "redirects are followed without end",
    bug: {
      file: DOWNLOADER,
      find: "if (++this.#redirects > REDIRECTS_MAX)",
      replace: "if (false)",
    },
    says: /^the result is 200, not 411/,
  },
};
