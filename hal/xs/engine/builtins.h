/* Built-ins that this engine is built without: neither the client nor what tests it on XS names
 * one. hal/xs/Makefile and hal/bare/Makefile include this before each source of XS, so test images
 * and products have the same. README.md says what is left out; to have a function again, delete
 * its line here. A group that is left out whole has its source in WITHOUT of engine.mk, and what
 * other sources of XS call of it in absent.c. */
#ifndef BUILTINS_H
#define BUILTINS_H

#include "xsAll.h"

/* Whole groups: the global is there, and undefined. */
#define fxBuildAtomics(THE)
#define fxBuildBigInt(THE)
#define fxBuildDate(THE)
#define fxBuildGenerator(THE)
#define fxBuildRegExp(THE)

/* What stands in for a function: constructors and globals throw, methods are left out. */
void builtinAbsent(txMachine* the);
#define ABSENT ~, builtinAbsent
/* Of ASCII alone (ascii.c). */
void asciiToLowerCase(txMachine* the);
void asciiToUpperCase(txMachine* the);
#define ABSENT_fx_String_prototype_toLowerCase ~, asciiToLowerCase
#define ABSENT_fx_String_prototype_toUpperCase ~, asciiToUpperCase
#define BUILTIN(...) BUILTIN_SECOND(__VA_ARGS__)
#define BUILTIN_SECOND(FIRST, SECOND, ...) SECOND
#undef mxCallback
#define mxCallback(NAME) BUILTIN(ABSENT_##NAME, NAME, ~)

static inline txSlot* builtinMethod(
    txMachine* the, txSlot* slot, txCallback call, txInteger length, txID id, txFlag flag)
{
  return call == builtinAbsent ? slot
                               : fxNextHostFunctionProperty(the, slot, call, length, id, flag);
}

static inline txSlot* builtinAccessor(
    txMachine* the, txSlot* slot, txCallback get, txCallback set, txID id, txFlag flag)
{
  return get == builtinAbsent ? slot : fxNextHostAccessorProperty(the, slot, get, set, id, flag);
}

#define fxNextHostFunctionProperty builtinMethod
#define fxNextHostAccessorProperty builtinAccessor

