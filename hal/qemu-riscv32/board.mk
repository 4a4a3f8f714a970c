# rv32imac, as an ESP32-C6 has it. With _zicsr in -march the linker would take libraries of rv64.
TARGET = -march=rv32imac -mabi=ilp32 -misa-spec=2.2
# Registers are saved by calls, which takes 20 KB less
SMALL = -msave-restore
QUICK = -mno-save-restore
# Its registers stay in registers: platform.h
INTERPRETER = -Dc_setjmp=markPlace
# Drivers of hal/bare that not every board has, and what this processor does quicker by hand
DRIVERS = virtio.c sha256rv32.S
