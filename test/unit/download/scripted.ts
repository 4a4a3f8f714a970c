/**
 * A link that answers by script, a sink that remembers, and a clock that goes as far as the
 * downloader wants to wait.
 */
import type {
  Exchange,
  Link,
  LinkError,
  LinkErrorKind,
  LinkHead,
  LinkRequest,
} from "../../../hal/hal.ts";
import { urlText } from "../../../src/base/url.ts";
import type { UrlRules } from "../../../src/base/urlrules.ts";
import type { DescriptorReading } from "../../../src/download/descriptor.ts";
import {
  DOWNLOAD_LIMITS,
  Downloader,
  type DownloadLimits,
} from "../../../src/download/downloader.ts";
import type { DownloadEvent, DownloadReason, DownloadSource } from "../../../src/download/port.ts";
import { deepEqual, equal } from "../../check.ts";

/**
 * What happens to one request. A body part is bytes, a pause in ms with nothing to read, or an
 * error; after the last the body ends.
 */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly (Uint8Array | number | LinkErrorKind)[];
  /** The request itself, or the wait for the head, fails. */
  readonly fails?: LinkErrorKind;
  readonly failsHead?: LinkErrorKind;
  /** The head comes after so long. */
  readonly afterMs?: number;
}

export type SinkReason = "tooLarge" | "mismatch";
export type Event = DownloadEvent<SinkReason | DownloadReason>;

class ScriptedError extends Error implements LinkError {
  override name = "LinkError";
  readonly kind: LinkErrorKind;

  constructor(kind: LinkErrorKind) {
    super(kind);
    this.kind = kind;
  }
}

/** The package that the scripts serve: byte i is i modulo 251. */
export function content(from: number, to: number): Uint8Array {
  return new Uint8Array(to - from).map((_, i) => (from + i) % 251);
}

export class Scene implements Link {
  now = 1000;
  readonly requests: LinkRequest[] = [];
  readonly sent: number[] = [];
  /** Exchanges that were open when each request was made. */
  readonly openThen: number[] = [];
  readonly log: string[] = [];
  /** What the downloader has said for people. */
  readonly said: string[] = [];
  received: Uint8Array = new Uint8Array(0);
  open = 0;
  reads = 0;
  /** What accept, write and restart answer. */
  refuseSize: SinkReason | undefined;
  refuseBytes: SinkReason | undefined;
  /**
   * The sink makes its progress durable by blocks of so many bytes; where each piece that it was
   * given ended.
   */
  block = 1_000_000;
  readonly ends: number[] = [];
  refuseRestart: SinkReason | undefined;
  /** A package says of itself that it has so many bytes. */
  wholeFrom = 0;
  /** Answers that went on behind an earlier one; the minutes that each attempt was told. */
  resumed = 0;
  readonly minutes: number[] = [];
  /** What the sink was told of a descriptor, and what it answers to one that is good. */
  readonly readings: DescriptorReading[] = [];
  refuseDescription: SinkReason | undefined;
  random = 0;
  readonly downloader: Downloader;
  #answers: Answer[];

  constructor(
    answers: readonly Answer[],
    limits: Partial<DownloadLimits> = {},
    rules: Partial<UrlRules> = {},
    bufferBytes = 64,
  ) {
    this.#answers = [...answers];
    this.downloader = new Downloader({
      link: this,
      random: (bytes) => {
        bytes.fill(this.random);
      },
      buffer: new Uint8Array(bufferBytes),
      log: (level, text) => {
        this.said.push(`${level}: ${text}`);
      },
      rules: { allowHttp: true, allowPrivate: false, ...rules },
      limits: { ...DOWNLOAD_LIMITS, progressBytes: 50, ...limits },
    });
  }

