/** How these boards are built, and how QEMU runs them. */
import { BareBuild } from "../bare/build.ts";

function board(chip: string, machine: string, out: string, freeRam: string): BareBuild {
  const semihosting = ["-semihosting-config", "enable=on,target=native"];
  return new BareBuild({
    folder: "hal/qemu-cortexm",
    chip,
    out,
    cross: "arm-none-eabi-",
    emulator: "qemu-system-arm",
    runsImage: (elf) => [
      ...["-M", machine, ...semihosting],
      ...["-device", `loader,file=${elf},cpu-num=0`],
    ],
    runsFlash: (flash, loader) => [
      ...["-M", machine, "-semihosting-config", `enable=on,target=native,arg=${flash}`],
      ...["-kernel", loader],
    ],
    connects: (network) => ["-net", `nic,netdev=${network},model=lan9118`],
    testMap: { RAM_BASE: freeRam, RAM_BYTES: "0x1000000", WINDOW_BYTES: "0x300000" },
  });
}

export const cortexM7 = board("m7", "mps2-an500", "build/cortexm", "0x60000000");
export const cortexM4 = board("m4", "mps2-an386", "build/cortexm4", "0x21000000");