#define ABSENT_fx_Array_prototype_findLast ABSENT
#define ABSENT_fx_Array_prototype_findLastIndex ABSENT
#define ABSENT_fx_Array_prototype_reduceRight ABSENT
#define ABSENT_fx_Array_prototype_toLocaleString ABSENT
#define ABSENT_fx_ArrayBuffer_prototype_get_maxByteLength ABSENT
#define ABSENT_fx_ArrayBuffer_prototype_get_resizable ABSENT
#define ABSENT_fx_ArrayBuffer_prototype_resize ABSENT
#define ABSENT_fx_ArrayBuffer_fromBigInt ABSENT
#define ABSENT_fx_ArrayBuffer_fromString ABSENT
#define ABSENT_fx_DataView_prototype_getBigInt64 ABSENT
#define ABSENT_fx_DataView_prototype_setBigInt64 ABSENT
#define ABSENT_fx_DataView_prototype_getBigUint64 ABSENT
#define ABSENT_fx_DataView_prototype_setBigUint64 ABSENT
#define ABSENT_fx_DataView_prototype_getFloat32 ABSENT
#define ABSENT_fx_DataView_prototype_setFloat32 ABSENT
#define ABSENT_fx_DataView_prototype_getFloat64 ABSENT
#define ABSENT_fx_DataView_prototype_setFloat64 ABSENT
#define ABSENT_fx_DataView_prototype_getInt8 ABSENT
#define ABSENT_fx_DataView_prototype_setInt8 ABSENT
#define ABSENT_fx_DataView_prototype_getInt16 ABSENT
#define ABSENT_fx_DataView_prototype_setInt16 ABSENT
#define ABSENT_fx_DataView_prototype_getInt32 ABSENT
#define ABSENT_fx_TypedArray_prototype_findLast ABSENT
#define ABSENT_fx_TypedArray_prototype_findLastIndex ABSENT
#define ABSENT_fx_TypedArray_prototype_reduceRight ABSENT
#define ABSENT_fx_TypedArray_prototype_toLocaleString ABSENT
#define ABSENT_fx_Function ABSENT
#define ABSENT_fx_AsyncFunction ABSENT
#define ABSENT_fx_isNaN ABSENT
#define ABSENT_fx_parseFloat ABSENT
#define ABSENT_fx_decodeURI ABSENT
#define ABSENT_fx_decodeURIComponent ABSENT
#define ABSENT_fx_encodeURI ABSENT
#define ABSENT_fx_encodeURIComponent ABSENT
#define ABSENT_fx_escape ABSENT
#define ABSENT_fx_eval ABSENT
#define ABSENT_fx_unescape ABSENT
#define ABSENT_fx_trace_center ABSENT
#define ABSENT_fx_WeakSet_prototype_add ABSENT
#define ABSENT_fx_WeakSet_prototype_delete ABSENT
#define ABSENT_fx_WeakSet_prototype_has ABSENT
#define ABSENT_fx_WeakSet ABSENT
#define ABSENT_fx_WeakRef_prototype_deref ABSENT
#define ABSENT_fx_WeakRef ABSENT
#define ABSENT_fx_FinalizationRegistry_prototype_cleanupSome ABSENT
#define ABSENT_fx_FinalizationRegistry_prototype_register ABSENT
#define ABSENT_fx_FinalizationRegistry_prototype_unregister ABSENT
#define ABSENT_fx_FinalizationRegistry ABSENT
#define ABSENT_fx_Math_acos ABSENT
#define ABSENT_fx_Math_acosh ABSENT
#define ABSENT_fx_Math_asin ABSENT
#define ABSENT_fx_Math_asinh ABSENT
#define ABSENT_fx_Math_atan ABSENT
#define ABSENT_fx_Math_atanh ABSENT
#define ABSENT_fx_Math_atan2 ABSENT
#define ABSENT_fx_Math_cbrt ABSENT
#define ABSENT_fx_Math_cos ABSENT
#define ABSENT_fx_Math_cosh ABSENT
#define ABSENT_fx_Math_exp ABSENT
#define ABSENT_fx_Math_expm1 ABSENT
#define ABSENT_fx_Math_fround ABSENT
#define ABSENT_fx_Math_hypot ABSENT
#define ABSENT_fx_Math_idiv ABSENT
#define ABSENT_fx_Math_idivmod ABSENT
#define ABSENT_fx_Math_imod ABSENT
#define ABSENT_fx_Math_imuldiv ABSENT
#define ABSENT_fx_Math_irem ABSENT
#define ABSENT_fx_Math_log ABSENT
#define ABSENT_fx_Math_log1p ABSENT
#define ABSENT_fx_Math_log10 ABSENT
#define ABSENT_fx_Math_log2 ABSENT
#define ABSENT_fx_Math_mod ABSENT
#define ABSENT_fx_Math_pow ABSENT
#define ABSENT_fx_Math_random ABSENT
#define ABSENT_fx_Math_sin ABSENT
#define ABSENT_fx_Math_sinh ABSENT
#define ABSENT_fx_Math_tan ABSENT
#define ABSENT_fx_Math_tanh ABSENT
#define ABSENT_fx_Math_trunc ABSENT
#define ABSENT_fx_Compartment_prototype_get_globalThis ABSENT
#define ABSENT_fx_Compartment_prototype_evaluate ABSENT
#define ABSENT_fx_Compartment_prototype_import ABSENT
#define ABSENT_fx_Compartment_prototype_importNow ABSENT
#define ABSENT_fx_Compartment_prototype_module ABSENT
#define ABSENT_fx_Compartment ABSENT
#define ABSENT_fx_ModuleSource_prototype_get_bindings ABSENT
#define ABSENT_fx_ModuleSource_prototype_get_needsImport ABSENT
#define ABSENT_fx_ModuleSource_prototype_get_needsImportMeta ABSENT
#define ABSENT_fx_ModuleSource ABSENT
#define ABSENT_fx_Number_prototype_toExponential ABSENT
#define ABSENT_fx_Number_prototype_toLocaleString ABSENT
#define ABSENT_fx_Number_prototype_toPrecision ABSENT
#define ABSENT_fx_Number_isNaN ABSENT
#define ABSENT_fx_Object_prototype___proto__get ABSENT
#define ABSENT_fx_Object_prototype___proto__set ABSENT
#define ABSENT_fx_Object_prototype_hasOwnProperty ABSENT
#define ABSENT_fx_Object_prototype___defineGetter__ ABSENT
#define ABSENT_fx_Object_prototype___defineSetter__ ABSENT
#define ABSENT_fx_Object_prototype___lookupGetter__ ABSENT
#define ABSENT_fx_Object_prototype___lookupSetter__ ABSENT
#define ABSENT_fx_Object_prototype_isPrototypeOf ABSENT
#define ABSENT_fx_Object_prototype_propertyIsEnumerable ABSENT
#define ABSENT_fx_Object_prototype_toLocaleString ABSENT
#define ABSENT_fx_Object_defineProperties ABSENT
#define ABSENT_fx_Object_defineProperty ABSENT
#define ABSENT_fx_Object_getOwnPropertyDescriptor ABSENT
#define ABSENT_fx_Object_getOwnPropertyDescriptors ABSENT
#define ABSENT_fx_Object_getOwnPropertyNames ABSENT
#define ABSENT_fx_Object_getOwnPropertySymbols ABSENT
#define ABSENT_fx_Object_isExtensible ABSENT
#define ABSENT_fx_Object_isSealed ABSENT
#define ABSENT_fx_Object_preventExtensions ABSENT
#define ABSENT_fx_Object_setPrototypeOf ABSENT
#define ABSENT_fx_Promise_prototype_finally ABSENT
#define ABSENT_fx_Promise_all ABSENT
#define ABSENT_fx_Promise_allSettled ABSENT
#define ABSENT_fx_Promise_any ABSENT
#define ABSENT_fx_Promise_race ABSENT
#define ABSENT_fx_Proxy ABSENT
#define ABSENT_fx_Proxy_revocable ABSENT
#define ABSENT_fx_Reflect_apply ABSENT
#define ABSENT_fx_Reflect_construct ABSENT
#define ABSENT_fx_Reflect_defineProperty ABSENT
#define ABSENT_fx_Reflect_deleteProperty ABSENT
#define ABSENT_fx_Reflect_get ABSENT
#define ABSENT_fx_Reflect_getOwnPropertyDescriptor ABSENT
#define ABSENT_fx_Reflect_getPrototypeOf ABSENT
#define ABSENT_fx_Reflect_has ABSENT
#define ABSENT_fx_Reflect_isExtensible ABSENT
#define ABSENT_fx_Reflect_ownKeys ABSENT
#define ABSENT_fx_Reflect_preventExtensions ABSENT
#define ABSENT_fx_Reflect_set ABSENT
#define ABSENT_fx_Reflect_setPrototypeOf ABSENT
#define ABSENT_fx_String_prototype_charAt ABSENT
#define ABSENT_fx_String_prototype_charCodeAt ABSENT
#define ABSENT_fx_String_prototype_localeCompare ABSENT
#define ABSENT_fx_String_prototype_normalize ABSENT
#define ABSENT_fx_String_prototype_substr ABSENT
#define ABSENT_fx_String_prototype_matchAll ABSENT
#define ABSENT_fx_String_prototype_search ABSENT
#define ABSENT_fx_String_fromCodePoint ABSENT
#define ABSENT_fx_Symbol_keyFor ABSENT

#endif
