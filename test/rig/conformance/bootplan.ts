/** The plan for Boot: what each function promises over resets, and cuts in each of them. */
import type { Running } from "../../../hal/hal.ts";
import { baseIsOf } from "./baseplan.ts";
import { type Driver, told } from "./driver.ts";

/** A bootloader that never comes to an end of its operations is broken; none needs so many. */
const OPERATIONS_MAX = 40;

export async function bootPlan(driver: Driver): Promise<void> {
  const home = await driver.power();
  if (home === undefined) {
    driver.check("boot: the board starts", "it ended before it answered");
    return;
  }
  const plan = new BootPlan(driver, home);
  await plan.resets();
  await plan.crashes();
  if (driver.bench.hasWatchdog === true) await plan.hangs();
  await plan.badImages();
  await plan.strangers();
  await plan.trial();
  await plan.crashedTrials();
  await plan.kept();
  if (driver.bench.cutModes.length > 0) await plan.cuts();
}

/** An image of the rig, and the offset of a bit that is turned on the way. */
interface Staged {
  readonly path?: string;
  readonly damage?: number;
}

class BootPlan {
  #driver: Driver;
  /** The slot that is confirmed, as the plan goes on. */
  #slot: number;
  readonly #home: Running;

  constructor(driver: Driver, home: Running) {
    this.#driver = driver;
    this.#slot = home.slot;
    this.#home = home;
  }

