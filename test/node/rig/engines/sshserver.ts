/** An ssh server on the loopback, with keys of its own, and the file that its client is told by. */
import { spawnSync } from "node:child_process";
import { mkdirSync, existsSync, rmdirSync, writeFileSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { type Daemon, Running } from "../../servers/daemon.ts";
import { freePort } from "../freeport.ts";

export const SSHD: Daemon = {
  program: "sshd",
  debian: "openssh-server",
  words: (file) => ["-D", "-e", "-f", file],
};

/** Where sshd leaves its rights behind; the service of a system makes it, when it starts. */
const EMPTY = "/run/sshd";

export class SshServer {
  /** For `ssh -F`: every host that is named there is this machine. */
  readonly clientFile: string;
  readonly #server: Running;
  readonly #made: boolean;

  /** Starts it in that folder, for the user of this process. Throws what it says. */
  static async start(folder: string, hosts: readonly string[]): Promise<SshServer> {
    const port = await freePort();
    const key = (name: string): string => join(folder, name);
    for (const name of ["host", "user"]) {
      const words = ["-q", "-t", "ed25519", "-N", "", "-f", key(name)];
      const { status, stderr } = spawnSync("ssh-keygen", words, { encoding: "utf8" });
      if (status !== 0) throw new Error(`ssh-keygen failed: ${stderr}`);
    }
    const server = [
      "ListenAddress 127.0.0.1",
      `Port ${port}`,
      `HostKey ${key("host")}`,
      `AuthorizedKeysFile ${key("user.pub")}`,
      "AuthenticationMethods publickey",
      "PermitRootLogin prohibit-password",
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      `SetEnv PATH=${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    ];
    const [type = "", code = ""] = readFileSync(key("host.pub"), "utf8").split(" ");
    writeFileSync(key("known"), `bench ${type} ${code}\n`);
    const client = [
      `Host ${hosts.join(" ")}`,
      "  HostName 127.0.0.1",
      "  HostKeyAlias bench",
      `  Port ${port}`,
      `  User ${userInfo().username}`,
      `  IdentityFile ${key("user")}`,
      "  IdentitiesOnly yes",
      `  UserKnownHostsFile ${key("known")}`,
      "  StrictHostKeyChecking yes",
      "  BatchMode yes",
    ];
    writeFileSync(key("client"), `${client.join("\n")}\n`);
    const made = process.getuid?.() === 0 && !existsSync(EMPTY);
    if (made) mkdirSync(EMPTY, { mode: 0o755 });
    const running = await Running.start(SSHD, folder, `${server.join("\n")}\n`, port);
    return new SshServer(key("client"), running, made);
  }

  private constructor(clientFile: string, server: Running, made: boolean) {
    this.clientFile = clientFile;
    this.#server = server;
    this.#made = made;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    if (this.#made) rmdirSync(EMPTY);
  }
}
