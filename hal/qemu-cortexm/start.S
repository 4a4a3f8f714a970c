/* From reset, or from the loader, to bareStart. Each trap ends in machineTrap: none is survived. */
#include "firmware.h"
	.syntax unified
	.thumb
	.section .head, "ax"
	.globl _start
	.thumb_func
#ifdef FIRMWARE
_start:
	b.w start
	FIRMWARE_HEAD
	.balign 128
#endif
vectors:
	.word __stack_top, start + 1
	.word trap + 1, trap + 1, trap + 1, trap + 1, trap + 1
	.word 0, 0, 0, 0
	.word trap + 1, trap + 1, 0, trap + 1, tick + 1
#ifndef FIRMWARE
_start:
#endif
	.thumb_func
start:
	cpsid i
	ldr r0, =0xE000ED08	/* VTOR */
	ldr r1, =vectors
	str r1, [r0]
	ldr r0, =0xE000ED88	/* CPACR: the floating-point unit */
	ldr r1, [r0]
	orr r1, r1, #0xF00000
	str r1, [r0]
#ifdef FIRMWARE
	ldr r0, =0xE000ED94	/* MPU: what firmware does through a NULL it would do to the loader */
	ldr r1, =LOADER_BASE + 0x10	/* region 0 */
	str r1, [r0, #8]
	ldr r1, =0x10000025	/* 512 KiB in which there is nothing */
	str r1, [r0, #12]
	movs r1, #5		/* all else is as without it */
	str r1, [r0]
#endif
	ldr r0, =__stack_top
	mov sp, r0
	dsb
	isb
	cpsie i
	b bareStart

	/* Every millisecond, once the watchdog was fed. */
	.thumb_func
tick:
	ldr r0, =watchdogLeft
	ldr r1, [r0]
	cbz r1, 1f
	subs r1, #1
	str r1, [r0]
	cbz r1, trap
1:	bx lr

	/* Returns to the program, but into machineTrap(exception, frame), on panicStack: there another
	   trap is taken, where one within a trap would stop the processor. */
	.thumb_func
trap:
	mrs r0, ipsr
	mov r1, sp	/* r0 to r3, r12, lr, pc, psr of the program */
	ldr r2, =traps
	ldr r3, [r2]
	adds r3, #1
	str r3, [r2]
	cmp r3, #1
	ldr r3, =machineTrap
	it ne
	ldrne r3, =panicAgain
	bic r3, r3, #1
	ldr r2, =panicStack + 2048 - 32
	strd r0, r1, [r2]
	mov r0, #0x01000000	/* psr: Thumb */
	strd r3, r0, [r2, #24]
	mov sp, r2
	mvn lr, #6	/* to the program, with this stack, without floating-point registers */
	bx lr

	.globl __aeabi_read_tp
	.thumb_func
__aeabi_read_tp:
	ldr r0, =__tls_base - 8
	bx lr
	.ltorg

	.section .bss.traps, "aw", %nobits
	.balign 4
traps:
	.space 4
