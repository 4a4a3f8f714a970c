/* One process at a time has a state directory: two would program the same flash. */
#ifndef HOST_LOCK_H
#define HOST_LOCK_H

/* Takes the directory for this process, through all its resets, until it ends, be it by SIGKILL.
 * NULL, or why it cannot be had. */
const char* lockTake(const char* directory);

#endif
