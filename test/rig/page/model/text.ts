/** Numbers for people. */

/** Returns a time of the run: "2.80 s", "1:05.3". */
export function clock(ms: number): string {
  const s = ms / 1000;
  if (s < 60) return `${s.toFixed(s < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(s / 60);
  return `${minutes}:${(s - minutes * 60).toFixed(1).padStart(4, "0")}`;
}

/** Returns how long something took: "380 ms", "2.4 s". */
export function lasting(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : clock(ms);
}

/** Returns a number of bytes: "820 B", "64 KiB", "1.5 MiB". */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const kib = bytes / 1024;
  if (kib < 1024) return `${kib < 10 && kib % 1 > 0.05 ? kib.toFixed(1) : Math.round(kib)} KiB`;
  const mib = kib / 1024;
  return `${mib % 1 > 0.05 ? mib.toFixed(1) : Math.round(mib)} MiB`;
}

/** Returns "148 of 293 KiB". */
export function share(bytes: number, total: number): string {
  if (total < 1024) return `${Math.round(bytes)} of ${total} B`;
  const mega = total >= 1024 * 1024;
  const unit = mega ? 1024 * 1024 : 1024;
  const digits = mega ? 2 : 0;
  return (
    `${(bytes / unit).toFixed(digits)} of ${(total / unit).toFixed(digits)} ` +
    `${mega ? "MiB" : "KiB"}`
  );
}
