/* What stands in for the parts of XS that builtins.h leaves out: whoever reaches one gets a
 * TypeError that can be caught. */
#ifndef ABSENT_H
#define ABSENT_H

#include "xsAll.h"

void builtinAbsent(txMachine* the);
txSlot* absentInstance(txMachine* the);
txSlot* absentFunction(txMachine* the, txID name);
void absentRun(txMachine* the, txSlot* instance);
void absentLiteral(txMachine* the, txSize length);
/* There are no registries: nothing to clean up. */
void absentCleanup(txMachine* the);

#endif