  async resets(): Promise<void> {
    const { cause, trial } = this.#home;
    this.#driver.check(
      "boot: power-on is told as power",
      cause === "power" ? undefined : `cause is ${cause}`,
    );
    this.#driver.check(
      "boot: a confirmed image is not on trial",
      trial ? "trial is true" : undefined,
    );
    const again = await this.#driver.order({ do: "running" });
    const same =
      again?.kind === "running" && JSON.stringify(again.running) === JSON.stringify(this.#home);
    this.#driver.check(
      "boot: running() says the same until the next reset",
      same ? undefined : told(again),
    );
    const restarted = await this.#restart();
    this.#driver.check(
      "boot: a restart is told as restart",
      restarted?.cause === "restart" ? undefined : describe(restarted),
    );
    this.#expect("boot: a restart boots the same slot", restarted, this.#slot, false);
    const confirmed = await this.#driver.order({ do: "confirm" });
    this.#driver.check(
      "boot: confirm is no error where nothing is on trial",
      confirmed?.kind === "done" ? undefined : told(confirmed),
    );
    this.#expect(
      "boot: confirm changes nothing where nothing is on trial",
      await this.#restart(),
      this.#slot,
      false,
    );
  }

  /** A board that counts no crashes says 0, always. */
  async crashes(): Promise<void> {
    const counts: (number | undefined)[] = [this.#home.failures];
    const count = (running: Running | undefined): void => {
      counts.push(running?.failures);
    };
    const crashed = await this.#panic();
    this.#driver.check(
      "boot: a panic is told as panic",
      crashed?.cause === "panic" ? undefined : describe(crashed),
    );
    this.#expect("boot: a panic boots the same slot", crashed, this.#slot, false);
    count(crashed);
    count(await this.#panic());
    count(await this.#restart());
    count(await this.#panic());
    await this.#driver.order({ do: "confirm" });
    count(await this.#panic());
    count(await this.#driver.power());
    const told = counts.map((failures) => failures ?? "nothing").join(", ");
    const known = ["0, 1, 2, 0, 1, 1, 0"];
    if (this.#driver.bench.countsCrashes !== true) known.push("0, 0, 0, 0, 0, 0, 0");
    this.#driver.check(
      "boot: failures counts crashes in a row, until power, a restart or confirm, or is 0",
      known.includes(told)
        ? undefined
        : `after power, two panics, a restart, a panic, confirm and a panic, power: ${told}`,
    );
  }

  async hangs(): Promise<void> {
    const hung = await this.#order("hang");
    this.#driver.check(
      "boot: a program that never comes back is reset, and told as watchdog",
      hung?.cause === "watchdog" ? undefined : describe(hung),
    );
    this.#expect("boot: the watchdog boots the same slot", hung, this.#slot, false);
    await this.#restart();
  }

  /** Images that arm takes, where the boot loader alone looks at signatures, do not run either. */
  async strangers(): Promise<void> {
    for (const path of this.#driver.serveStrangers()) {
      await this.#stage({ path });
      await this.#driver.order({ do: "arm" });
      await this.#expectHome(
        path === "/stranger"
          ? "boot: an image that a stranger signed never runs"
          : "boot: a stranger's signature under the name of the vendor's key is none",
      );
    }
  }

  async badImages(): Promise<void> {
    await this.#driver.order({ do: "blank" });
    await this.#refused("boot: arm throws when nothing is staged");
    const { image, damages } = this.#driver.bench;
    for (const damage of damages) {
      await this.#stage({ damage });
      const where =
        damage === image.length - 1 ? "its last byte" : `byte ${damage} of ${image.length}`;
      await this.#refused(`boot: arm throws when the staged image is damaged (${where})`);
    }
  }

  async trial(): Promise<void> {
    const other = await this.#armed("boot: an armed image boots at the next restart, on trial");
    const again = await this.#driver.order({ do: "running" });
    const stays = again?.kind === "running" && again.running.trial;
    this.#driver.check(
      "boot: a trial is a trial until it is confirmed",
      stays ? undefined : told(again),
    );
    this.#expect(
      "boot: an unconfirmed trial ends at a restart",
      await this.#restart(),
      this.#slot,
      false,
    );
    this.#expect(
      "boot: a trial that has ended does not begin again",
      await this.#restart(),
      this.#slot,
      false,
    );
    await this.#stage();
    await this.#arm("boot: arm takes a good image");
    this.#expect("boot: arm is durable when it returns", await this.#driver.power(), other, true);
    this.#expect(
      "boot: an unconfirmed trial ends when power is lost",
      await this.#driver.power(),
      this.#slot,
      false,
    );
    await this.#stage();
    await this.#arm("boot: arm twice is arm");
    await this.#arm("boot: arm twice is arm");
    this.#expect("boot: arm twice is arm", await this.#restart(), other, true);
    const armed = await this.#driver.order({ do: "arm" });
    this.#driver.check(
      "boot: arm throws on trial",
      armed?.kind === "threw" ? undefined : `arm said ${told(armed)}`,
    );
    this.#expect(
      "boot: an arm that throws changes nothing",
      await this.#restart(),
      this.#slot,
      false,
    );
  }

  async crashedTrials(): Promise<void> {
    const ways = ["panic", ...(this.#driver.bench.hasWatchdog === true ? ["hang"] : [])] as const;
    for (const way of ways) {
      await this.#armed("boot: an armed image boots at the next restart, on trial");
      this.#expect(
        way === "panic"
          ? "boot: an unconfirmed trial ends with a panic"
          : "boot: an unconfirmed trial ends when the watchdog resets it",
        await this.#order(way === "panic" ? "panic" : "hang"),
        this.#slot,
        false,
      );
      this.#expect(
        "boot: a trial that has ended does not begin again",
        await this.#panic(),
        this.#slot,
        false,
      );
      await this.#restart();
    }
  }

  /** There and back again: the slot that does not run is the one that is staged. */
  async kept(): Promise<void> {
    for (const way of ["there", "back"]) {
      const { image } = this.#driver.bench;
      const other = await this.#armed(`boot: the staged image is on trial (${way})`);
      await baseIsOf(this.#driver, image);
      const report = await this.#driver.order({ do: "confirm" });
      this.#driver.check(
        "boot: confirm returns",
        report?.kind === "done" ? undefined : told(report),
      );
      this.#slot = other;
      if (way === "back") await this.#confirmedAgain();
      this.#expect(
        "boot: confirm is durable when it returns",
        await this.#driver.power(),
        this.#slot,
        false,
      );
      this.#expect("boot: a confirmed image stays", await this.#restart(), this.#slot, false);
      await this.#driver.order({ do: "blank" });
      await this.#refused("boot: staging is the slot that does not run, whichever that is");
    }
  }

  async #confirmedAgain(): Promise<void> {
    const again = await this.#driver.order({ do: "confirm" });
    this.#driver.check(
      "boot: confirm twice is confirm",
      again?.kind === "done" ? undefined : told(again),
    );
    const running = await this.#driver.order({ do: "running" });
    const trial = running?.kind === "running" ? running.running.trial : true;
    this.#driver.check(
      "boot: a confirmed image is no longer on trial",
      trial ? "trial is true" : undefined,
    );
  }

  async cuts(): Promise<void> {
    for (const mode of this.#driver.bench.cutModes) {
      for (let at = 1; !(await this.#cutArm({ at, mode })); at++) if (this.#endless(at)) return;
      for (let at = 1; !(await this.#cutConfirm({ at, mode })); at++) if (this.#endless(at)) return;
    }
  }

  /** True when the cut came too late to hit anything. */
  async #cutArm(cut: { readonly at: number; readonly mode: string }): Promise<boolean> {
    const name = "boot: power loss in arm leaves the board armed or not, and bootable";
    await this.#driver.power();
    await this.#stage();
    const booted = await this.#driver.power(cut);
    const report = booted === undefined ? undefined : await this.#driver.order({ do: "arm" });
    const after = await this.#driver.power();
    if (report?.kind === "done")
      this.#driver.check(
        "boot: arm is durable when it returns",
        after?.trial ? undefined : describe(after),
      );
    if (after !== undefined && !after.trial) {
      this.#expect(name, after, this.#slot, false);
      await this.#arm("boot: arm works after power loss in arm");
      this.#driver.check(
        name,
        (await this.#restart())?.trial ? undefined : "arm does not work any more",
      );
    } else this.#driver.check(name, after === undefined ? "the board does not boot" : undefined);
    this.#expect(
      "boot: an unconfirmed trial ends when power is lost",
      await this.#driver.power(),
      this.#slot,
      false,
    );
    return report !== undefined;
  }

  /** True when the cut came too late to hit anything. */
  async #cutConfirm(cut: { readonly at: number; readonly mode: string }): Promise<boolean> {
    const name = "boot: power loss in confirm leaves one image or the other, and no trial";
    await this.#driver.power();
    await this.#stage();
    await this.#arm("boot: arm works after power loss in confirm");
    const trial = await this.#driver.power(cut);
    const report = trial?.trial === true ? await this.#driver.order({ do: "confirm" }) : undefined;
    const after = await this.#driver.power();
    if (after === undefined) this.#driver.check(name, "the board does not boot");
    else if (trial === undefined) this.#expectEnd(await this.#driver.power());
    else if (report?.kind === "done")
      this.#expect("boot: confirm is durable when it returns", after, trial.slot, false);
    else this.#driver.check(name, after.trial ? describe(after) : undefined);
    const settled = await this.#driver.power();
    if (settled !== undefined) this.#slot = settled.slot;
    return report !== undefined;
  }

  #expectEnd(running: Running | undefined): void {
    const name =
      "boot: power loss in the bootloader ends in the confirmed image, at the latest a reset later";
    this.#expect(name, running, this.#slot, false);
  }

  #endless(at: number): boolean {
    if (at < OPERATIONS_MAX) return false;
    this.#driver.check("boot: a boot takes few operations", `more than ${OPERATIONS_MAX}`);
    return true;
  }

  /** What runs after an order that ends in a reset. */
  async #order(what: "restart" | "panic" | "hang"): Promise<Running | undefined> {
    const report = await this.#driver.order({ do: what });
    return report?.kind === "boot" ? report.running : undefined;
  }

  #restart(): Promise<Running | undefined> {
    return this.#order("restart");
  }

  #panic(): Promise<Running | undefined> {
    return this.#order("panic");
  }

  async #stage({ path = "/image", damage }: Staged = {}): Promise<void> {
    const url = `${this.#driver.server.origin}${path}`;
    const report = await this.#driver.order(
      damage === undefined ? { do: "stage", url } : { do: "stage", url, damage },
    );
    if (report?.kind !== "done") this.#driver.check("boot: an image can be staged", told(report));
  }

  async #arm(name: string): Promise<void> {
    const report = await this.#driver.order({ do: "arm" });
    this.#driver.check(name, report?.kind === "done" ? undefined : told(report));
  }

  async #refused(name: string): Promise<void> {
    const report = await this.#driver.order({ do: "arm" });
    this.#driver.check(name, report?.kind === "threw" ? undefined : `arm said ${told(report)}`);
    await this.#expectHome("boot: an arm that throws changes nothing");
  }

  /** A restart boots what is confirmed; from a trial that should not be, the plan goes back. */
  async #expectHome(name: string): Promise<void> {
    const running = await this.#restart();
    this.#expect(name, running, this.#slot, false);
    if (running?.trial === true) await this.#restart();
  }

  /** Stages, arms and restarts: the other slot. */
  async #armed(name: string): Promise<number> {
    await this.#stage();
    await this.#arm("boot: arm takes a good image");
    const running = await this.#restart();
    const good = running?.trial === true && running.slot !== this.#slot;
    this.#driver.check(name, good ? undefined : describe(running));
    return running?.slot ?? -1;
  }

  #expect(name: string, running: Running | undefined, slot: number, trial: boolean): void {
    const good = running?.slot === slot && running.trial === trial;
    this.#driver.check(
      name,
      good
        ? undefined
        : `${describe(running)}; slot ${slot}${trial ? " on trial" : ""} was expected`,
    );
  }
}

function describe(running: Running | undefined): string {
  if (running === undefined) return "the board did not boot";
  return `slot ${running.slot} runs${running.trial ? " on trial" : ""}, after ${running.cause}`;
}
