/* The SDK generates mc.xs.h with the identifiers of an application. Natives that name no properties
 * need none of them. */
