/** Nobody takes this rejection. */

void Promise.reject(new Error("nobody listens"));
trace("still here\n");
