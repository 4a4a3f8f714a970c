/**
 * What the page may ask of the rig that runs: one table for its buttons, for the server that takes
 * them, and for the line that does the same from a shell.
 */

export type Order =
  | { readonly what: "power"; readonly on: boolean }
  /** The next request of that kind meets this fault: a word of `--fault` without its number. */
  | { readonly what: "fault"; readonly word: string }
  /** A command of the server, in the next session. */
  | {
      readonly what: "command";
      readonly name: "Get" | "Replace" | "Exec";
      readonly uri: string;
      readonly value?: string;
    }
  /** The package is offered again, from the first command on. */
  | { readonly what: "update" }
  /** The device is asked for a session (package 0). */
  | { readonly what: "session" };

export type OrderKind = Order["what"];

/** What became of an order; the page shows it. */
export interface OrderAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** What the page is told besides events: placed in its HTML. */
export interface PageConfig {
  /** Which orders the rig takes; none in a report. */
  readonly orders: readonly OrderKind[];
  /** The command that runs, without faults: `xs-fumo demo --board sim`. */
  readonly command: string;
  /** Version of xs-fumo. */
  readonly version: string;
}

const COMMANDS = ["Get", "Replace", "Exec"] as const;
const URI_MAX = 255;
const VALUE_MAX = 65_536;
const WORD = /^(dm|package|descriptor):[a-zA-Z]+(:\d+)?(x\d{1,3})?$/;

/** Returns the order that JSON describes; undefined for anything else. */
export function orderOf(json: unknown): Order | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { what, on, word, name, uri, value } = json as { readonly [key: string]: unknown };
  switch (what) {
    case "power":
      return typeof on === "boolean" ? { what, on } : undefined;
    case "fault":
      return typeof word === "string" && WORD.test(word) ? { what, word } : undefined;
    case "update":
    case "session":
      return { what };
    case "command": {
      const command = COMMANDS.find((each) => each === name);
      if (command === undefined || typeof uri !== "string" || uri.length > URI_MAX)
        return undefined;
      if (!uri.startsWith("./") && uri !== ".") return undefined;
      if (command !== "Replace") return { what, name: command, uri };
      if (typeof value !== "string" || value.length > VALUE_MAX) return undefined;
      return { what, name: command, uri, value };
    }
    default:
      return undefined;
  }
}

/** One button of the panel of faults. */
export interface FaultButton {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly says: string;
  readonly order: Order;
}

function fault(name: string, word: string, says: string): FaultButton {
  return { name, says, order: { what: "fault", word } };
}

/** The buttons, in groups. */
export const FAULTS: readonly {
  readonly group: string;
  readonly buttons: readonly FaultButton[];
}[] = [
  {
    group: "Download",
    buttons: [
      fault("Cut off", "package:truncate:20000", "The connection closes after 20,000 bytes."),
      fault("Reset", "package:reset:20000", "The connection is reset (RST) after 20,000 bytes."),
      fault("503 ×2", "package:status:503x2", "Two requests are answered 503."),
      fault("Slow", "package:slow:16000", "The package comes at 16,000 bytes a second."),
      fault("Silent", "package:silent", "The connection stays open, and nothing comes."),
      fault("New ETag", "package:changed", "It is another package from here on."),
      fault("Bit error", "package:corrupt:5000", "One bit of the package is wrong."),
      fault("No range", "package:wholeAnswer", "A range is answered by the whole package."),
    ],
  },
  {
    group: "Session",
    buttons: [
      fault("Dropped", "dm:drop", "The message is executed, its answer is lost."),
      fault("Duplicate", "dm:duplicate", "The answer before is sent again."),
      fault("Stale nonce", "dm:staleNonce", "Good credentials are challenged again."),
      fault("503", "dm:status:503", "The message is answered by HTTP 503."),
      fault("Wrong server", "dm:wrongCredentials", "The server's own credentials are wrong."),
      fault("Malformed", "dm:malformed", "The XML breaks off inside an element."),
      fault("Slow", "dm:slow:2000", "The answer comes two seconds late."),
      fault("Restart", "dm:restart", "The server forgets its sessions."),
    ],
  },
];

/** Returns the line for a shell that gives an order to the rig at `url`. */
export function shellLine(url: string, order: Order): string {
  const body = JSON.stringify(order).replaceAll("'", "'\\''");
  return `curl -d '${body}' ${url}orders`;
}
