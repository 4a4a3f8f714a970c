/** A process that does jobs of a campaign: takes one by message, sends back what it found. */
import { type Job, perform, type Size } from "./plan.ts";
import { Tally, type TallyData } from "./tally.ts";

export interface Order {
  readonly job: Job;
  readonly round: number;
  readonly size: Size;
}

process.on("message", ({ job, round, size }: Order) => {
  const tally = new Tally();
  const data = (): TallyData => tally.data;
  const before = process.cpuUsage();
  perform(job, round, size, tally);
  const { user, system } = process.cpuUsage(before);
  tally.cpuMs = (user + system) / 1000;
  process.send?.(data());
});
