/**
 * Who has a board of this machine: a file that names a process and its command, or a person who has
 * locked the board by hand. The lock of a process that is gone is nobody's.
 */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Exit, RigError } from "../exit.ts";

export interface Holder {
  /** Absent where a person has locked the board by hand. */
  readonly pid?: number;
  /** When that process began, as the kernel counts: another may get its number later. */
  readonly began?: string;
  readonly user: string;
  readonly command: string;
  readonly since: string;
}

/** All users of a bench share it. The name of a file in it is the line to the board. */
function folder(): string {
  const path = join(tmpdir(), "xs-fumo-boards");
  if (mkdirSync(path, { recursive: true }) !== undefined) chmodSync(path, 0o777);
  return path;
}

function fileOf(line: string): string {
  let name = line;
  try {
    if (line.startsWith("/")) name = realpathSync(line);
  } catch {
    // A port that is away keeps the name that it was given.
  }
  return join(folder(), encodeURIComponent(name));
}

/** Returns who has the board behind that line; undefined when nobody has. */
export function holderOf(line: string): Holder | undefined {
  const text = textIn(fileOf(line));
  const holder = text === undefined ? undefined : parsed(text);
  return holder === undefined || isGone(holder) ? undefined : holder;
}

/**
 * Takes the board for this process, or by hand, which lasts until `unlock`. Returns what gives it
 * back. Throws a RigError that says who has it.
 */
export function lock(name: string, line: string, isByHand = false): () => void {
  const file = fileOf(line);
  const own = JSON.stringify(isByHand ? person() : { pid: process.pid, ...person(), ...start() });
  const draft = join(folder(), `.${randomUUID()}`);
  writeFileSync(draft, own);
  try {
    while (!linked(draft, file)) {
      const text = textIn(file);
      if (text === undefined) continue; // it has just been given back
      const holder = parsed(text);
      if (holder !== undefined && !isGone(holder)) throw taken(name, holder);
      drop(file, text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    drop(file, own);
  };
}

/** Takes back what was locked by hand. Throws a RigError when it was not. */
export function unlock(name: string, line: string): void {
  const file = fileOf(line);
  const text = textIn(file);
  const holder = holderOf(line);
  if (holder?.pid !== undefined) throw taken(name, holder);
  if (text === undefined || holder === undefined)
    throw new RigError(Exit.noBoard, `board ${name} is not locked`);
  drop(file, text);
}

/** Says who has a board. */
export function told({ pid, user, command, since }: Holder): string {
  const who = pid === undefined ? `${user}, by hand` : `process ${pid} of ${user}`;
  return `${who}, since ${since}: ${command}`;
}

function taken(name: string, holder: Holder): RigError {
  return new RigError(
    Exit.noBoard,
    `board ${name} is taken by ${told(holder)}`,
    holder.pid === undefined
      ? `to take it back: xs-fumo board unlock ${name.includes("/") ? "NAME" : name}`
      : "wait until that process ends, or end it",
  );
}

function person(): Omit<Holder, "pid" | "began"> {
  return {
    user: userInfo().username,
    command: ["xs-fumo", ...process.argv.slice(2)].join(" "),
    since: new Date().toISOString(),
  };
}

function start(): { readonly began?: string } {
  const began = beganAt(process.pid);
  return began === undefined ? {} : { began };
}

/** When a process began, as Linux says; undefined when it does not. */
export function beganAt(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** What Linux says of a process, from its state on: its parent is the next word. */
function statOf(pid: number): readonly string[] | undefined {
  // The name before it, in brackets, may have blanks.
  const text = textIn(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/**
 * True for a lock that does not keep this process out: this user has made it by hand, or a process
 * that has started this one, as a run starts the commands of a rig file.
 */
export function isOwn({ pid, user }: Holder): boolean {
  if (pid === undefined) return user === userInfo().username;
  let ancestor = process.ppid;
  while (ancestor > 1 && ancestor !== pid) ancestor = Number(statOf(ancestor)?.[1] ?? 0);
  return ancestor === pid;
}

function isGone({ pid, began }: Holder): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return true;
  }
  const now = beganAt(pid);
  return began !== undefined && now !== undefined && now !== began;
}

function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a lock that has this text. One process at a time looks and removes, so that nobody
 * removes the lock of whoever has taken the board in between.
 */
function drop(file: string, text: string): void {
  const script = '[ "$(cat "$1" 2>/dev/null)" != "$2" ] || rm -f "$1"';
  const { error } = spawnSync("flock", [folder(), "sh", "-c", script, "sh", file, text]);
  if (error !== undefined)
    throw new RigError(Exit.noBoard, `flock cannot be run: ${error.message}`, "util-linux has it");
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function parsed(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}
