/* The tables by which XS finds its optional parts: as those of XS itself, without what builtins.h
 * leaves out. Functions get neither length nor name (platform.c), stacks have lines
 * (positions.c). */
#include "xsAll.h"
#include "absent.h"

extern void captureErrorStack(txMachine* the, txSlot* internal, txSlot* frame);
extern txSlot* noFunctionLength(txMachine* the, txSlot* instance, txNumber length);
extern txSlot* noFunctionName(
    txMachine* the, txSlot* instance, txID id, txIndex index, txID former, txString prefix);

const txDefaults gxDefaults = {
  .newAsyncInstance = absentInstance,
  .runAsync = absentRun,
  .newGeneratorInstance = absentInstance,
  .newGeneratorFunctionInstance = absentFunction,
  .newAsyncGeneratorInstance = absentInstance,
  .newAsyncGeneratorFunctionInstance = absentFunction,
  .runForAwaitOf = builtinAbsent,
  .newArgumentsSloppyInstance = fxNewArgumentsSloppyInstance,
  .newArgumentsStrictInstance = fxNewArgumentsStrictInstance,
  .runEval = builtinAbsent,
  .runEvalEnvironment = builtinAbsent,
  .runProgramEnvironment = builtinAbsent,
  .newFunctionLength = noFunctionLength,
  .newFunctionName = noFunctionName,
  .runImport = fxRunImport,
  .definePrivateProperty = fxDefinePrivateProperty,
  .getPrivateProperty = fxGetPrivateProperty,
  .setPrivateProperty = fxSetPrivateProperty,
  .cleanupFinalizationRegistries = absentCleanup,
  .captureErrorStack = captureErrorStack,
};

const txBehavior* gxBehaviors[XS_BEHAVIOR_COUNT] = {
  [XS_ORDINARY_BEHAVIOR] = &gxOrdinaryBehavior,
  [XS_ARGUMENTS_SLOPPY_BEHAVIOR] = &gxArgumentsSloppyBehavior,
  [XS_ARGUMENTS_STRICT_BEHAVIOR] = &gxOrdinaryBehavior,
  [XS_ARRAY_BEHAVIOR] = &gxArrayBehavior,
  [XS_ENVIRONMENT_BEHAVIOR] = &gxEnvironmentBehavior,
  [XS_GLOBAL_BEHAVIOR] = &gxGlobalBehavior,
  [XS_MODULE_BEHAVIOR] = &gxModuleBehavior,
  [XS_PROXY_BEHAVIOR] = &gxOrdinaryBehavior,
  [XS_STRING_BEHAVIOR] = &gxStringBehavior,
  [XS_TYPED_ARRAY_BEHAVIOR] = &gxTypedArrayBehavior,
};

#define ELEMENTS(bits, shift, kind, setter, coerce, name)                                          \
  {                                                                                                \
    bits / 8, shift, fx##kind##Getter, fx##setter##Setter, fx##coerce##Coerce, fx##kind##Compare,  \
        _get##kind, _set##kind, _##name##Array                                                     \
  }

const txTypeDispatch gxTypeDispatches[mxTypeArrayCount] = {
  ELEMENTS(64, 3, BigInt64, BigInt64, BigInt, BigInt64),
  ELEMENTS(64, 3, BigUint64, BigUint64, BigInt, BigUint64),
  ELEMENTS(32, 2, Float32, Float32, Number, Float32),
  ELEMENTS(64, 3, Float64, Float64, Number, Float64),
  ELEMENTS(8, 0, Int8, Int8, Int, Int8),
  ELEMENTS(16, 1, Int16, Int16, Int, Int16),
  ELEMENTS(32, 2, Int32, Int32, Int, Int32),
  ELEMENTS(8, 0, Uint8, Uint8, Uint, Uint8),
  ELEMENTS(16, 1, Uint16, Uint16, Uint, Uint16),
  ELEMENTS(32, 2, Uint32, Uint32, Uint, Uint32),
  ELEMENTS(8, 0, Uint8, Uint8Clamped, Number, Uint8Clamped),
};

/* Without Atomics nobody calls them. */
const txTypeAtomics gxTypeAtomics[mxTypeArrayCount] = { { 0 } };

/* No value is a BigInt: a literal of one throws, and nothing else makes one. */
const txTypeBigInt gxTypeBigInt = { .decode = absentLiteral };
