/**
 * What a client does wrong by the standard, in words: versions, ids, the first package, Status
 * commands. A server that tests says so and goes on. One Conduct judges one session.
 */
import type { Command, Header, Message, StatusCommand } from "../../../src/syncml/command.ts";
import { AlertCode } from "../../../src/syncml/alert.ts";

/** Leaves of DevInfo that package 1 must carry (OMA-TS-DM-Protocol §8.1). */
const DEVINFO = ["DevId", "Man", "Mod", "DmV", "Lang"];
/** All that a client may send (OMA-TS-DM-Protocol §2.3). */
const OF_CLIENTS: readonly string[] = ["Alert", "Replace", "Results", "Status"];

export class Conduct {
  #messages = 0;
  /** MsgID that comes next. */
  #next = 1;
  /** What package 1 had so far; undefined once it is over. */
  #package1: { opened: boolean; readonly devInfo: Set<string> } | undefined = {
    opened: false,
    devInfo: new Set(),
  };
  /** Commands that the server has sent and that have no Status yet, by MsgID and CmdID. */
  readonly #owed = new Map<string, string>();
  /** Those that had one. */
  readonly #settled = new Set<string>();

  /** The server has written a command: it wants a Status, but for Status itself. */
  sent(msgID: string, command: Command): void {
    if (command.name === "Status") return;
    const name = command.name === "Unknown" ? command.element : command.name;
    this.#owed.set(`${msgID} ${command.cmdID}`, name);
    if (command.name === "Atomic" || command.name === "Sequence")
      for (const inner of command.commands) this.sent(msgID, inner);
  }

  /** What the server has sent counts no more: it is sent again. */
  forget(): void {
    this.#owed.clear();
  }

  /** What is wrong with the next message of the client; `lastID`: of the server's last one. */
  judge(message: Message, lastID: string): readonly string[] {
    const { header, commands } = message;
    this.#messages++;
    const faults = [
      ...versions(header),
      ...this.#msgID(header),
      ...ids(commands),
      ...foreign(commands),
      ...this.#statuses(commands, lastID),
      ...this.#opening(message),
    ];
    if (message.final && !aborts(commands)) {
      for (const [key, name] of this.#owed) faults.push(`no Status for ${name} (${place(key)})`);
      this.#owed.clear();
    }
    return faults;
  }

  #msgID({ msgID }: Header): string[] {
    const expected = this.#next;
    this.#next = (Number(msgID) || expected) + 1;
    if (msgID === `${expected}`) return [];
    return [
      expected === 1
        ? `the first MsgID of a session is ${msgID}, not 1`
        : `MsgID is ${msgID} where ${expected} comes next`,
    ];
  }

  #statuses(commands: readonly Command[], lastID: string): string[] {
    const faults: string[] = [];
    const statuses = commands.filter(
      (command): command is StatusCommand => command.name === "Status",
    );
    // In its first message it may go on with what another server has begun.
    if (this.#messages === 1) return faults;
    if (commands[0] !== statuses[0] || statuses[0]?.cmdRef !== "0")
      faults.push("a message does not begin with the Status of SyncHdr, CmdRef 0");
    for (const { msgRef, cmdRef, cmd, fault } of statuses) {
      if (fault !== undefined) faults.push(`the Status of ${cmd} ${cmdRef} has no number`);
      const key = `${msgRef} ${cmdRef}`;
      const name = cmdRef === "0" && msgRef === lastID ? "SyncHdr" : this.#owed.get(key);
      if (name === undefined)
        faults.push(
          this.#settled.has(key)
            ? `a second Status for ${cmd} (${place(key)})`
            : `a Status for what was not sent: ${cmd} (${place(key)})`,
        );
      else if (name !== cmd) faults.push(`a Status says ${cmd} for ${name} (${place(key)})`);
      if (this.#owed.delete(key)) this.#settled.add(key);
    }
    return faults;
  }

  /** Package 1, once it is whole (OMA-TS-DM-Protocol §2.3.3). */
  #opening({ commands, final }: Message): string[] {
    const seen = this.#package1;
    if (seen === undefined) return [];
    for (const command of commands) {
      seen.opened ||= command.name === "Alert" && OPENING.includes(command.data);
      if (command.name === "Replace")
        for (const { source } of command.items) seen.devInfo.add(source ?? "");
    }
    if (!final) return [];
    this.#package1 = undefined;
    if (aborts(commands)) return [];
    const missing = DEVINFO.filter((leaf) => !seen.devInfo.has(`./DevInfo/${leaf}`));
    return [
      ...(seen.opened ? [] : ["package 1 has neither Alert 1200 nor 1201"]),
      ...(missing.length === 0 ? [] : [`package 1 lacks DevInfo: ${missing.join(", ")}`]),
    ];
  }
}

const OPENING: readonly number[] = [AlertCode.serverInitiated, AlertCode.clientInitiated];

function place(key: string): string {
  const [message = "", command = ""] = key.split(" ");
  return `message ${message}, command ${command}`;
}

function aborts(commands: readonly Command[]): boolean {
  return commands.some((one) => one.name === "Alert" && one.data === AlertCode.sessionAbort);
}

/** OMA-TS-DM-RepPro §4.1.1. */
function versions({ verDTD, verProto }: Header): string[] {
  const faults: string[] = [];
  if (verDTD !== "1.2") faults.push(`VerDTD is ${verDTD}, not 1.2`);
  if (verProto !== "DM/1.2") faults.push(`VerProto is ${verProto}, not DM/1.2`);
  return faults;
}

/** Each command has a CmdID of its own in its message, and none is 0. */
function ids(commands: readonly Command[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { name, cmdID } of commands) {
    if (cmdID === "") faults.push(`${name} has no CmdID`);
    else if (cmdID === "0") faults.push(`${name} has CmdID 0, which is that of SyncHdr`);
    else if (seen.has(cmdID)) faults.push(`CmdID ${cmdID} twice in a message`);
    seen.add(cmdID);
  }
  return faults;
}

function foreign(commands: readonly Command[]): string[] {
  return commands
    .map((command) => (command.name === "Unknown" ? command.element : command.name))
    .filter((name) => !OF_CLIENTS.includes(name))
    .map((name) => `a client sends no ${name}`);
}