  request(request: LinkRequest): Exchange {
    this.requests.push(request);
    this.sent.push(this.now);
    this.openThen.push(this.open);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`no answer for request ${this.requests.length}`);
    if (answer.fails !== undefined) throw new ScriptedError(answer.fails);
    this.open++;
    return this.#exchange(answer);
  }

  /** The URLs that were asked for. */
  get asked(): readonly string[] {
    return this.requests.map(({ url }) => urlText(url));
  }

  /** The value of a header of a request, counting from 0. */
  header(request: number, name: string): string | undefined {
    return this.requests[request]?.headers.find(([key]) => key === name)?.[1];
  }

  start(source: Partial<DownloadSource> = {}): void {
    const from = source.from ?? 0;
    this.received = content(0, from);
    const fresh = {
      url: "https://h/package",
      validator: undefined,
      size: undefined,
      attempt: 0,
      minutes: 0,
      described: false,
    };
    this.downloader.start({ ...fresh, from, ...source });
  }

  step(): Event {
    const room = (): number => this.block - (this.received.length % this.block);
    const isShort = (): boolean => this.received.length < this.wholeFrom;
    return this.downloader.step<SinkReason | DownloadReason>(this.now, {
      get room() {
        return room();
      },
      get short() {
        return isShort();
      },
      describe: (reading) => {
        this.readings.push(reading);
        this.log.push("describe");
        return "fault" in reading ? reading.fault : this.refuseDescription;
      },
      accept: (size, validator, resumed) => {
        this.log.push(`accept ${size} ${validator}`);
        if (resumed === true) this.resumed++;
        return this.refuseSize;
      },
      restart: () => {
        this.log.push("restart");
        this.received = new Uint8Array(0);
        return this.refuseRestart;
      },
      write: (bytes) => {
        if (this.refuseBytes !== undefined) return this.refuseBytes;
        const grown = new Uint8Array(this.received.length + bytes.length);
        grown.set(this.received);
        grown.set(bytes, this.received.length);
        this.received = grown;
        this.ends.push(grown.length);
        return undefined;
      },
      attempted: (attempt, minutes = 0) => {
        this.minutes.push(minutes);
        this.log.push(`attempted ${attempt}`);
      },
    });
  }

  /** Steps to the end, sleeping as long as it is told to: "done", or the reason. */
  run(source?: Partial<DownloadSource>): string {
    this.start(source);
    for (let steps = 0; steps < 5000; steps++) {
      const event = this.step();
      if (event.type === "done") return "done";
      if (event.type === "failed") return event.reason;
      if (event.until > this.now) this.now = event.until;
    }
    throw new Error("it does not end");
  }

  #exchange(answer: Answer): Exchange {
    const parts = [...(answer.body ?? [])];
    const headAt = this.now + (answer.afterMs ?? 0);
    let closed = false;
    let quietUntil = 0;
    return {
      head: (): LinkHead | undefined => {
        if (answer.failsHead !== undefined) throw new ScriptedError(answer.failsHead);
        return this.now < headAt
          ? undefined
          : {
              status: answer.status ?? 200,
              headers: new Map(Object.entries(answer.headers ?? {})),
              length: lengthOf(answer),
            };
      },
      read: (buffer) => {
        this.reads++;
        const part = parts[0];
        if (this.now < quietUntil) return 0;
        if (part === undefined) return -1;
        if (typeof part === "string") throw new ScriptedError(part);
        if (typeof part === "number") {
          parts.shift();
          quietUntil = this.now + part;
          return 0;
        }
        const count = Math.min(buffer.length, part.length);
        buffer.set(part.subarray(0, count));
        if (count === part.length) parts.shift();
        else parts[0] = part.subarray(count);
        return count;
      },
      close: () => {
        if (!closed) this.open--;
        closed = true;
      },
    };
  }
}

/** What a link makes of Content-Length. */
function lengthOf({ headers = {} }: Answer): number | undefined {
  const length = headers["content-length"];
  return length === undefined ? undefined : Number(length);
}

export function times(count: number, answer: Answer): Answer[] {
  return new Array<Answer>(count).fill(answer);
}

/** The sink has the first `length` bytes of the package, and nothing is left open. */
export function done(scene: Scene, length = 200): void {
  deepEqual(scene.received, content(0, length));
  equal(scene.open, 0, "every exchange is closed");
}
