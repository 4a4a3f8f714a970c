/* From reset, or from the loader, to main. Every trap ends in panicTrap: none is survived. */
	.section .head, "ax"
	.globl _start
_start:
#ifdef FIRMWARE
	.option push
	.option norvc
	j start
	.option pop
	/* What the loader looks at: see firmware.h */
	.word 0x57465358, __image_end - _start, 1
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
	la a0, __data_start
	la a1, __data_load
	la a2, __data_end
1:	bgeu a0, a2, 2f
	lw t0, 0(a1)
	sw t0, 0(a0)
	addi a0, a0, 4
	addi a1, a1, 4
	j 1b
2:	la a0, __bss_start
	la a1, __bss_end
3:	bgeu a0, a1, 4f
	sw zero, 0(a0)
	addi a0, a0, 4
	j 3b
4:	la tp, __tls_base
	fence.i
	call main
5:	j 5b

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
	j panicTrap

	/* A trap while a panic is told: the rest of the story is lost, the reset is not. */
	.align 2
again:
	li a0, 3
	call resetNow
