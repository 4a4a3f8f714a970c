/** How this board is built, and how QEMU runs it. */
import { BareBuild } from "../bare/build.ts";

export const riscv32 = new BareBuild({
  folder: "hal/qemu-riscv32",
  out: "build/qemu",
  cross: "riscv64-unknown-elf-",
  emulator: "qemu-system-riscv32",
  runsImage: (elf) => ["-M", "virt", "-m", "64M", "-bios", elf],
  runsFlash: (flash) => [
    ...["-M", "virt", "-m", "8M", "-bios", "none"],
    ...["-drive", `if=pflash,unit=0,format=raw,file=${flash}`],
    ...["-global", "virtio-mmio.force-legacy=false", "-device", "virtio-rng-device"],
  ],
  connects: (network) => ["-device", `virtio-net-device,netdev=${network}`],
  testMap: { RAM_BASE: "0x80600000", RAM_BYTES: "0x3000000" },
});
