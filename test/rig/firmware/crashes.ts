/** Firmware that fails in its first line. */
throw new Error("this version does not work");
