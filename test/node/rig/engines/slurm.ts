/** Slurm on one node, this machine: its own munge, ports of its own on the loopback, no cgroups. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Daemon, Running } from "../../servers/daemon.ts";
import { freePort } from "../freeport.ts";

export const SLURM_CONTROLLER: Daemon = {
  program: "slurmctld",
  debian: "slurm-wlm",
  words: (file) => ["-D", "-c", "-f", file],
};
export const SLURM_NODE: Daemon = {
  program: "slurmd",
  debian: "slurm-wlm",
  words: (file) => ["-D", "-c", "-f", file],
};

/** What signs Slurm's messages. */
function munge(folder: string, socket: string): Daemon {
  const file = (name: string): string => join(folder, name);
  const places = { key: "munge.key", pid: "munge.pid", log: "munge.log", seed: "munge.seed" };
  return {
    program: "munged",
    debian: "munge",
    words: () => [
      "--foreground",
      "--force",
      `--socket=${socket}`,
      `--key-file=${file(places.key)}`,
      `--pid-file=${file(places.pid)}`,
      `--log-file=${file(places.log)}`,
      `--seed-file=${file(places.seed)}`,
    ],
  };
}

export const MUNGE = munge("", "");

interface Ports {
  readonly controller: number;
  readonly node: number;
}

function configuration(folder: string, socket: string, { controller, node }: Ports): string {
  const host = hostname().split(".")[0] ?? "localhost";
  const { username } = userInfo();
  return `ClusterName=xsfumo
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmUser=${username}
SlurmdUser=${username}
AuthType=auth/munge
AuthInfo=socket=${socket}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
MailProg=/bin/true
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=bench Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

const POLL_MS = 250;

export class Slurm {
  readonly #file: string;
  readonly #daemons: Running[] = [];

  /** Starts it in that folder. Throws what a daemon says that does not start. */
  static async start(folder: string): Promise<Slurm> {
    const slurm = new Slurm(join(folder, "slurm.conf"));
    try {
      await slurm.#start(folder);
    } catch (error) {
      await slurm.stop();
      throw error;
    }
    return slurm;
  }

  private constructor(file: string) {
    this.#file = file;
  }

  async #start(folder: string): Promise<void> {
    const socket = join(folder, "munge.socket");
    chmodSync(folder, 0o755);
    for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "munge.key"), randomBytes(128), { mode: 0o600 });
    const ports = { controller: await freePort(), node: await freePort() };
    const text = configuration(folder, socket, ports);
    writeFileSync(this.#file, text);
    const start = async (daemon: Daemon, place: number | string): Promise<void> => {
      this.#daemons.unshift(await Running.start(daemon, folder, text, place));
    };
    await start(munge(folder, socket), socket);
    await start(SLURM_CONTROLLER, ports.controller);
    await start(SLURM_NODE, ports.node);
  }

  /** Runs one of its commands: what it printed. Throws what it says when it fails. */
  command(program: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
    const { status, stdout, stderr } = spawnSync(program, words, {
      encoding: "utf8",
      env: { ...process.env, ...environment, SLURM_CONF: this.#file },
    });
    if (status === 0) return stdout.trim();
    throw new Error(`${program} ${words.join(" ")} failed: ${stderr}`);
  }

  /** Resolves when the job is over, with all its tasks; rejects when the limit has passed. */
  async ended(job: string, limitMs: number): Promise<void> {
    for (const until = Date.now() + limitMs; ; await sleep(POLL_MS)) {
      const tasks = this.command("squeue", ["--noheader", "--states=all", "--Format=state:20"]);
      const isOver = (state: string): boolean => !/PENDING|RUNNING|COMPLETING|CONFIG/.test(state);
      if (tasks.split("\n").every(isOver)) return;
      if (Date.now() < until) continue;
      const nodes = this.command("sinfo", ["--Node", "--long"]);
      this.command("scancel", [job]);
      throw new Error(`job ${job} does not end: ${tasks}\n${nodes}`);
    }
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop();
  }
}
