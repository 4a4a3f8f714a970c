/* From reset, or from the loader, to bareStart. Each trap ends in machineTrap: none is survived. */
#include "firmware.h"
	.section .head, "ax"
	.globl _start
_start:
#ifdef FIRMWARE
	.option push
	.option norvc
	j start
	.option pop
	FIRMWARE_HEAD
start:
#endif
	.option push
	.option norelax
	la gp, __global_pointer$
	.option pop
	la t0, trap
	csrw mtvec, t0
	csrw mie, zero
	la sp, __stack_top
	la tp, __tls_base
	fence.i
	j bareStart

	.align 2
trap:
	mv a4, sp
	mv a3, ra
	csrr a0, mcause
	csrr a1, mepc
	csrr a2, mtval
	la sp, panicStack + 2048
	la t0, again
	csrw mtvec, t0
	j machineTrap

	.align 2
again:
	j panicAgain
