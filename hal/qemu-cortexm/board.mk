# Cortex-M7 or Cortex-M4, by the name of the chip. setjmp keeps its name (platform.h): from one that
# GCC does not know, the interpreter of XS comes back with registers that are not its own.
TARGET_m7 = -mcpu=cortex-m7 -mfpu=fpv5-d16
TARGET_m4 = -mcpu=cortex-m4 -mfpu=fpv4-sp-d16
# Drivers of hal/bare that not every board has
DRIVERS = lan9118.c
TARGET = $(TARGET_$(CHIP)) -mthumb -mfloat-abi=hard
