/** What work costs, however busy the machine is. */

/** Milliseconds of a processor that this process takes for it. */
export function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
